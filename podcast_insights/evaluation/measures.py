"""The figures of one method, each a share from 0 to 1. Pure: passages and what is known about their episodes in.

``standalone`` and ``grounded`` are judged by the package's own rules, which the extractor is built on: they show
that the baselines lack them, not that a person agrees. For that there is the sheet in ``docs/evaluation``.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import combinations

from podcast_insights.days import window_ending
from podcast_insights.digest.similarity import TextSpace, is_duplicate
from podcast_insights.evaluation.values import EvaluatedEpisode, Passage
from podcast_insights.insights.claims import specific_words
from podcast_insights.insights.headlines import is_understood_alone
from podcast_insights.transcripts.sentences import joined_text

PER_DAY, LOOKBACK_DAYS = 5, 3
TOUCH_S = 1.0
# A subject is covered where a passage uses two of the words that only its notes use.
SHARED_WORDS = 2
_LINK = re.compile(r"\]\([^)]*\)|https?://\S+")


def grounded_ratio(chosen: Sequence[Passage], episodes: Mapping[str, EvaluatedEpisode]) -> float | None:
    """Return the share of quotes that stand in their transcript, character by character."""
    texts = {name: joined_text(one.transcript.segments) for name, one in episodes.items()}
    return _share([one.quote in texts[one.episode_id] for one in chosen])


def standalone_ratio(chosen: Sequence[Passage]) -> float | None:
    """Return the share of headlines that need nothing from their episode."""
    return _share([is_understood_alone(one.claim) for one in chosen])


def ad_leak_ratio(chosen: Sequence[Passage], episodes: Mapping[str, EvaluatedEpisode]) -> float | None:
    """Return the share of passages that touch a verified span of advertising for more than a second."""
    return _share(
        [
            any(
                min(one.end_s, end_s) - max(one.start_s, start_s) > TOUCH_S
                for start_s, end_s in episodes[one.episode_id].ads_s
            )
            for one in chosen
        ]
    )


def told_in_notes_ratio(chosen: Sequence[Passage], episodes: Mapping[str, EvaluatedEpisode]) -> float | None:
    """Return the share of passages that use two of the words of what their feed says, where it says anything."""
    told = {name: _words(one.about) for name, one in episodes.items()}
    return _share(
        [
            len(_words(one.text) & told[one.episode_id]) >= SHARED_WORDS
            for one in chosen
            if len(told[one.episode_id]) >= SHARED_WORDS
        ]
    )


def repeats_ratio(texts: Sequence[str]) -> float | None:
    """Return the share of pairs of texts that say the same."""
    if len(texts) < 2:
        return None
    cosines = TextSpace(texts).cosines(texts, texts)
    return _share(
        [
            is_duplicate(texts[one], texts[other], float(cosines[one, other]))
            for one, other in combinations(range(len(texts)), 2)
        ]
    )


def days_fives(
    chosen: Sequence[Passage], episodes: Mapping[str, EvaluatedEpisode], *, at_least: float = 0.0
) -> Mapping[date, tuple[Passage, ...]]:
    """Return the best five of each day that had episodes: of its last three days, each passage used once.

    One passage of an episode at most, as in a digest; otherwise by score alone, so that the choice helps no method.
    """
    used: set[str] = set()
    fives: dict[date, tuple[Passage, ...]] = {}
    for day in sorted({one.day for one in episodes.values()}):
        recent = set(window_ending(day, LOOKBACK_DAYS))
        five: list[Passage] = []
        for one in sorted(chosen, key=lambda one: (-one.score, one.passage_id)):
            is_open = one.passage_id not in used and episodes[one.episode_id].day in recent and one.score >= at_least
            if is_open and len(five) < PER_DAY and one.episode_id not in {other.episode_id for other in five}:
                five.append(one)
        used |= {one.passage_id for one in five}
        fives[day] = tuple(five)
    return fives


def redundancy(fives: Mapping[date, Sequence[Passage]]) -> tuple[float | None, float | None]:
    """Return the mean likeness of two entries of one day, and the share of such pairs that say the same."""
    cosines: list[float] = []
    repeats: list[bool] = []
    for five in fives.values():
        texts = [one.text for one in five]
        space = TextSpace(texts)
        for one, other in combinations(texts, 2):
            cosine = float(space.cosines([one], [other])[0, 0])
            cosines.append(cosine)
            repeats.append(is_duplicate(one, other, cosine))
    return (sum(cosines) / len(cosines) if cosines else None), _share(repeats)


def notes_covered_ratio(chosen: Sequence[Passage], episodes: Mapping[str, EvaluatedEpisode]) -> float | None:
    """Return the share of the subjects in the hosts' own notes that at least one passage is about."""
    covered: list[bool] = []
    for name, episode in episodes.items():
        said = [_words(one.text) for one in chosen if one.episode_id == name]
        subjects = [_words(_LINK.sub(" ", note)) for note in episode.notes]
        for place, subject in enumerate(subjects):
            own = subject.difference(*(other for at, other in enumerate(subjects) if at != place))
            covered.append(any(len(own & words) >= SHARED_WORDS for words in said))
    return _share(covered)


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in specific_words(text))


def _share(answers: Sequence[bool]) -> float | None:
    return sum(answers) / len(answers) if answers else None

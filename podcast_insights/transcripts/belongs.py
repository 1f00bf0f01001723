"""Whether a transcript holds the words of its own episode, judged by what the feed says of each episode.

A file that was published under the wrong episode fits in length, speed and language. But title, notes, chapters and
people name things that are said in that episode and in few others: a right transcript has far more of those words than
any text would have by chance, and a wrong one has not. How much is chance is told by the notes of the show's other
episodes. Where there are no notes, or none to compare with, nothing is said. Pure.
"""

import html
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log

from podcast_insights.feeds.values import Episode, EpisodeNotes
from podcast_insights.transcripts.loops import words_of
from podcast_insights.transcripts.values import Segment

MOST_NOTES_CHARS = 20_000
MOST_COMPARED = 500
SHORTEST_WORD_CHARS = 3
# A word that more of the show's notes have than this tells no episode from another: hosts, sponsors, how to write in.
COMMONEST_RATIO = 0.1
COMMONEST_TEXTS = 5
# Of the words that a text has not by chance, its own notes have at least about so many; the real ones had 0.2 to 0.9.
SAID_RATIO = 0.4
# Evidence is the logarithm of how much likelier a text has these words if they are of its own notes than by chance.
# Another episode must be clearly meant, the more so the more there are to choose from, and its own clearly not.
OTHER_EVIDENCE = 5.0
LEAD_EVIDENCE = 10.0
UNLIKE_EVIDENCE = -1.0
# Where no other episode is meant, as much must speak against the own notes as some forty words do of which none fits.
AGAINST_EVIDENCE = -8.0
# Below it the words of notes are not in the text at all, as where the two are in different languages or in a script
# without spaces: then it cannot be told by words.
LEAST_CHANCE_RATIO = 0.05
FEWEST_WORDS_TOLD = 30

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)
_ADDRESS = re.compile(r"https?://[^\s)\]>\"']+|\bwww\.\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    """How much of what is told of one episode is said: ``said`` of ``told`` words."""

    episode_id: str
    said: int
    told: int


def text_about(episode: Episode | EpisodeNotes) -> str:
    """Return what a feed says of an episode as plain text: title, notes, chapters and people."""
    chapters = (chapter.title for chapter in episode.chapters)
    people = (person.name for person in episode.persons)
    return "\n".join((episode.title, plain_notes(episode.show_notes), *chapters, *people))


def plain_notes(show_notes: str) -> str:
    """Return the text of show notes, without markup and addresses, and of long ones the beginning."""
    return _ADDRESS.sub(" ", html.unescape(_TAG.sub(" ", show_notes[:MOST_NOTES_CHARS])))


def said_words(segments: Sequence[Segment]) -> frozenset[str]:
    """Return the words that a transcript has."""
    return frozenset(words_of(" ".join(segment.text for segment in segments)))


def nearest_in_time(episodes: Iterable[EpisodeNotes], published_at: datetime) -> tuple[EpisodeNotes, ...]:
    """Return the episodes to compare with: the 500 that were published nearest to ``published_at``."""
    by_distance = sorted(episodes, key=lambda one: (abs(one.published_at - published_at), one.episode_id))
    return tuple(by_distance[:MOST_COMPARED])


def telling_words(texts: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    """Return the words by which each episode is known among ``texts``: those that few of the others have."""
    words = {key: {word for word in words_of(text) if len(word) >= SHORTEST_WORD_CHARS} for key, text in texts.items()}
    texts_with = Counter(word for found in words.values() for word in found)
    most = min(COMMONEST_TEXTS, max(1, int(COMMONEST_RATIO * len(texts))))
    return {key: frozenset(word for word in found if texts_with[word] <= most) for key, found in words.items()}


def foreign_words(
    said: frozenset[str],
    *,
    episode_id: str,
    telling: Mapping[str, frozenset[str]],
    titles: Mapping[str, str],
) -> str | None:
    """Return why a transcript cannot be the one of its episode, None where nothing speaks against it.

    Args:
        said: The words of the transcript; see ``said_words``.
        episode_id: Whose it is said to be.
        telling: The telling words of the show's episodes, by id; see ``telling_words``.
        titles: What to call these episodes, by id.
    """
    matches = [_Match(episode_id=key, said=len(words & said), told=len(words)) for key, words in telling.items()]
    others = [match for match in matches if match.episode_id != episode_id and match.told]
    own = next((match for match in matches if match.episode_id == episode_id and match.told), None)
    if own is None or not others:
        return None
    chance_ratio = _chance_ratio(others)
    own_evidence = _evidence(own, chance_ratio)
    best = max(others, key=lambda match: (_evidence(match, chance_ratio), match.episode_id))
    evidence = _evidence(best, chance_ratio)
    told = f"it has {own.said} of the {own.told} words by which its notes are known"
    is_another = evidence >= OTHER_EVIDENCE + log(len(others)) and evidence - own_evidence >= LEAD_EVIDENCE
    if is_another and own_evidence <= UNLIKE_EVIDENCE:
        title = titles.get(best.episode_id, best.episode_id)
        return f'{told}, but {best.said} of the {best.told} of another episode ("{title:.80}")'
    is_judged = sum(match.told for match in others) >= FEWEST_WORDS_TOLD and chance_ratio >= LEAST_CHANCE_RATIO
    if is_judged and own_evidence <= AGAINST_EVIDENCE:
        return f"{told}, no more than of any other episode ({chance_ratio:.0%})"
    return None


def _chance_ratio(others: Sequence[_Match]) -> float:
    """Return how many of an episode's words a text has that is not its own.

    The best of several is left out of it, for the text may be its own.
    """
    counted = sorted(others, key=lambda match: (match.said / match.told, match.episode_id))
    counted = counted[:-1] if len(counted) > 2 else counted
    return (sum(match.said for match in counted) + 1) / (sum(match.told for match in counted) + 4)


def _evidence(match: _Match, chance_ratio: float) -> float:
    own_ratio = chance_ratio + SAID_RATIO * (1 - chance_ratio)
    unsaid = match.told - match.said
    return match.said * log(own_ratio / chance_ratio) + unsaid * log((1 - own_ratio) / (1 - chance_ratio))

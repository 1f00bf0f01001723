"""What a show says again in many episodes is not content: its welcome, its credits, a spot that runs for weeks.

A passage is known by its runs of eight words, wherever the segments of a transcript begin and end. One that an earlier
episode said may be a coincidence or a quotation; one that two said belongs to the show. Which earlier episodes there
are is the caller's to know; nothing is read here.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from podcast_insights.transcripts.values import Segment

RUN_WORDS = 8
FEWEST_EPISODES = 2
# A passage shorter than this is a turn of phrase; a segment counts as repeated where this much of it is.
FEWEST_WORDS, REPEATED_RATIO = 16, 0.8
REASON = "said in other episodes of the show"

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def mark_repeats(segments: Sequence[Segment], earlier: Sequence[str]) -> tuple[Segment, ...]:
    """Return the segments with ``is_ad`` set where at least two of the ``earlier`` texts say the same.

    Args:
        segments: The transcript, in order.
        earlier: The whole text of each earlier episode of the show.
    """
    if len(earlier) < FEWEST_EPISODES:
        return tuple(segments)
    known = _known_runs(earlier)
    words = [(word, place) for place, segment in enumerate(segments) for word in words_of(segment.text)]
    repeated = _repeated_words([word for word, _ in words], known)
    said, again = Counter(place for _, place in words), Counter(words[at][1] for at in repeated)
    return tuple(
        replace(segment, is_ad=True, ad_reason=segment.ad_reason or REASON)
        if again[place] and again[place] >= REPEATED_RATIO * said[place]
        else segment
        for place, segment in enumerate(segments)
    )


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are compared: without case and marks."""
    return _WORD.findall(text.casefold().replace("’", "'"))


def _known_runs(earlier: Sequence[str]) -> frozenset[int]:
    """Return the hashes of the runs of words that at least ``FEWEST_EPISODES`` texts hold."""
    episodes: Counter[int] = Counter()
    for text in earlier:
        episodes.update(set(_runs(words_of(text))))
    return frozenset(run for run, count in episodes.items() if count >= FEWEST_EPISODES)


def _runs(words: Sequence[str]) -> list[int]:
    return [hash(tuple(words[at : at + RUN_WORDS])) for at in range(len(words) - RUN_WORDS + 1)]


def _repeated_words(words: Sequence[str], known: frozenset[int]) -> list[int]:
    """Return the positions of the words that lie in a repeated passage of at least ``FEWEST_WORDS`` words."""
    covered = sorted({at + step for at, run in enumerate(_runs(words)) if run in known for step in range(RUN_WORDS)})
    cuts = [0, *(place for place, (one, other) in enumerate(pairwise(covered), 1) if other > one + 1), len(covered)]
    passages = [covered[start:stop] for start, stop in pairwise(cuts)]
    return [at for passage in passages if len(passage) >= FEWEST_WORDS for at in passage]

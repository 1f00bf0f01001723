"""The cue score: how much a passage sounds like something worth knowing.

Counts are made once per sentence and added up per passage. The score is comparable across episodes and shows, so it
is never normalised per episode. Above ``BEST_SCORE`` (3 for the passage, and a good headline's share) rated quality
falls again, so it counts as that at most.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from podcast_insights.insights.cues import LEADING_CONNECTIVE, SCORE_CUES

BEST_SCORE = 3.8
# The middle and the width of the map from score to value, fitted to the share of passages rated good.
VALUE_MIDDLE, VALUE_WIDTH = 1.4, 0.8
HITS_PER_WORDS = 50
ELLIPSIS_COST, MOST_ELLIPSES = 0.3, 3
CONNECTIVE_COST = 0.2
# Under 45 words a passage loses, and 60 to 75 words rate best.
SHORT_WORDS, SHORT_STEP, SHORT_COST = 45, 15, 0.5
MIDDLE_WORDS, MIDDLE_STEP, MIDDLE_GAIN = 58, 18, 0.35

_ELLIPSIS = re.compile(r"\.\.\.|…|--|—")


@dataclass(frozen=True, slots=True)
class SentenceCues:
    """What one cleaned sentence counts: words, hits per cue (in the order of ``SCORE_CUES``), pauses."""

    words: int
    hits: tuple[int, ...]
    ellipses: int
    has_leading_connective: bool


def cues_of(sentence: str) -> SentenceCues:
    """Count the cues of one cleaned sentence."""
    return SentenceCues(
        words=max(1, len(sentence.split())),
        hits=tuple(len(cue.pattern.findall(sentence)) for cue in SCORE_CUES),
        ellipses=len(_ELLIPSIS.findall(sentence.rstrip(".… "))),
        has_leading_connective=LEADING_CONNECTIVE.match(sentence) is not None,
    )


def cue_score(sentences: Sequence[SentenceCues]) -> float:
    """Return the score of consecutive sentences by their words alone."""
    words = sum(sentence.words for sentence in sentences)
    score = 0.0
    for number, cue in enumerate(SCORE_CUES):
        hits = sum(sentence.hits[number] for sentence in sentences)
        score += cue.weight * min(cue.cap, math.log1p(hits * HITS_PER_WORDS / words))
    score -= ELLIPSIS_COST * min(MOST_ELLIPSES, sum(sentence.ellipses for sentence in sentences))
    return score - CONNECTIVE_COST * sentences[0].has_leading_connective


def length_score(words: int) -> float:
    """Return what a passage gains or loses by its length in words."""
    middle = max(-1.0, min(1.0, (words - MIDDLE_WORDS) / MIDDLE_STEP))
    return SHORT_COST * min(0.0, (words - SHORT_WORDS) / SHORT_STEP) + MIDDLE_GAIN * middle


def value_of(score: float) -> float:
    """Return the estimate from 0 to 1 that ranking uses, for a passage's score."""
    return 1 / (1 + math.exp((VALUE_MIDDLE - min(score, BEST_SCORE)) / VALUE_WIDTH))

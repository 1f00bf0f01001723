"""Which sentence of a passage a reader sees first: it must stand alone, finish, and be short enough to be read at once.

The words are the speaker's; only a connective that ties the sentence to the one before it is trimmed.
"""

import re
from collections.abc import Sequence

from podcast_insights.insights.cue_score import SentenceCues, cue_score
from podcast_insights.insights.cues import LEADING_CONNECTIVE
from podcast_insights.insights.gates import points_back

MOST_WORDS, LONG_COST_PER_WORD = 25, 0.05
FEWEST_WORDS, SHORT_COST = 7, 0.8
LEANING_COST = 1.5
UNFINISHED_COST = 1.0

_TIE = re.compile(r"(?i)^(?:(?:because|then|also|again|plus|otherwise|therefore|for example|for instance)\b,?\s+)+")


def as_headline(sentence: str) -> str:
    """Trim the connective that ties a cleaned sentence to the one before it."""
    trimmed = _TIE.sub("", sentence)
    return trimmed[:1].upper() + trimmed[1:]


def leans_on_others(sentence: str) -> bool:
    """Whether a sentence, trimmed, still needs another one to be understood."""
    headline = as_headline(sentence)
    return points_back(headline) or LEADING_CONNECTIVE.match(headline) is not None


def is_unfinished(sentence: str) -> bool:
    """Whether a sentence trails off."""
    return sentence.endswith(("...", "…"))


def strongest(cleaned: Sequence[str], cues: Sequence[SentenceCues]) -> int:
    """Return the position of the sentence that makes the best headline; the earlier one where two are alike."""
    return max(range(len(cleaned)), key=lambda position: (_score(cleaned[position], cues[position]), -position))


def _score(sentence: str, cues: SentenceCues) -> float:
    score = cue_score([cues])
    score -= LONG_COST_PER_WORD * max(0, cues.words - MOST_WORDS)
    score -= SHORT_COST * (cues.words < FEWEST_WORDS)
    score -= UNFINISHED_COST * is_unfinished(sentence)
    return score - LEANING_COST * leans_on_others(sentence)

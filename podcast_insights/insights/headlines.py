"""Which sentence of a passage a reader sees first: it must stand alone, finish, and be short enough to be read at once.

The words are the speaker's; only a connective that ties the sentence to the one before it is trimmed.
"""

import re
from collections.abc import Sequence

from podcast_insights.insights.cue_score import SentenceCues, cue_score
from podcast_insights.insights.cues import LEADING_CONNECTIVE
from podcast_insights.insights.gates import is_fragment, points_back

MOST_WORDS, LONG_COST_PER_WORD = 25, 0.08
FEWEST_WORDS, SHORT_COST = 8, 0.8
LEANING_COST = 1.5
FEWEST_EXPLAINING, FEWEST_EXPLAINING_WORDS = 2, 20
# A sentence far outside the length of a headline is none, however good it is.
FEWEST_HEADLINE_WORDS, MOST_HEADLINE_WORDS = 6, 36
UNFINISHED_COST = 1.0

_TIE = re.compile(
    r"(?i)^(?:(?:because|then|also|again|plus|otherwise|therefore|for example|for instance)\b,?\s+"
    r"|(?:in fact|of course|finally|first(?:ly)?|second(?:ly)?|third(?:ly)?|conversely|indeed|now|still|typically"
    r"|on top of that|in other words|at the same time|by the way|to be fair|to me)\b,\s+)+"
)


def as_headline(sentence: str) -> str:
    """Trim the connective that ties a cleaned sentence to the one before it."""
    trimmed = _TIE.sub("", sentence)
    return trimmed[:1].upper() + trimmed[1:]


def leans_on_others(sentence: str) -> bool:
    """Whether a sentence, trimmed, still needs another one to be understood."""
    headline = as_headline(sentence)
    return points_back(headline) or LEADING_CONNECTIVE.match(headline) is not None


def is_poor_headline(sentence: str) -> bool:
    """Whether a sentence makes no good headline: it needs another one, trails off, or has the wrong length."""
    has_length = FEWEST_HEADLINE_WORDS <= len(sentence.split()) <= MOST_HEADLINE_WORDS
    return not has_length or leans_on_others(sentence) or is_unfinished(sentence)


def is_unfinished(sentence: str) -> bool:
    """Whether a sentence trails off."""
    return sentence.endswith(("...", "…"))


def explaining(cleaned: Sequence[str], headline: int) -> tuple[str, ...]:
    """Return the sentences that explain the headline, so that they can be read without it and without the episode.

    The headline itself is left out where it stands first or last and enough is left that stands alone.
    """
    rest = (*cleaned[:headline], *cleaned[headline + 1 :])
    is_at_an_edge = headline in (0, len(cleaned) - 1)
    is_enough = len(rest) >= FEWEST_EXPLAINING and len(" ".join(rest).split()) >= FEWEST_EXPLAINING_WORDS
    if is_at_an_edge and is_enough and not leans_on_others(rest[0]) and not is_fragment(rest[0]):
        return (as_headline(rest[0]), *rest[1:])
    return (as_headline(cleaned[0]), *cleaned[1:])


def strongest(cleaned: Sequence[str], cues: Sequence[SentenceCues]) -> int:
    """Return the position of the sentence that makes the best headline; the earlier one where two are alike."""
    return max(range(len(cleaned)), key=lambda position: (_score(cleaned[position], cues[position]), -position))


def _score(sentence: str, cues: SentenceCues) -> float:
    score = cue_score([cues])
    score -= LONG_COST_PER_WORD * max(0, cues.words - MOST_WORDS)
    score -= SHORT_COST * (cues.words < FEWEST_WORDS)
    score -= UNFINISHED_COST * is_unfinished(sentence)
    return score - LEANING_COST * leans_on_others(sentence)

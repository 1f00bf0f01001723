"""The yes/no questions on an insight: answered by rules for the embedded extractor, and counted for any.

A model answers them itself (``proposals.py``), and its insights are worth the share of yes. For the embedded extractor
the same questions are asked of the words: the cue score, which decides its value, adds up the same evidence in finer
steps, so here the answers only explain it.
"""

from collections.abc import Sequence
from dataclasses import fields

from podcast_insights.insights.claims import claim_of
from podcast_insights.insights.cues import (
    ADVICE,
    CAUSE,
    COMPARISON,
    CONDITION,
    CONTRAST,
    GENERIC,
    KEY,
    NEWS,
    NUMBER,
    QUANTIFIER,
)
from podcast_insights.insights.headlines import is_understood_alone
from podcast_insights.insights.values import Criteria

# What somebody could disagree with generalises, compares, weighs or expects; a bare event does not.
_CLAIMING = (KEY, CONTRAST, QUANTIFIER, GENERIC, COMPARISON, CONDITION, ADVICE, CAUSE)


def criteria_of(cleaned: Sequence[str], headline: str) -> Criteria:
    """Answer the questions by rules; whether it is news is left open unless the passage says so itself.

    Args:
        cleaned: The passage's sentences.
        headline: The one of them that is shown as the claim.
    """
    text = " ".join(cleaned)
    claim = claim_of(headline)
    return Criteria(
        stands_alone=is_understood_alone(claim),
        makes_a_claim=any(cue.pattern.search(claim) for cue in _CLAIMING),
        gives_a_reason=CAUSE.pattern.search(text) is not None or len(NUMBER.pattern.findall(text)) >= 2,
        is_news=True if NEWS.search(text) else None,
        can_be_acted_on=ADVICE.pattern.search(text) is not None,
    )


def yes_ratios(answered: Sequence[Criteria]) -> dict[str, float]:
    """Return for each question the share of insights answered with yes, of those where it was answered at all."""
    ratios = {}
    for field in fields(Criteria):
        answers = [answer for one in answered if (answer := getattr(one, field.name)) is not None]
        if answers:
            ratios[field.name] = round(sum(answers) / len(answers), 3)
    return ratios

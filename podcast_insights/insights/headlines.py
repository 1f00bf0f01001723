"""Which sentence of a passage a reader sees first, and what they read below it.

A headline is a claim that needs nothing from its episode (``context.py``) and has no flaw of form (``claims.py``). A
passage without such a sentence makes no insight, however good the rest of it is: nobody would open it. The words are
the speaker's; only wrapping is trimmed.
"""

from collections.abc import Sequence

from podcast_insights.insights.claims import claim_of, flaws_of, specific_words
from podcast_insights.insights.context import needs_of
from podcast_insights.insights.cue_score import SentenceCues, cue_score
from podcast_insights.insights.cues import any_of
from podcast_insights.insights.gates import is_fragment, points_back

# "We" may be all of us; a claim about the speaker's own team is worth less to others, but can be understood.
TEAM_COST, BEARABLE_NEEDS = 0.6, frozenset({"team"})
MOST_WORDS, LONG_COST_PER_WORD = 22, 0.06
EXISTENTIAL_COST = 0.5
SPECIFIC_GAIN, MOST_SPECIFIC = 0.12, 8
FEWEST_EXPLAINING, FEWEST_EXPLAINING_WORDS = 2, 20
BREAKS = frozenset({"unfinished", "broken", "fragment", "question"})

# What a thing is, or which key to press: a manual says it, and nobody would disagree.
MANUAL_COST = 0.8
_MANUAL = any_of(
    r"^(?:if|when|once) you (?:type|click|press|tap|run|open|install|do|hit|select|use) ",
    r"^you (?:can|could|just|also|then|get|put|type|click|run|go|have|basically|don't have to|don't even have to|can't"
    r" even|might|may|still) ",
    r"^(?:an? |the )?[\w'. -]{2,40}? (?:is|are) (?:just |basically |really |actually |also |like |simply )*an?"
    r" (?:[\w'-]+ ){1,4}(?:(?:that|which|for|to|of|called|where)\b|(?<= )[\w'-]+\.$)",
)
_EXISTENTIAL = any_of(r"^(?:there(?:'s| is| are| was)|it's|you have|you've got|we have|here's|this is)\b")


def headline_score(sentence: str, cues: SentenceCues) -> float | None:
    """Return how good a headline a cleaned sentence makes, or None where it makes none."""
    claim = claim_of(sentence)
    if flaws_of(claim):
        return None
    needs = frozenset(needs_of(claim))
    if needs - BEARABLE_NEEDS:
        return None
    score = cue_score([cues]) + SPECIFIC_GAIN * min(MOST_SPECIFIC, len(set(specific_words(claim))))
    score -= LONG_COST_PER_WORD * max(0, len(claim.split()) - MOST_WORDS)
    score -= MANUAL_COST * (_MANUAL.match(claim) is not None)
    return score - TEAM_COST * bool(needs) - EXISTENTIAL_COST * (_EXISTENTIAL.match(claim) is not None)


def strongest(scores: Sequence[float | None]) -> int | None:
    """Return the position of the best headline, the earlier one where two are alike; None where there is none."""
    allowed = [(score, -position) for position, score in enumerate(scores) if score is not None]
    return -max(allowed)[1] if allowed else None


def explaining(cleaned: Sequence[str], headline: int) -> tuple[str, ...]:
    """Return the sentences that explain the headline, so that they can be read without it and without the episode.

    The headline itself is left out where it stands first or last and enough is left that stands alone.
    """
    rest = (*cleaned[:headline], *cleaned[headline + 1 :])
    is_at_an_edge = headline in (0, len(cleaned) - 1)
    is_enough = len(rest) >= FEWEST_EXPLAINING and len(" ".join(rest).split()) >= FEWEST_EXPLAINING_WORDS
    opening = claim_of(rest[0]) if rest else ""
    if is_at_an_edge and is_enough and not leans_on_others(rest[0]) and not is_fragment(opening):
        return (opening, *rest[1:])
    return (claim_of(cleaned[0]), *cleaned[1:])


def is_understood_alone(claim: str) -> bool:
    """Whether a claim is whole and needs nothing from its episode."""
    return not frozenset(needs_of(claim)) - BEARABLE_NEEDS and BREAKS.isdisjoint(flaws_of(claim))


def leans_on_others(sentence: str) -> bool:
    """Whether a sentence, trimmed, still needs another one to be understood."""
    claim = claim_of(sentence)
    return points_back(claim) or bool(frozenset(needs_of(claim)) - BEARABLE_NEEDS - {"speaker"})

"""What a model proposes, checked: its form by pydantic, its words against the transcript.

The model's answer is untrusted: lengths are bounded, an address is allowed only where the transcript says it, and
names and figures that the passage does not say cost a proposal its rank.
"""

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

from podcast_insights.insights.answers import Item
from podcast_insights.insights.ground import numbers_in
from podcast_insights.insights.prompts import CRITERIA
from podcast_insights.insights.untrusted import looks_like_instruction, without_control_tokens
from podcast_insights.insights.values import Criteria, InsightKind
from podcast_insights.transcripts.scripts import says

MOST_TOPICS = 3
TOPIC_CHARS = 40
UNSAID_COST = 0.7

_KINDS = frozenset({"claim", "advice", "prediction", "explanation", "data", "story"})
_ADDRESS = re.compile(r"(?i)\bhttps?://\S+|\bwww\.\S+|\b[\w-]+\.(?:com|io|dev|ai|org|net|co|app)\b")
# A capitalised word inside a sentence; the first word of a sentence proves nothing.
_NAME = re.compile(r"(?<=[a-z0-9,;:)] )(?!I\b)[A-Z][\w’'-]+")


def _plain(value: object) -> object:
    return " ".join(without_control_tokens(value).split()) if isinstance(value, str) else value


def _known_kind(value: object) -> object:
    return value if value in _KINDS else "claim"


def _few_topics(value: object) -> object:
    if not isinstance(value, list):
        return ()
    topics = [str(_plain(topic)).lower()[:TOPIC_CHARS] for topic in value if isinstance(topic, str)]
    return tuple(dict.fromkeys(topic for topic in topics if topic))[:MOST_TOPICS]


Line = Annotated[str, BeforeValidator(_plain), StringConstraints(min_length=10, max_length=300)]
Prose = Annotated[str, BeforeValidator(_plain), StringConstraints(min_length=10, max_length=1500)]


class Proposal(BaseModel):
    """One insight as a model proposes it. What is unknown in it is ignored, what is missing makes it invalid."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    quote: Annotated[str, StringConstraints(min_length=1, max_length=1200)]
    claim: Line
    explanation: Prose
    speaker: Annotated[str, StringConstraints(max_length=80)] | None = None
    kind: Annotated[InsightKind, BeforeValidator(_known_kind)] = "claim"
    topics: Annotated[tuple[str, ...], BeforeValidator(_few_topics)] = ()
    stands_alone: bool | None = None
    makes_a_claim: bool | None = None
    gives_a_reason: bool | None = None
    is_news: bool | None = None
    can_be_acted_on: bool | None = None

    @property
    def criteria(self) -> Criteria:
        """The model's answers to the yes/no questions."""
        return Criteria(**{name: getattr(self, name) for name in CRITERIA})


def proposal_from(item: Item) -> Proposal | None:
    """Return what an object of the answer proposes, or None where it has not the form."""
    try:
        return Proposal.model_validate(item)
    except ValidationError:
        return None


def problem_with(proposal: Proposal, passage: str) -> str | None:
    """Return why a proposal cannot be published although its quote was found, or None."""
    text = f"{proposal.claim} {proposal.explanation}"
    if looks_like_instruction(f"{text} {proposal.quote}"):
        return "instruction"
    said = passage.lower()
    if any(address.lower() not in said for address in _ADDRESS.findall(text)):
        return "address_not_said"
    return None


def unsaid_details(proposal: Proposal, passage: str, *, known: str) -> int:
    """Return how many figures and names of a proposal the passage (for names, also ``known``) does not say."""
    text = f"{proposal.claim} {proposal.explanation}"
    said = f"{passage} {known}".lower()
    figures = numbers_in(text) - numbers_in(passage)
    names = {name.removesuffix("'s").removesuffix("’s").lower() for name in _NAME.findall(text)}
    return len(figures) + sum(not (says(said, name) or says(said, f"{name}s")) for name in names)


def value_of(criteria: Criteria, unsaid: int) -> float:
    """Return the estimate from 0 to 1 that ranking uses: the share of yes, less for each unsaid detail."""
    return criteria.yes_count / len(CRITERIA) * UNSAID_COST**unsaid

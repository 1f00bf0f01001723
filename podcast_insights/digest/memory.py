"""What readers told the system: what to follow, what to mute, which shows matter more, what was liked.

Preferences are data: in the settings, or said on the command line and stored. Terms are matched as whole words without
regard to case in an insight's topics, claim, show and speaker (in a script without spaces, wherever they stand), and
hold until they are taken back. A vote on one insight is weak evidence about others, so it moves those of its show and
of its topics a little, and fades. All of it survives any change of model because no model ever sees it.
"""

import math
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Protocol

from podcast_insights.digest.values import Candidate, Preference
from podcast_insights.transcripts.scripts import as_words

UNFOLLOWED_SHARE = 0.2
"""How much of the way to a full preference stays open after each followed term that matches."""

VOTE_HALF_LIFE_DAYS = 60.0
SAME_SHOW_SHARE, SAME_TOPIC_SHARE = 0.5, 0.5
# One fresh like of the same show and topic doubles the odds; votes together move them by a factor of four at most.
ODDS_PER_VOTE, MOST_VOTES = 2.0, 2.0
LIKED = 0.5


class Terms(Protocol):
    """Settings that name terms: those of the digest, and those of a recipient."""

    @property
    def follow(self) -> tuple[str, ...]:
        """What comes first."""

    @property
    def mute(self) -> tuple[str, ...]:
        """What is left out."""


class Memory:
    """A reader's follows, mutes and votes, ready to be matched against candidates."""

    def __init__(
        self, *, follow: Sequence[str] = (), mute: Sequence[str] = (), votes: Sequence[tuple[Preference, float]] = ()
    ) -> None:
        """Remember terms, and votes with what is left of each: from 1 for a fresh one to 0."""
        self._follow = _patterns(follow)
        self._mute = _patterns(mute)
        self._votes = tuple(votes)

    @classmethod
    def of(cls, settings: "Terms", said: Sequence[Preference] = (), *, day: date) -> "Memory":
        """Return what the settings of the digest, or of a recipient, and what was said to it tell for ``day``."""
        return cls(
            follow=(*settings.follow, *(one.subject for one in said if one.kind == "follow")),
            mute=(*settings.mute, *(one.subject for one in said if one.kind == "mute")),
            votes=[(one, vote_strength(one, day)) for one in said if one.kind in ("like", "dislike")],
        )

    def followed_terms(self, candidate: Candidate) -> tuple[str, ...]:
        """Return the followed terms that the candidate is about, as the reader wrote them."""
        return _matching(self._follow, candidate)

    def is_muted(self, candidate: Candidate) -> bool:
        """Whether the candidate is about anything that the reader muted."""
        return bool(_matching(self._mute, candidate))

    def preference_ratio(self, candidate: Candidate) -> float:
        """Return how much the reader wants to hear of this, from 0 to 1; 0.5 where nothing is known.

        A show's priority p, times what votes make of it, gives p / (1 + p), so 1 is neutral. Each followed term then
        closes four fifths of what is missing to 1.
        """
        taste = max(-MOST_VOTES, min(MOST_VOTES, self._taste(candidate)))
        odds = candidate.show_priority * math.pow(ODDS_PER_VOTE, taste)
        base = odds / (1.0 + odds)
        return 1.0 - (1.0 - base) * UNFOLLOWED_SHARE ** len(self.followed_terms(candidate))

    def is_like_liked(self, candidate: Candidate) -> bool:
        """Whether the reader liked enough of its show and topics that it counts as a reason."""
        return self._taste(candidate) >= LIKED

    def is_like_disliked(self, candidate: Candidate) -> bool:
        """Whether the reader disliked as much of its show and topics."""
        return self._taste(candidate) <= -LIKED

    def _taste(self, candidate: Candidate) -> float:
        """Return the votes that concern a candidate, added up: 1 is one fresh like of its show and topics."""
        topics = {_folded(topic) for topic in candidate.insight.topics}
        total = 0.0
        for vote, strength in self._votes:
            is_same_topic = not topics.isdisjoint(map(_folded, vote.topics))
            share = SAME_SHOW_SHARE * (vote.show_id == candidate.insight.show_id) + SAME_TOPIC_SHARE * is_same_topic
            total += strength * share * (1 if vote.kind == "like" else -1)
        return total


def vote_strength(vote: Preference, day: date) -> float:
    """Return what is left of a vote on a day: half after two months, and so on; one that was said later is fresh."""
    age_days = max(0, (day - vote.said_at.date()).days)
    return math.pow(0.5, age_days / VOTE_HALF_LIFE_DAYS)


def _patterns(terms: Sequence[str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    written = dict.fromkeys(term.strip() for term in terms if term.strip())
    return tuple((term, re.compile(as_words(_folded(term)))) for term in written)


def _matching(patterns: tuple[tuple[str, re.Pattern[str]], ...], candidate: Candidate) -> tuple[str, ...]:
    if not patterns:
        return ()
    insight = candidate.insight
    fields = (*insight.topics, insight.claim, candidate.show_title, insight.speaker or "")
    # A line break between the fields keeps a term of two words from matching across two of them.
    text = "\n".join(_folded(field) for field in fields)
    return tuple(term for term, pattern in patterns if pattern.search(text))


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())

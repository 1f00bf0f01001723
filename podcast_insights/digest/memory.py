"""What the reader told the system: what to follow, what to mute, and which shows matter more.

Preferences are data, matched as whole words without regard to case in an insight's topics, claim, show and speaker.
They survive any change of model because no model ever sees them.
"""

import re
import unicodedata
from collections.abc import Sequence

from podcast_insights.digest.values import Candidate
from podcast_insights.settings import DigestSettings

UNFOLLOWED_SHARE = 0.2
"""How much of the way to a full preference stays open after each followed term that matches."""


class Memory:
    """The reader's follows and mutes, ready to be matched against candidates."""

    def __init__(self, *, follow: Sequence[str] = (), mute: Sequence[str] = ()) -> None:
        self._follow = _patterns(follow)
        self._mute = _patterns(mute)

    @classmethod
    def of(cls, settings: DigestSettings) -> "Memory":
        """Return the memory that the settings describe."""
        return cls(follow=settings.follow, mute=settings.mute)

    def followed_terms(self, candidate: Candidate) -> tuple[str, ...]:
        """Return the followed terms that the candidate is about, as the reader wrote them."""
        return _matching(self._follow, candidate)

    def is_muted(self, candidate: Candidate) -> bool:
        """Whether the candidate is about anything that the reader muted."""
        return bool(_matching(self._mute, candidate))

    def preference_ratio(self, candidate: Candidate) -> float:
        """Return how much the reader wants to hear of this, from 0 to 1; 0.5 where nothing is known.

        A show's priority p gives p / (1 + p), so 1 is neutral. Each followed term then closes four fifths of what is
        missing to 1.
        """
        base = candidate.show_priority / (1.0 + candidate.show_priority)
        return 1.0 - (1.0 - base) * UNFOLLOWED_SHARE ** len(self.followed_terms(candidate))


def _patterns(terms: Sequence[str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    written = dict.fromkeys(term.strip() for term in terms if term.strip())
    return tuple((term, re.compile(rf"(?<!\w){re.escape(_folded(term))}(?!\w)")) for term in written)


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

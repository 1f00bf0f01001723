"""What of a digest goes to one person: their mutes left out, what they follow or like first, no more than they want.

Chosen from the entries of the day's digest, so everybody reads the same insights under the same addresses; a mail may
only be shorter and in another order. Terms match as they do in ``digest.follow`` and ``digest.mute``, and likes as
those that shape the digest. Each is of the settings, or was said for this recipient.
"""

from collections.abc import Sequence
from dataclasses import replace

from podcast_insights.digest.memory import Memory
from podcast_insights.digest.reason import listed_terms
from podcast_insights.digest.values import Digest, DigestEntry, Preference
from podcast_insights.settings import RecipientSettings
from podcast_insights.transcripts.languages import primary_language


def edition_for(digest: Digest, recipient: RecipientSettings, said: Sequence[Preference] = ()) -> Digest:
    """Return the digest as ``recipient`` gets it, numbered anew; of what was ``said``, only theirs counts."""
    address = recipient.address.casefold()
    memory = Memory.of(recipient, [one for one in said if one.recipient == address], day=digest.digest_date)
    kept = [entry for entry in digest.entries if not memory.is_muted(entry.candidate) and _is_read(entry, recipient)]
    kept.sort(key=lambda entry: (_place(entry, memory), entry.rank))
    chosen = kept[: recipient.top_n]
    return replace(
        digest,
        entries=tuple(
            replace(entry, rank=rank, reason=_reason(entry, memory)) for rank, entry in enumerate(chosen, start=1)
        ),
    )


def _place(entry: DigestEntry, memory: Memory) -> int:
    if memory.followed_terms(entry.candidate):
        return 0
    if memory.is_like_disliked(entry.candidate):
        return 3
    return 1 if memory.is_like_liked(entry.candidate) else 2


def _reason(entry: DigestEntry, memory: Memory) -> str:
    """Return why it was chosen for all, and why it is among the first of this mail."""
    if followed := memory.followed_terms(entry.candidate):
        return f"{entry.reason} You follow {listed_terms(followed)}."
    if memory.is_like_liked(entry.candidate):
        return f"{entry.reason} You liked others like it."
    return entry.reason


def _is_read(entry: DigestEntry, recipient: RecipientSettings) -> bool:
    """Whether the recipient reads the language of an insight; where it is not known, yes."""
    language = entry.candidate.language
    if not recipient.languages or not language:
        return True
    return primary_language(language.strip()) in {primary_language(wanted.strip()) for wanted in recipient.languages}

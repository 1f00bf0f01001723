"""What of a digest goes to one person: their mutes left out, what they follow first, no more than they want.

Chosen from the entries of the day's digest, so everybody reads the same insights under the same addresses; a mail may
only be shorter and in another order. Terms match as they do in ``digest.follow`` and ``digest.mute``.
"""

from dataclasses import replace

from podcast_insights.digest.memory import Memory
from podcast_insights.digest.values import Digest, DigestEntry
from podcast_insights.settings import RecipientSettings


def edition_for(digest: Digest, recipient: RecipientSettings) -> Digest:
    """Return the digest as ``recipient`` gets it, numbered anew."""
    memory = Memory(follow=recipient.follow, mute=recipient.mute)
    kept = [entry for entry in digest.entries if not memory.is_muted(entry.candidate) and _is_read(entry, recipient)]
    kept.sort(key=lambda entry: (not memory.followed_terms(entry.candidate), entry.rank))
    chosen = kept[: recipient.top_n]
    return replace(digest, entries=tuple(replace(entry, rank=rank) for rank, entry in enumerate(chosen, start=1)))


def _is_read(entry: DigestEntry, recipient: RecipientSettings) -> bool:
    """Whether the recipient reads the language of an insight; where it is not known, yes."""
    language = entry.candidate.language
    if not recipient.languages or not language:
        return True
    return _primary(language) in {_primary(wanted) for wanted in recipient.languages}


def _primary(tag: str) -> str:
    """Return ``pt`` for ``pt-BR``, and for ``pt_BR``, as many write it."""
    return tag.strip().replace("_", "-").partition("-")[0].lower()

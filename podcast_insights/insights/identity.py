"""The fingerprint of an episode's insights: the same transcript, extractor and limit give the same insights."""

from collections.abc import Mapping

from podcast_insights.fingerprints import fingerprint_of
from podcast_insights.transcripts.values import Transcript


def insights_fingerprint(transcript: Transcript, parts: Mapping[str, object], limit: int) -> str:
    """Return the content address of what an extractor makes of a transcript."""
    return fingerprint_of({"transcript": transcript.fingerprint, "extractor": dict(parts), "limit": limit})

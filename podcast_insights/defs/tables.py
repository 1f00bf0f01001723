"""Which asset writes which table: the bridge between the warehouse's names and the graph's."""

import dagster as dg

_ASSET_OF_TABLE = {
    "shows": "feeds",
    "feed_items": "feeds",
    "feed_polls": "feeds",
    "episodes": "episodes",
    "chapters": "chapters",
    "publisher_transcripts": "publisher_transcripts",
    "audio_files": "audio",
    "transcripts": "transcripts",
    "segments": "transcripts",
    "insights": "insights",
    "llm_calls": "insights",
    "digests": "daily_digest",
    "digest_entries": "daily_digest",
    "related_insights": "related_insights",
    "insight_vectors": "insight_vectors",
    "outbox": "digest_mail",
    "evaluations": "evaluation",
}

# Written by every stage, or by the reader: a model that reads them is downstream of what else it reads.
WRITTEN_BY_NO_ASSET = frozenset({"skipped", "check_results", "quarantine", "preferences"})


def asset_of_table(table: str) -> dg.AssetKey:
    """Return the asset that writes a table."""
    return dg.AssetKey(_ASSET_OF_TABLE[table])

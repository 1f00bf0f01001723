"""The suites of every table that one stage hands to another.

A stage refuses a single bad item itself and records it as skipped. So an ``error`` here is what no stage should have
let through and what would reach a reader; what only says that a source is odd is a ``warning``, because an error
stops the whole day. Insights, and episodes by their transcripts, can be left out one by one (``set_aside``). Where the
list of the day's episodes itself is wrong, or a stage did work on episodes that nobody selected, what to leave out is
not known, and the digest is what a reader gets: there the day stops.

The columns are those of the batches (``batches.py``), where what needs several rows or tables is already one column.
"""

from collections.abc import Mapping
from types import MappingProxyType

from podcast_insights.quality.episode_rules import AUDIO_FILES, CHAPTERS, EPISODES, PUBLISHER_TRANSCRIPTS, SHOWS
from podcast_insights.quality.insight_rules import DIGEST_ENTRIES, INSIGHTS, OUTBOX
from podcast_insights.quality.rules import Suite
from podcast_insights.quality.transcript_rules import SEGMENTS, TRANSCRIPTS

SUITES: Mapping[str, Suite] = MappingProxyType(
    {
        suite.table: suite
        for suite in (
            SHOWS,
            EPISODES,
            CHAPTERS,
            PUBLISHER_TRANSCRIPTS,
            AUDIO_FILES,
            TRANSCRIPTS,
            SEGMENTS,
            INSIGHTS,
            DIGEST_ENTRIES,
            OUTBOX,
        )
    }
)

# The other tables, and why a rule would have nothing to protect there.
WITHOUT_SUITE: Mapping[str, str] = MappingProxyType(
    {
        "feed_items": "A catalogue of what feeds say, true or not; `episodes` is what is taken from it, and checked.",
        "feed_polls": "A history that no stage reads to make a digest.",
        "llm_calls": "An account that no stage reads to make a digest.",
        "digests": "The summary of `digest_entries`, which are checked.",
        "related_insights": "Made whole from `digest_entries` each time, and only shown beside them.",
        "insight_vectors": "Made by a model and checked when they arrive; what has none is compared by words alone.",
        "evaluations": "Measured from tables that are checked, and only shown.",
        "preferences": "What the reader said; nobody else can say that it is wrong.",
        "check_results": "What the checks themselves found.",
        "quarantine": "The rows that broke rules of the other tables.",
        "skipped": "What every stage left out; that nothing is both made and left out is a rule of the other tables.",
    }
)

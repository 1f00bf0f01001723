"""The suites of every table that one stage hands to another for a day.

A stage refuses a single bad item itself and records it as skipped. So an ``error`` here is what no stage should have
let through and what would reach a reader; what only says that a source is odd is a ``warning``, because an error
stops the whole day. The columns are those of the batches (``batches.py``), where what needs several rows or tables
is already one column.
"""

from collections.abc import Mapping
from types import MappingProxyType

from podcast_insights.quality.episode_rules import AUDIO_FILES, CHAPTERS, EPISODES, PUBLISHER_TRANSCRIPTS
from podcast_insights.quality.insight_rules import DIGEST_ENTRIES, INSIGHTS
from podcast_insights.quality.rules import Suite
from podcast_insights.quality.transcript_rules import SEGMENTS, TRANSCRIPTS

SUITES: Mapping[str, Suite] = MappingProxyType(
    {
        suite.table: suite
        for suite in (
            EPISODES,
            CHAPTERS,
            PUBLISHER_TRANSCRIPTS,
            AUDIO_FILES,
            TRANSCRIPTS,
            SEGMENTS,
            INSIGHTS,
            DIGEST_ENTRIES,
        )
    }
)

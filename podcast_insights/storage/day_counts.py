"""How many of a day's episodes came how far, read from that day's files alone.

``mart_daily_funnel`` says the same of all days; it is made after the digest, and reads everything. This is what the
digest itself can show of its day.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from podcast_insights.skips import Stage
from podcast_insights.storage.by_day import day_partition
from podcast_insights.storage.skipped import skipped_partition
from podcast_insights.storage.warehouse import Warehouse

# What fails to give chapters or a publisher's transcript leaves out no episode.
LEAVES_OUT_EPISODES: tuple[Stage, ...] = ("episodes", "audio", "transcripts", "insights")


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCounts:
    """The episodes of a day, counted at each stage.

    ``heard`` have their words from the recogniser, ``published`` from their publisher. ``skipped`` counts what was left
    out, by stage and reason.
    """

    day: date
    listed: int
    selected: int
    published: int
    heard: int
    with_insights: int
    insights: int
    skipped: Mapping[tuple[str, str], int]

    @property
    def with_words(self) -> int:
        """The episodes that have a transcript."""
        return self.published + self.heard


def count_day(warehouse: Warehouse, day: date) -> DayCounts:
    """Count the episodes of a day.

    Row by row: for the few hundred rows of a day that takes a tenth of what opening DuckDB does.
    """
    partition = day_partition(day)
    decisions = [row["decision"] for row in warehouse.read("episodes", partition)]
    sources = Counter(row["source"] for row in warehouse.read("transcripts", partition))
    insights = [row["episode_id"] for row in warehouse.read("insights", partition)]
    skipped: Counter[tuple[str, str]] = Counter(
        (stage, row["reason"])
        for stage in LEAVES_OUT_EPISODES
        for row in warehouse.read("skipped", skipped_partition(stage, day))
    )
    return DayCounts(
        day=day,
        listed=len(decisions),
        selected=decisions.count("process"),
        published=sources["publisher"],
        heard=sources.total() - sources["publisher"],
        with_insights=len(set(insights)),
        insights=len(insights),
        skipped=skipped,
    )

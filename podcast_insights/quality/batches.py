"""Batches: one flat frame for a day of a table, in which every rule needs only its own row.

``batch_queries.py`` says what is in them, and here they are made. Only files of the day are read, named and not listed:
a listing grows with every day that was ever processed.

Frames come through Arrow: pandas' own conversion in DuckDB turns dates into timestamps and sums into floats. They hold
only numbers, texts and booleans.
"""

from datetime import date
from typing import TYPE_CHECKING, get_args

from podcast_insights.days import day_bounds, window_ending
from podcast_insights.errors import StorageError
from podcast_insights.quality.batch_queries import QUERIES, BatchQuery
from podcast_insights.settings import DigestSettings
from podcast_insights.skips import Stage
from podcast_insights.storage.by_day import day_partition
from podcast_insights.storage.catalog import show_partition
from podcast_insights.storage.digests import OF_THEIR_DIGEST
from podcast_insights.storage.schemas import Column, table
from podcast_insights.storage.skipped import skipped_partition
from podcast_insights.storage.warehouse import Warehouse

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

# With digest.max_per_show unset, a show gives one insight where five shows compete and two otherwise; so do episodes.
MAX_PER_SHOW_BY_DEFAULT = 2
MAX_PER_EPISODE_BY_DEFAULT = 2

# The rows of a table that has no days lie in its own folder.
WHOLE_TABLE = ""

# ``pt`` for ``pt-BR``; names that mean the same language are one.
PRIMARY_LANGUAGE = """
CREATE TEMP MACRO primary_language(tag) AS
CASE lower(split_part(replace(tag, '_', '-'), '-', 1))
    WHEN '' THEN NULL
    WHEN 'iw' THEN 'he'
    WHEN 'in' THEN 'id'
    WHEN 'ji' THEN 'yi'
    WHEN 'jw' THEN 'jv'
    WHEN 'cmn' THEN 'zh'
    WHEN 'yue' THEN 'zh'
    WHEN 'fil' THEN 'tl'
    WHEN 'lao' THEN 'lo'
    WHEN 'nb' THEN 'no'
    WHEN 'nn' THEN 'no'
    ELSE lower(split_part(replace(tag, '_', '-'), '-', 1))
END
"""


def batch_of(warehouse: Warehouse, name: str, day: date, *, digest: DigestSettings) -> "pd.DataFrame":
    """Return the frame of a table's day.

    It has the column ``is_written`` only where the day has a file that can be read.

    Raises:
        DamagedFileError: A damaged file was met; it is set aside now.
        StorageError: What the files hold does not fit the table.
    """
    import duckdb

    query = QUERIES[name]
    partitions = _partitions(warehouse, name, query, day)
    earlier = _earlier_insight_ids(warehouse, day, digest) if name == "digest_entries" else []
    try:
        with warehouse.connect((name, *query.reads), partitions=partitions) as connection:
            _create_checked(connection, day, digest, earlier)
            frame: pd.DataFrame = connection.sql(_sql(name, query)).to_arrow_table().to_pandas()
    except duckdb.Error as error:
        raise StorageError(f"{name} of {day} cannot be checked: {error}") from error
    if query.is_by_day and warehouse.files(name, partitions=[day_partition(day)]):
        frame["is_written"] = True
    return frame


def _partitions(warehouse: Warehouse, name: str, query: BatchQuery, day: date) -> list[str] | None:
    """Return the partitions of the day in every table that is read; None for a table that is checked whole."""
    if not query.is_by_day:
        return None
    named = [day_partition(day), *(skipped_partition(stage, day) for stage in get_args(Stage))]
    if query.where:
        named.append(WHOLE_TABLE)
    if query.reads_shows:
        shows = {row["show_id"] for row in warehouse.read(name, named[0])}
        # A row without a show, or of one that cannot be, is what the rules are there to report.
        named += [show_partition(show_id) for show_id in shows if show_id and show_id.isalnum()]
    return named


def _earlier_insight_ids(warehouse: Warehouse, day: date, digest: DigestSettings) -> list[str]:
    """Return what the digests before ``day`` published that ``day`` could consider again.

    An insight can only have been used on or after the day of its episode, so the days that are looked back to suffice.
    """
    partitions = [day_partition(earlier) for earlier in window_ending(day, digest.lookback_days)[:-1]]
    with warehouse.connect(["digest_entries", "digests"], partitions=partitions) as connection:
        rows = connection.execute(
            f"SELECT DISTINCT insight_id FROM digest_entries AS entries WHERE digest_date < ? AND {OF_THEIR_DIGEST}",  # noqa: S608
            [day],
        )
        return [insight_id for (insight_id,) in rows.fetchall()]


def _create_checked(
    connection: "duckdb.DuckDBPyConnection", day: date, digest: DigestSettings, earlier: list[str]
) -> None:
    starts_at, ends_at = day_bounds(day, digest.zone)
    connection.execute(PRIMARY_LANGUAGE)
    connection.execute(
        """
        CREATE TEMP TABLE checked AS
        SELECT
            CAST($day AS DATE) AS day,
            CAST($starts_at AS TIMESTAMPTZ) AS starts_at,
            CAST($ends_at AS TIMESTAMPTZ) AS ends_at,
            CAST($looks_back_to AS DATE) AS looks_back_to,
            CAST($top_n AS BIGINT) AS top_n,
            CAST($max_per_episode AS BIGINT) AS max_per_episode,
            CAST($max_per_show AS BIGINT) AS max_per_show,
            CAST($min_value_ratio AS DOUBLE) AS min_value_ratio,
            CAST($earlier AS VARCHAR[]) AS earlier_insight_ids
        """,
        {
            "day": day,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "looks_back_to": window_ending(day, digest.lookback_days)[0],
            "top_n": digest.top_n,
            "max_per_episode": digest.max_per_episode or MAX_PER_EPISODE_BY_DEFAULT,
            "max_per_show": digest.max_per_show or MAX_PER_SHOW_BY_DEFAULT,
            "min_value_ratio": digest.min_value_ratio,
            "earlier": earlier,
        },
    )


def _sql(name: str, query: BatchQuery) -> str:
    """Return the query of a table's frame: what all frames have, then the table's own columns."""
    missing = ", ".join(_missing(column) for column in table(name).columns if not column.is_nullable)
    row_date = f"CAST(subject.{query.date_column} AS VARCHAR)" if query.date_column else "NULL"
    return f"""{query.before}
SELECT
    concat_ws(', ', {missing}) AS missing_values,
    {row_date} AS row_date,
    CAST(checked.day AS VARCHAR) AS day,{query.columns}
FROM {name} AS subject
CROSS JOIN checked
{query.where}
"""  # noqa: S608 - every name comes from the schema


def _missing(column: Column) -> str:
    """Return the SQL for the column's name where it has no value; NaN and infinity are none, and pass comparisons."""
    value = f'subject."{column.name}"'
    is_none = f" OR NOT isfinite({value})" if column.type == "DOUBLE" else ""
    return f"CASE WHEN {value} IS NULL{is_none} THEN '{column.name}' END"

"""All published insights as one table, for spreadsheets (CSV) and for programs (Parquet), and days as Markdown notes.

The columns are those of the data for programs (``api.py``), laid flat. A spreadsheet takes a cell that begins like a
formula for one, so such a cell gets an apostrophe in CSV; in Parquet it stays as it is.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from podcast_insights.delivery.api import api_insight
from podcast_insights.delivery.markdown import digest_markdown
from podcast_insights.delivery.views import long_date, shown_show
from podcast_insights.digest.values import Digest

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BYTE_ORDER_MARK = "\ufeff"


def insights_csv(digests: Sequence[Digest]) -> bytes:
    """Return the insights of ``digests`` as CSV in UTF-8, marked as such for spreadsheets."""
    text = io.StringIO()
    writer: csv.DictWriter[str] = csv.DictWriter(text, list(_columns()))
    writer.writeheader()
    for row in _rows(digests):
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return (_BYTE_ORDER_MARK + text.getvalue()).encode()


def insights_parquet(digests: Sequence[Digest]) -> bytes:
    """Return the insights of ``digests`` as Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"date": pa.date32(), "text": pa.string(), "number": pa.float64(), "whole": pa.int64()}
    kinds["texts"] = pa.list_(pa.string())
    schema = pa.schema([(name, kinds[kind]) for name, kind in _columns().items()])
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(_rows(digests)), schema=schema), buffer, compression="zstd")
    return buffer.getvalue()


def day_note(digest: Digest) -> bytes:
    """Return a day as a Markdown note, with properties that note-taking programs such as Obsidian read."""
    topics = dict.fromkeys(topic for entry in digest.entries for topic in api_insight(entry).topics)
    shows = dict.fromkeys(shown_show(entry.candidate) for entry in digest.entries)
    # JSON is YAML: quoted so, no text from outside can add a property or end the block. But without its
    # escapes: JSON writes an emoji as two halves, which YAML does not put together. What YAML forbids is cleaned away.
    properties = {
        "title": f"Podcast insights, {long_date(digest.digest_date)}",
        "date": digest.digest_date.isoformat(),
        "insights": len(digest.entries),
        "revision": digest.revision,
        "topics": list(topics),
        "shows": list(shows),
    }
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in properties.items()]
    return "\n".join(["---", *lines, "---", "", digest_markdown(digest)]).encode()


def _columns() -> dict[str, str]:
    """Return the columns of the table with their kinds, in order."""
    return {
        "digest_date": "date",
        "rank": "whole",
        "insight_id": "text",
        "claim": "text",
        "explanation": "text",
        "quote": "text",
        "speaker": "text",
        "show_title": "text",
        "episode_title": "text",
        "episode_date": "date",
        "episode_url": "text",
        "listen_url": "text",
        "start_s": "number",
        "end_s": "number",
        "topics": "texts",
        "kind": "text",
        "language": "text",
        "reason": "text",
        "score_total": "number",
        "also_said_by": "texts",
        "page": "text",
    }


def _rows(digests: Sequence[Digest]) -> Iterator[dict[str, Any]]:
    for digest in sorted(digests, key=lambda one: one.digest_date):
        for entry in digest.entries:
            shown = api_insight(entry)
            flat: dict[str, Any] = shown.model_dump() | shown.source.model_dump()
            flat |= {
                "digest_date": digest.digest_date,
                "topics": list(shown.topics),
                "score_total": shown.score.total,
                "also_said_by": [one.show_title for one in shown.also_said_by],
            }
            yield {name: flat[name] for name in _columns()}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = "; ".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if isinstance(value, str | list) and text.startswith(_FORMULA) else text

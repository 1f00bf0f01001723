"""What is written when a day was checked: its pages, and the indexes that name it. What is the same stays untouched.

The indexes are made from a line of JSON beside each day's pages. Reading ``check_results`` of all days for them would
cost more with every day of history. Pages stay as long as ``check_results`` do: nothing removes either.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from upath import UPath

from podcast_insights.data_docs import pages
from podcast_insights.data_docs.found import day_found, whole_found
from podcast_insights.data_docs.values import VERDICTS, DayLine, TableFound, day_line
from podcast_insights.files import explained, read_bytes, write_bytes
from podcast_insights.quality.suites import SUITES
from podcast_insights.storage.warehouse import Warehouse

LAST_DAYS = 31
INDEX = "index.html"
_LINE = "summary.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocsReport:
    """What a day's tables came to, and which files were written because they differ from what was there."""

    tables: tuple[TableFound, ...]
    written: tuple[str, ...]


def page_of(folder: UPath, table: str, day: date) -> UPath:
    """Return where the page of a table's check on a day lies."""
    return folder / (f"days/{day.isoformat()}/{table}.html" if SUITES[table].is_by_day else f"tables/{table}.html")


def write_docs(warehouse: Warehouse, folder: UPath, day: date) -> DocsReport:
    """Write the pages of a day from what its last checks found, then the indexes.

    Raises:
        StorageFullError: There is no space left.
        StorageError: A page cannot be written.
    """
    tables, whole = day_found(warehouse, day), whole_found(warehouse)
    # First the day, then what names it: an index never leads to a page that is not there.
    written = [path for path, content in _of_tables(folder, day, tables, whole) if _replaced(path, content)]
    written += [path for path, content in _indexes(folder, day, whole) if _replaced(path, content)]
    start = len(str(folder)) + 1
    return DocsReport(tables=(*tables, *whole), written=tuple(str(path)[start:] for path in written))


def _of_tables(
    folder: UPath, day: date, tables: Sequence[TableFound], whole: Sequence[TableFound]
) -> Iterator[tuple[UPath, bytes]]:
    yield folder / "style.css", pages.stylesheet()
    for found in (*tables, *whole):
        is_by_day = SUITES[found.table].is_by_day
        yield page_of(folder, found.table, day), pages.table_page(found, is_by_day=is_by_day).encode()
    if tables:
        here = folder / "days" / day.isoformat()
        yield here / INDEX, pages.day_page(day, tables).encode()
        line = asdict(day_line(day, tables)) | {"day": day.isoformat()}
        yield here / _LINE, json.dumps(line).encode()


def _indexes(folder: UPath, day: date, whole: Sequence[TableFound]) -> Iterator[tuple[UPath, bytes]]:
    days = _names(folder / "days")
    month = f"{day:%Y-%m}"
    lines = [line for name in days if name.startswith(month) if (line := _line(folder, name))]
    if lines:
        yield folder / "months" / f"{month}.html", pages.month_page(month, lines).encode()
    last = [line for name in days[:LAST_DAYS] if (line := _line(folder, name))]
    months = sorted({name[:7] for name in days}, reverse=True)
    yield folder / INDEX, pages.index_page(last, months, whole).encode()


def _names(folder: UPath) -> list[str]:
    """Return the days that have pages, newest first; what is named otherwise is not ours."""
    with explained(folder, "listed"):
        names = [path.name for path in folder.iterdir()] if folder.exists() else []
    return sorted((name for name in names if _is_day(name)), reverse=True)


def _is_day(name: str) -> bool:
    try:
        return date.fromisoformat(name).isoformat() == name
    except ValueError:
        return False


def _line(folder: UPath, name: str) -> DayLine | None:
    """Return a day's line; one that is damaged is left out until the day is written again."""
    content = read_bytes(folder / "days" / name / _LINE)
    try:
        line = json.loads(content or b"")
        found = DayLine(**line | {"day": date.fromisoformat(line["day"])})
    except (ValueError, TypeError, KeyError):
        return None
    return found if found.verdict in VERDICTS else None


def _replaced(path: UPath, content: bytes) -> bool:
    if read_bytes(path) == content:
        return False
    write_bytes(path, content)
    return True

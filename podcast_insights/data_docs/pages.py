"""The pages as HTML: everything from the data is text, whatever it holds, and nothing is fetched from elsewhere.

Great Expectations has pages of its own. They load scripts, fonts and styles from six hosts and run scripts that stand
in the page, so they show little without the internet and nothing under a Content-Security-Policy
(docs/decisions/0010-data-docs.md).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from podcast_insights.data_docs.values import DayLine, TableFound, Verdict

MOST_OF_A_CELL = 300
WORDS: Mapping[Verdict, str] = {
    "stopped": "stopped",
    "set_aside": "rows left out",
    "warned": "look at it",
    "passed": "passed",
}
WHAT_FOLLOWS: Mapping[Verdict, str] = {
    "stopped": "What is downstream is not made for this day, and no digest of it is built, until the data is mended "
    "and the asset is materialized again with its checks.",
    "set_aside": "What these rows belong to is left out of what follows.",
    "warned": "Nothing stops; a person should look.",
    "passed": "Every rule holds.",
}


def table_page(found: TableFound, *, is_by_day: bool) -> str:
    """Return the page of a table's last check on a day, or of one that is checked whole."""
    top = "../../" if is_by_day else "../"
    return _render("table.html", top=top, title=f"{found.table}, {found.day}", found=found, is_by_day=is_by_day)


def day_page(day: date, tables: Sequence[TableFound]) -> str:
    """Return the page of a day, with a line for each table."""
    return _render("day.html", top="../../", title=day.isoformat(), day=day, tables=tables)


def month_page(month: str, days: Sequence[DayLine]) -> str:
    """Return the page of a month such as ``2026-11``, newest day first."""
    return _render("month.html", top="../", title=month, month=month, days=days)


def index_page(days: Sequence[DayLine], months: Sequence[str], whole: Sequence[TableFound]) -> str:
    """Return the first page: the last days, the tables without days, and the months."""
    return _render("index.html", top="", title="Data docs", days=days, months=months, whole=whole)


def stylesheet() -> bytes:
    """Return the one stylesheet."""
    return (files("podcast_insights.data_docs") / "style.css").read_bytes()


def cell(value: Any) -> str:
    """Return a value as a short text; control characters would show as nothing and hide what is there."""
    text = "" if value is None else " ".join(str(value).split())
    shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text[: MOST_OF_A_CELL + 1])
    return shown if len(shown) <= MOST_OF_A_CELL else shown[:MOST_OF_A_CELL] + "\N{HORIZONTAL ELLIPSIS}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("podcast_insights.data_docs"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = cell
    environment.globals |= {"words": WORDS, "what_follows": WHAT_FOLLOWS}
    return environment


def _render(template: str, **context: object) -> str:
    return _environment().get_template(template).render(**context)

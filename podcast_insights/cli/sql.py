"""Looking at one SQL model from the terminal: its rows as a table, or as CSV for another program."""

import csv
import difflib
import sys
from collections.abc import Sequence
from datetime import date
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from podcast_insights.bundled import bundled_path
from podcast_insights.cli.terminal import how_many
from podcast_insights.errors import SettingsError
from podcast_insights.settings import load_settings
from podcast_insights.storage.model_runs import open_models
from podcast_insights.storage.sql_models import load_models
from podcast_insights.storage.store import Store

Rows = tuple[Sequence[str], Sequence[Sequence[Any]]]


def list_models(console: Console) -> None:
    """Print every model with what a row of it is, those made for people before those that they are made of."""
    models = load_models(bundled_path("dbt_like_sql"))
    table = Table("model", "what it holds", box=None, pad_edge=False)
    for name in sorted(models, key=lambda name: (name.startswith("stg_"), name)):
        table.add_row(name, models[name].description)
    console.print(table)


def print_model(console: Console, name: str, *, day: date | None, limit: int) -> None:
    """Print the first rows of a model, or of its rows of one day: as a table where it fits, else row by row.

    Raises:
        SettingsError: There is no such model, or it has no column with a day.
    """
    names, found = read_model(name, day=day, limit=limit + 1)
    rows = [["" if value is None else " ".join(str(value).split()) for value in row] for row in found[:limit]]
    widths = [max(map(len, column)) + 3 for column in zip(names, *rows, strict=True)]
    if sum(widths) < console.width:
        table = Table(*names, box=box.SIMPLE_HEAD, pad_edge=False)
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        console.print(table)
    else:
        for number, row in enumerate(rows, start=1):
            console.rule(f"{number}", align="left")
            record = Table(box=None, show_header=False, pad_edge=False)
            for column, cell in zip(names, row, strict=True):
                record.add_row(column, escape(cell))
            console.print(record)
    console.print(
        how_many(len(rows), "row") + ("; there are more: --limit gives more, --csv all" if len(found) > limit else "")
    )


def write_csv(name: str, *, day: date | None) -> None:
    """Write a model, or its rows of one day, as CSV to the standard output.

    Raises:
        SettingsError: There is no such model, or it has no column with a day.
    """
    names, rows = read_model(name, day=day, limit=None)
    writer = csv.writer(sys.stdout)
    writer.writerow(names)
    writer.writerows(rows)


def read_model(name: str, *, day: date | None, limit: int | None) -> Rows:
    """Return the columns and rows of a model, with what the store holds now.

    Raises:
        SettingsError: There is no such model, or it has no column with a day.
    """
    models = load_models(bundled_path("dbt_like_sql"))
    if name not in models:
        near = difflib.get_close_matches(name, models, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise SettingsError(f"There is no model {name!r}.{hint} 'podcast-insights sql' lists them all.")
    with open_models(Store(load_settings().storage.base_url).warehouse, models) as connection:
        shape = connection.sql(f'FROM "{name}"')
        dates = [column for column, kind in zip(shape.columns, shape.types, strict=True) if str(kind) == "DATE"]
        if day is not None and not dates:
            raise SettingsError(f"the model {name} has no column with a day; leave out --date")
        found = connection.sql(
            f'FROM "{name}"' + (f' WHERE "{dates[0]}" = $day' if day else "") + (f" LIMIT {limit}" if limit else ""),
            params={"day": day} if day else None,
        )
        return tuple(found.columns), found.fetchall()

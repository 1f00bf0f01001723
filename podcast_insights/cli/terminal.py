"""What every command shares: the console that it prints to, how its errors look, days and numbers in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated

import typer
from rich.console import Console

from podcast_insights.errors import PodcastInsightsError

console = Console(soft_wrap=True)
# Apart from what a command was asked for, which may go into a file or to another program.
_errors = Console(stderr=True, soft_wrap=True)


def a_day(typed: str) -> date:
    """Return the day that somebody typed.

    Raises:
        typer.BadParameter: It is none.
    """
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise typer.BadParameter(f"{typed} is no day; write it as 2026-11-13") from error


Day = Annotated[date | None, typer.Argument(parser=a_day, metavar="DAY", help="The day, such as 2026-11-13.")]


@contextmanager
def errors_for_people() -> Iterator[None]:
    """Show an error of ours as its message, and end with 1; any other is a bug and shows its traceback."""
    try:
        yield
    except PodcastInsightsError as error:
        _errors.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from error


def how_many(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 show``, ``2 shows``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def how_many_were(number: int, noun: str) -> str:
    """Return a number with its noun and the verb for it: ``1 show was``, ``2 shows were``."""
    return f"{how_many(number, noun)} {'was' if number == 1 else 'were'}"

"""What every command shares: the console that it prints to, and how its errors look."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from podcast_insights.errors import PodcastInsightsError

console = Console(soft_wrap=True)


@contextmanager
def errors_for_people() -> Iterator[None]:
    """Show an error of ours as its message, and end with 1; any other is a bug and shows its traceback."""
    try:
        yield
    except PodcastInsightsError as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from error


def how_many_were(number: int, noun: str) -> str:
    """Return a number with its noun and the verb for it: ``1 show was``, ``2 shows were``."""
    return f"{number} {noun} was" if number == 1 else f"{number} {noun}s were"

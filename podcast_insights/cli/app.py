"""The command line: every group of commands, in the order in which the help shows them."""

from typing import Annotated

import typer

from podcast_insights import __version__
from podcast_insights.cli.commands import days, preferences, reading, shows, upkeep
from podcast_insights.cli.examples import BEGIN, below

app = typer.Typer(
    name="podcast-insights",
    help="Scans new podcasts and makes the top 5 insights of each day.",
    epilog=BEGIN,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for group in (shows, days, reading, preferences, upkeep):
    for command in group.app.registered_commands:
        command.epilog = below(command.name or getattr(command.callback, "__name__", ""))
    app.add_typer(group.app)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"podcast-insights {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version, and nothing else.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    """Take the options that belong to no command."""


def main() -> None:
    """Run the command line."""
    app()

"""The command line: every group of commands, in the order in which the help shows them."""

import typer

from podcast_insights.cli.commands import days, preferences, reading, shows, upkeep

app = typer.Typer(
    name="podcast-insights",
    help="Scans new podcasts and makes the top 5 insights of each day.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for group in (shows, days, reading, preferences, upkeep):
    app.add_typer(group.app)


def main() -> None:
    """Run the command line."""
    app()

"""Looking after an installation: what works, how good it is, models, space, and earlier versions."""

from typing import Annotated

import typer

from podcast_insights.cli.terminal import console, errors_for_people

app = typer.Typer()
PANEL = "Upkeep"


@app.command(rich_help_panel=PANEL)
def doctor(
    feeds: Annotated[bool, typer.Option("--feeds", help="Say how each feed is doing, and nothing else.")] = False,
) -> None:
    """Say what works, what does not and what to do: settings, storage, feeds, Whisper, language model, mail."""
    from podcast_insights.cli.doctor import examine, show_feeds

    with errors_for_people():
        is_well = show_feeds(console) if feeds else examine(console)
    raise typer.Exit(0 if is_well else 1)


@app.command(rich_help_panel=PANEL)
def models(
    name: Annotated[str | None, typer.Argument(help="The model to download and check, such as small.")] = None,
) -> None:
    """List Whisper's models and which are here; or download and check one ahead of time."""
    from podcast_insights.cli.models import get_model, list_models

    with errors_for_people():
        if name is None:
            list_models(console)
        else:
            get_model(console, name)


@app.command(rich_help_panel=PANEL)
def evaluate(
    days: Annotated[int, typer.Option(min=1, max=3660, help="How many days up to yesterday.")] = 30,
    episodes: Annotated[int, typer.Option(min=1, help="How many episodes at most, drawn evenly.")] = 60,
) -> None:
    """Measure the insights and digests of the last days beside baselines: to compare models, prompts and settings."""
    from podcast_insights.cli.evaluate import evaluate_days

    with errors_for_people():
        evaluate_days(console, days=days, most_episodes=episodes)


@app.command(rich_help_panel=PANEL)
def vacuum(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say how large everything is and what may go.")
    ] = False,
) -> None:
    """Remove what nothing needs any more: heard audio, old bodies of feeds, leftovers of killed runs."""
    from podcast_insights.cli.upkeep import vacuum as remove_needless

    with errors_for_people():
        remove_needless(console, dry_run=dry_run)


@app.command(rich_help_panel=PANEL)
def upgrade() -> None:
    """Rewrite tables of an earlier version as they are written now. They can be read without it."""
    from podcast_insights.cli.upkeep import upgrade_tables

    with errors_for_people():
        upgrade_tables(console)

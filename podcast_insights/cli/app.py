"""The commands. Each reads settings, does one thing, says what it did, and ends with 1 where it did not work."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from podcast_insights.errors import PodcastInsightsError

app = typer.Typer(
    name="podcast-insights",
    help="Scans new podcasts and makes the top 5 insights of each day.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
console = Console(soft_wrap=True)

Which = Annotated[str, typer.Argument(help="The show's name, or the address of its feed.")]
Day = Annotated[datetime | None, typer.Argument(formats=["%Y-%m-%d"], help="The day, such as 2026-11-13.")]


def main() -> None:
    """Run the command line."""
    app()


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="The address of the show's feed.")],
    name: Annotated[str | None, typer.Option(help="What to call the show; the feed's own title otherwise.")] = None,
) -> None:
    """Add a show to podcasts.yaml; the file is made where there is none."""
    from podcast_insights.cli.add import add_show
    from podcast_insights.settings import config_path

    with _errors_for_people():
        title, episodes = add_show(config_path(), url, name=name)
        # The title is the feed's: in brackets it could be markup.
        console.print(f"Added {title} to {config_path()}; its feed lists {episodes} episodes.", markup=False)
        console.print("Next: [bold]podcast-insights digest[/bold]")


@app.command("import")
def import_(
    opml: Annotated[Path, typer.Argument(help="The OPML file that a podcast app exported.")],
) -> None:
    """Add the shows of another podcast app to podcasts.yaml."""
    from podcast_insights.cli.show_list import import_shows
    from podcast_insights.settings import config_path

    with _errors_for_people():
        added, left_out = import_shows(config_path(), opml)
    for show in added:
        console.print(f"Added {show.title or show.url}", markup=False)
    for reason in left_out:
        console.print(f"Left out {reason}", markup=False, style="yellow")
    console.print(f"{len(added)} shows were added to {config_path()}.", markup=False)


@app.command()
def export(
    opml: Annotated[Path, typer.Argument(help="The OPML file to write.")],
) -> None:
    """Write the shows as an OPML file, which podcast apps can read."""
    from podcast_insights.cli.show_list import export_shows
    from podcast_insights.settings import config_path

    with _errors_for_people():
        shows, private = export_shows(config_path(), opml)
    console.print(f"{shows} shows were written to {opml}.", markup=False)
    if private:
        console.print(f"{private} private shows were left out, because their addresses are secrets.")


@app.command()
def pause(which: Which) -> None:
    """Poll a show no more; what is known of it stays."""
    from podcast_insights.cli.show_list import pause_show
    from podcast_insights.settings import config_path

    with _errors_for_people():
        name = pause_show(config_path(), which, paused=True)
    console.print(f"{name} is paused. To go on: podcast-insights resume", markup=False)


@app.command()
def resume(which: Which) -> None:
    """Poll a paused show again."""
    from podcast_insights.cli.show_list import pause_show
    from podcast_insights.settings import config_path

    with _errors_for_people():
        name = pause_show(config_path(), which, paused=False)
    console.print(f"{name} is polled again.", markup=False)


@app.command()
def remove(which: Which) -> None:
    """Take a show out of podcasts.yaml; its digests and transcripts stay."""
    from podcast_insights.cli.show_list import remove_show
    from podcast_insights.settings import config_path

    with _errors_for_people():
        name = remove_show(config_path(), which)
    console.print(f"{name} was removed from {config_path()}. What it gave stays.", markup=False)


@app.command()
def digest(
    day: Day = None,
    send: Annotated[bool, typer.Option(help="Send the mail, also where the day is past.")] = False,
) -> None:
    """Make the digest of a day (yesterday by default): poll, transcribe, choose, publish, and print it."""
    from podcast_insights.cli.run_days import make_digest

    with _errors_for_people():
        is_made = make_digest(console, day.date() if day else None, send=send)
    raise typer.Exit(0 if is_made else 1)


@app.command()
def backfill(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")],
    only_missing: Annotated[
        bool, typer.Option("--only-missing", help="Leave out days that have a digest and wait for nothing.")
    ] = False,
    which: Annotated[
        Literal["outdated"] | None,
        typer.Option("--refresh", help="outdated: only days with transcripts of an older Whisper model or version."),
    ] = None,
    costs: Annotated[bool, typer.Option("--estimate", help="Only say what it will cost.")] = False,
) -> None:
    """Make the digests of past days, oldest first, and publish them. Nothing is sent.

    It may be stopped at any time: the same command goes on where it was.
    """
    from podcast_insights.cli.backfill import Wish, make_digests, print_estimate

    wish = Wish(first=first.date(), last=last.date(), only_missing=only_missing, only_outdated=which == "outdated")
    is_made = True
    with _errors_for_people():
        if costs:
            print_estimate(console, wish)
        else:
            is_made = make_digests(console, wish)
    raise typer.Exit(0 if is_made else 1)


@app.command()
def refresh(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is outdated.")] = False,
) -> None:
    """Transcribe again what an older Whisper model or version transcribed, and find its insights anew."""
    from podcast_insights.cli.refresh import refresh_transcripts

    with _errors_for_people():
        is_made = refresh_transcripts(console, dry_run=dry_run)
    raise typer.Exit(0 if is_made else 1)


@app.command()
def models(
    name: Annotated[str | None, typer.Argument(help="The model to download and check, such as small.")] = None,
) -> None:
    """List Whisper's models and which are here; or download and check one ahead of time."""
    from podcast_insights.cli.models import get_model, list_models

    with _errors_for_people():
        if name is None:
            list_models(console)
        else:
            get_model(console, name)


@app.command()
def sql(
    model: Annotated[
        str | None, typer.Argument(help="The model, such as mart_daily_funnel; all are listed without.")
    ] = None,
    day: Annotated[datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Only this day.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many rows are printed.")] = 20,
    as_csv: Annotated[bool, typer.Option("--csv", help="Write all rows as CSV.")] = False,
) -> None:
    """Print a SQL model of dbt_like_sql: the funnel of each day, what was published, costs, speed, feeds."""
    from podcast_insights.cli.sql import list_models, print_model, write_csv

    with _errors_for_people():
        if model is None:
            list_models(console)
        elif as_csv:
            write_csv(model, day=day.date() if day else None)
        else:
            print_model(console, model, day=day.date() if day else None, limit=limit)


@app.command()
def search(
    words: Annotated[str, typer.Argument(help="What to look for, such as: parking turnover.")],
    limit: Annotated[int, typer.Option(help="How many to show at most.", min=1, max=100)] = 10,
) -> None:
    """Find insights of all days by words, best first, with show, episode and link."""
    from podcast_insights.cli.search import print_found

    with _errors_for_people():
        found = print_found(console, words, limit=limit)
    raise typer.Exit(0 if found else 1)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its data.")] = Path(".demo"),
    serve: Annotated[
        bool, typer.Option("--serve", help="Only serve the demo's feeds and audio, until stopped.")
    ] = False,
) -> None:
    """Make a week of digests from the bundled shows, served on this machine, and print the last day's."""
    from podcast_insights.cli.demo import run_demo, serve_demo

    with _errors_for_people():
        if serve:
            serve_demo(console, folder.absolute())
            return
        is_made = run_demo(console, folder.absolute())
    raise typer.Exit(0 if is_made else 1)


@app.command()
def vacuum(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say how large everything is and what may go.")
    ] = False,
) -> None:
    """Remove what nothing needs any more: heard audio, old bodies of feeds, leftovers of killed runs."""
    from podcast_insights.cli.upkeep import vacuum as remove_needless

    with _errors_for_people():
        remove_needless(console, dry_run=dry_run)


@app.command()
def upgrade() -> None:
    """Rewrite tables of an earlier version as they are written now. They can be read without it."""
    from podcast_insights.cli.upkeep import upgrade_tables

    with _errors_for_people():
        upgrade_tables(console)


@app.command()
def doctor(
    feeds: Annotated[bool, typer.Option("--feeds", help="Say how each feed is doing, and nothing else.")] = False,
) -> None:
    """Say what works, what does not and what to do: settings, storage, feeds, Whisper, language model, mail."""
    from podcast_insights.cli.doctor import examine, show_feeds

    with _errors_for_people():
        is_well = show_feeds(console) if feeds else examine(console)
    raise typer.Exit(0 if is_well else 1)


@contextmanager
def _errors_for_people() -> Iterator[None]:
    """Show an error of ours as its message; any other is a bug and shows its traceback."""
    try:
        yield
    except PodcastInsightsError as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from error

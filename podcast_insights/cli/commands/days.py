"""Making days: a digest, past days, what is outdated, and the demo."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from podcast_insights.cli.terminal import Day, a_day, console, errors_for_people

app = typer.Typer()
PANEL = "Days"


@app.command(rich_help_panel=PANEL)
def digest(
    day: Day = None,
    send: Annotated[
        bool, typer.Option("--send", help="Send the mail also where the day is past, or not over.")
    ] = False,
) -> None:
    """Make the digest of a day (yesterday by default): poll, transcribe, choose, publish, and print it."""
    from podcast_insights.cli.run_days import make_digest

    with errors_for_people():
        is_made = make_digest(console, day, send=send)
    raise typer.Exit(0 if is_made else 1)


@app.command(rich_help_panel=PANEL)
def backfill(
    first: Annotated[
        date, typer.Option("--from", parser=a_day, metavar="DAY", help="The first day, such as 2026-10-01.")
    ],
    last: Annotated[date, typer.Option("--to", parser=a_day, metavar="DAY", help="The last day, such as 2026-10-31.")],
    only_missing: Annotated[
        bool, typer.Option("--only-missing", help="Leave out days that have a digest and wait for nothing.")
    ] = False,
    which: Annotated[
        Literal["outdated"] | None,
        typer.Option("--refresh", help="outdated: only days with transcripts of an older Whisper model or version."),
    ] = None,
    batch: Annotated[
        bool, typer.Option("--batch", help="Ask the language model in one batch, where its server has such: cheaper.")
    ] = False,
    costs: Annotated[bool, typer.Option("--estimate", help="Only ask the feeds, and say what it will cost.")] = False,
) -> None:
    """Make the digests of past days, oldest first, and publish them. Nothing is sent.

    It may be stopped at any time: the same command goes on where it was.
    """
    from podcast_insights.cli.backfill import Wish, make_digests, print_estimate

    wish = Wish(
        first=first,
        last=last,
        only_missing=only_missing,
        only_outdated=which == "outdated",
        in_batch=batch,
    )
    is_made = True
    with errors_for_people():
        if costs:
            print_estimate(console, wish)
        else:
            is_made = make_digests(console, wish)
    raise typer.Exit(0 if is_made else 1)


@app.command(rich_help_panel=PANEL)
def refresh(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is outdated.")] = False,
) -> None:
    """Transcribe again what an older Whisper model or version transcribed, and find its insights anew."""
    from podcast_insights.cli.refresh import refresh_transcripts

    with errors_for_people():
        is_made = refresh_transcripts(console, dry_run=dry_run)
    raise typer.Exit(0 if is_made else 1)


@app.command(rich_help_panel=PANEL)
def embed(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many vectors are missing.")] = False,
) -> None:
    """Make vectors for insights from before related.embeddings.model was set, and relate them anew."""
    from podcast_insights.cli.embed import embed_days

    with errors_for_people():
        is_made = embed_days(console, dry_run=dry_run)
    raise typer.Exit(0 if is_made else 1)


@app.command(rich_help_panel=PANEL)
def demo(
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its data.")] = Path(".demo"),
    serve: Annotated[
        bool, typer.Option("--serve", help="Only serve the demo's feeds and audio, until stopped.")
    ] = False,
) -> None:
    """Make a week of digests from the bundled shows, served on this machine, and print the last day's."""
    from podcast_insights.cli.demo import run_demo, serve_demo

    with errors_for_people():
        if serve:
            serve_demo(console, folder.absolute())
            return
        is_made = run_demo(console, folder.absolute())
    raise typer.Exit(0 if is_made else 1)

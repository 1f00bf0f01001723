"""What was found and published: mails, pages, search, and the SQL models."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from podcast_insights.cli.terminal import Day, a_day, console, errors_for_people

app = typer.Typer()
PANEL = "Reading"


@app.command(rich_help_panel=PANEL)
def mail(
    day: Day = None,
    preview: Annotated[
        Path | None, typer.Option(help="Write the mails of each recipient into this folder; send nothing.")
    ] = None,
    test: Annotated[str | None, typer.Option(help="Send it to this address only, as a test.")] = None,
    resend: Annotated[bool, typer.Option("--resend", help="Send it again also to those who have it.")] = False,
    to: Annotated[list[str] | None, typer.Option(help="Only to this recipient; may be given more than once.")] = None,
) -> None:
    """Send the mail of a day (the latest by default) to those who did not get it."""
    from podcast_insights.cli.mail import preview_mail, send_mail, try_mail

    is_sent = True
    with errors_for_people():
        if preview is not None:
            preview_mail(console, day, preview, only=to or ())
        elif test is not None:
            try_mail(console, day, test)
        else:
            is_sent = send_mail(console, day, resend=resend, only=to or ())
    raise typer.Exit(0 if is_sent else 1)


@app.command(rich_help_panel=PANEL)
def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port on this machine.")] = 8000,
) -> None:
    """Serve the pages on this machine, to look at them in a browser."""
    from podcast_insights.cli.serve import serve_site

    with errors_for_people():
        serve_site(console, port)


@app.command(rich_help_panel=PANEL)
def search(
    words: Annotated[str, typer.Argument(help="What to look for, such as: parking turnover.")],
    limit: Annotated[int, typer.Option(help="How many to show at most.", min=1, max=100)] = 10,
) -> None:
    """Find insights of all days by words, best first, with show, episode and link."""
    from podcast_insights.cli.search import print_found

    with errors_for_people():
        found = print_found(console, words, limit=limit)
    raise typer.Exit(0 if found else 1)


@app.command(rich_help_panel=PANEL)
def sql(
    model: Annotated[
        str | None, typer.Argument(help="The model, such as mart_daily_funnel; all are listed without.")
    ] = None,
    day: Annotated[date | None, typer.Option("--date", parser=a_day, metavar="DAY", help="Only this day.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many rows are printed.")] = 20,
    as_csv: Annotated[bool, typer.Option("--csv", help="Write all rows as CSV.")] = False,
) -> None:
    """Print a SQL model of dbt_like_sql: the funnel of each day, what was published, costs, speed, feeds."""
    from podcast_insights.cli.sql import list_models, print_model, write_csv

    with errors_for_people():
        if model is None:
            list_models(console)
        elif as_csv:
            write_csv(model, day=day)
        else:
            print_model(console, model, day=day, limit=limit)

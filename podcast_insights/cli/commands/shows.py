"""The shows that are followed: one more, one less, and lists of them."""

from pathlib import Path
from typing import Annotated

import typer

from podcast_insights.cli.terminal import console, errors_for_people, how_many, how_many_were

app = typer.Typer()
PANEL = "Shows"

Which = Annotated[str, typer.Argument(help="The show's name, or the address of its feed.")]


@app.command(rich_help_panel=PANEL)
def add(
    url: Annotated[str, typer.Argument(help="The address of the show's feed; env:NAME if it is secret.")],
    name: Annotated[str | None, typer.Option(help="What to call the show; the feed's own title otherwise.")] = None,
) -> None:
    """Add a show to podcasts.yaml; the file is made where there is none."""
    from podcast_insights.cli.add import add_show
    from podcast_insights.settings import config_path

    with errors_for_people():
        title, episodes = add_show(config_path(), url, name=name)
        # The title is the feed's: in brackets it could be markup.
        console.print(
            f"Added {title} to {config_path()}; its feed lists {how_many(episodes, 'episode')}.", markup=False
        )
        console.print("Next: [bold]podcast-insights digest[/bold]")


@app.command("import", rich_help_panel=PANEL)
def import_(
    opml: Annotated[Path, typer.Argument(help="The OPML file that a podcast app exported.")],
) -> None:
    """Add the shows of another podcast app to podcasts.yaml."""
    from podcast_insights.cli.show_list import import_shows
    from podcast_insights.settings import config_path

    with errors_for_people():
        added, left_out = import_shows(config_path(), opml)
    for show in added:
        console.print(f"Added {show.title or show.url}", markup=False)
    for reason in left_out:
        console.print(f"Left out {reason}", markup=False, style="yellow")
    console.print(f"{how_many_were(len(added), 'show')} added to {config_path()}.", markup=False)


@app.command(rich_help_panel=PANEL)
def pause(which: Which) -> None:
    """Poll a show no more; what is known of it stays."""
    from podcast_insights.cli.show_list import pause_show
    from podcast_insights.settings import config_path

    with errors_for_people():
        name = pause_show(config_path(), which, paused=True)
    console.print(f"{name} is paused. To go on: podcast-insights resume", markup=False)


@app.command(rich_help_panel=PANEL)
def resume(which: Which) -> None:
    """Poll a paused show again."""
    from podcast_insights.cli.show_list import pause_show
    from podcast_insights.settings import config_path

    with errors_for_people():
        name = pause_show(config_path(), which, paused=False)
    console.print(f"{name} is polled again.", markup=False)


@app.command(rich_help_panel=PANEL)
def remove(which: Which) -> None:
    """Take a show out of podcasts.yaml; its digests and transcripts stay."""
    from podcast_insights.cli.show_list import remove_show
    from podcast_insights.settings import config_path

    with errors_for_people():
        name = remove_show(config_path(), which)
    console.print(f"{name} was removed from {config_path()}. What it gave stays.", markup=False)


@app.command(rich_help_panel=PANEL)
def export(
    target: Annotated[
        Path,
        typer.Argument(help="shows.opml, insights.csv, insights.parquet, or a folder for a Markdown note of each day."),
    ],
) -> None:
    """Write the shows (OPML), or what was published (CSV, Parquet, Markdown notes for Obsidian)."""
    from podcast_insights.cli.export import export_insights, is_for_shows
    from podcast_insights.cli.show_list import export_shows
    from podcast_insights.settings import config_path

    with errors_for_people():
        if not is_for_shows(target):
            console.print(export_insights(target), markup=False)
            return
        shows, private = export_shows(config_path(), target)
    console.print(f"{how_many_were(shows, 'show')} written to {target}.", markup=False)
    if private:
        console.print(
            f"{how_many_were(private, 'private show')} left out, because an address with a token is a secret."
        )

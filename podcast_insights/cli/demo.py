"""The demo: the bundled shows, served on this machine, through the real assets for a week, day after day.

It keeps everything in one folder: settings, data, and a Dagster instance, so that the UI can be opened on it.
"""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from upath import UPath

from podcast_insights.bundled import bundled_path
from podcast_insights.cli.demo_server import demo_server, read_plan
from podcast_insights.cli.local_server import wait_for_interrupt
from podcast_insights.cli.run_days import DAY_ASSETS, Days, print_digest
from podcast_insights.days import days_until
from podcast_insights.errors import SettingsError
from podcast_insights.files import write_bytes
from podcast_insights.settings import Settings, load_settings
from podcast_insights.storage.store import Store

# The demo's days must lie in the past for its own clock, whatever this machine's clock says.
DEMO_NOW = datetime(2026, 11, 16, 6, 30, tzinfo=UTC)


def run_demo(console: Console, folder: Path) -> bool:
    """Run the demo in ``folder`` and print the last day's digest; return whether everything worked."""
    from podcast_insights.defs.resources import clock_not_before

    source = bundled_path("demo")
    plan = read_plan(source)
    first, last = plan["days"]["first"], plan["days"]["last"]
    with demo_server(source, _port_of(folder)) as site:
        settings = _prepare(folder, site.base_url)
        days = Days(console, settings, home=folder / "dagster_home", resources={"clock": clock_not_before(DEMO_NOW)})
        wanted = list(days_until(first, last))
        runs = []
        with days.working(2 * len(wanted) + 2):
            for day in wanted:
                site.phase_for(day)
                runs.append(_poll(days, day))
                runs += days.catch_up(day)
                runs.append(days.run("digest_job", day, label=f"{day:%A %d %B}", assets=DAY_ASSETS))
            runs.append(days.run("publish_job", None, label="Pages, SQL models, DuckDB file"))
            runs.append(_send(days, last))
    print_digest(console, settings, last)
    print_skipped(console, Store(settings.storage.base_url))
    console.print(f"\nEverything is in {folder}. To look at it in the Dagster UI: make dev", markup=False)
    return all(run.is_success for run in runs)


def serve_demo(console: Console, folder: Path) -> None:
    """Serve the demo's feeds and audio where its settings expect them, until interrupted.

    Raises:
        SettingsError: The demo was not run in ``folder`` yet.
    """
    port = _port_of(folder)
    if port == 0:
        raise SettingsError(f"There is no demo in {folder} yet; run 'podcast-insights demo' first.")
    with demo_server(bundled_path("demo"), port) as site:
        site.phase_for(date.max)
        console.print(f"Serving the demo's feeds and audio at {site.base_url}; Ctrl+C ends it.")
        wait_for_interrupt()


def _prepare(folder: Path, base_url: str) -> Settings:
    """Write the demo's settings and its Dagster instance's configuration, and read the settings back."""
    source = bundled_path("demo") / "podcasts.yaml"
    config, home = UPath(folder) / "podcasts.yaml", UPath(folder) / "dagster_home"
    write_bytes(config, source.read_text(encoding="utf-8").replace("{base}", base_url).encode())
    write_bytes(home / "dagster.yaml", bundled_path("dagster.example.yaml").read_bytes())
    return load_settings(folder / "podcasts.yaml")


def _port_of(folder: Path) -> int:
    """Return the port at which an earlier run served, so that audio links keep working; 0 takes a free one."""
    config = folder / "podcasts.yaml"
    if not config.exists():
        return 0
    shows = load_settings(config).shows
    return urlsplit(shows[0].url).port or 0 if shows else 0


def _poll(days: Days, day: date) -> Any:
    return days.run("digest_job", day, label="Feeds", assets=["feeds"], config={"feeds": {"only_due": False}})


def _send(days: Days, day: date) -> Any:
    return days.run(
        "digest_job", day, label="Mail", assets=["digest_mail"], config={"digest_mail": {"send_past_editions": True}}
    )


def print_skipped(console: Console, store: Store) -> None:
    """Say what was skipped, each item with its stage and its reason."""
    with store.warehouse.connect(["skipped", "feed_items"]) as connection:
        skipped = connection.execute(
            "SELECT stage, title, message FROM skipped LEFT JOIN feed_items ON episode_id = subject_id ORDER BY ALL"
        ).fetchall()
    if skipped:
        console.print("\nSkipped, each with its reason:")
    for stage, title, message in skipped:
        console.print(f"  {stage}: " + (f"{title}: " if title else "") + message, markup=False)

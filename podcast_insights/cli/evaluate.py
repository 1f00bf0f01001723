"""Evaluating what is stored, from the command line: the asset ``evaluation`` as a table."""

from datetime import timedelta

from rich.console import Console
from rich.table import Table

from podcast_insights.days import day_of
from podcast_insights.evaluation.stored import evaluate_stored
from podcast_insights.evaluation.told import as_rows
from podcast_insights.settings import load_settings
from podcast_insights.storage.store import Store


def evaluate_days(console: Console, *, days: int, most_episodes: int) -> None:
    """Measure the last days, keep the result in the table ``evaluations``, and print it.

    Raises:
        SettingsError: The settings have mistakes.
        StorageError: The tables cannot be read or written.
    """
    from podcast_insights.defs.resources import utc_now

    settings = load_settings()
    now = utc_now()
    today = day_of(now, settings.digest.zone)
    first, last = today - timedelta(days=days), today - timedelta(days=1)
    store = Store(settings.storage.base_url)
    found = evaluate_stored(store, first=first, last=last, most_episodes=most_episodes, evaluated_on=today, now=now)
    rows = as_rows(found)
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*row.values())
    console.print(table)
    console.print(
        f"{found[0].episodes} episodes with insights of {first} to {last}. Rules are no reader: "
        "docs/insights.md says what they see."
    )

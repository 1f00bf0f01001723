"""``podcast-insights embed``: vectors for the insights of days from before an embeddings model was set, or of another.

Day by day through the same asset as new days, so each run is recorded, capped and accounted for as those are. It can be
stopped and run again: what is made stays.
"""

from collections.abc import Iterator
from datetime import date

from rich.console import Console

from podcast_insights.cli.terminal import how_many
from podcast_insights.digest.vectors import without_vector
from podcast_insights.errors import SettingsError
from podcast_insights.settings import Settings, dagster_home, load_settings
from podcast_insights.storage.store import Store


def embed_days(console: Console, *, dry_run: bool) -> bool:
    """Make the vectors that are missing, and publish what changes by them; return whether everything worked.

    Raises:
        SettingsError: No embeddings model is set, or the settings have mistakes.
    """
    settings = load_settings()
    if settings.related.embeddings.model is None:
        raise SettingsError("No embeddings model is set; set related.embeddings.model.")
    missing = dict(missing_by_day(settings, Store(settings.storage.base_url)))
    console.print(
        f"Without a vector: {how_many(sum(missing.values()), 'insight')} on {how_many(len(missing), 'day')}.",
        markup=False,
    )
    if dry_run or not missing:
        return True
    from podcast_insights.cli.run_days import Days

    days = Days(console, settings, home=dagster_home())
    with days.working(len(missing) + 1):
        runs = [days.run("ingest_job", day, label=f"Vectors of {day}", assets=["insight_vectors"]) for day in missing]
        runs.append(days.run("publish_job", None, label="Pages"))
    left = sum(count for _, count in missing_by_day(settings, Store(settings.storage.base_url)))
    if left:
        console.print(
            f"Still without one: {how_many(left, 'insight')}; the reasons are in the table skipped.", style="yellow"
        )
    return not left and all(run.is_success for run in runs)


def missing_by_day(settings: Settings, store: Store) -> Iterator[tuple[date, int]]:
    """Yield each day of which insights have no vector by the configured model, with how many, oldest first."""
    embeddings = settings.related.embeddings
    for day in store.insights.days():
        known = store.insight_vectors.of_day(day)
        count = len(without_vector(store.insights.of_day(day), known, model=embeddings.vectors_name))
        if count:
            yield day, count

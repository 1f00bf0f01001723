"""Transcribing again what an older model or older rules transcribed: found first, shown, and made day by day."""

from collections.abc import Mapping
from datetime import date

from rich.console import Console

from podcast_insights.cli.terminal import how_many
from podcast_insights.settings import Settings, ShowSettings, dagster_home, load_settings, require_shows
from podcast_insights.storage.store import Store
from podcast_insights.transcripts.values import Transcript

# Audio that was removed after it was heard has to be there again.
REMADE_ASSETS = ("audio", "transcripts", "insights", "insight_vectors")


def refresh_transcripts(console: Console, *, dry_run: bool) -> bool:
    """Make outdated transcripts again, and the insights from them; return whether everything worked.

    Raises:
        SettingsError: There is no show, or the settings have mistakes.
        WhisperError: A model that is to be used cannot be; nothing is touched then.
        NetworkError: The transcription server gives no answer; nothing is touched then.
    """
    settings = load_settings()
    require_shows(settings)
    by_day = outdated_by_day(settings, Store(settings.storage.base_url))
    for day, transcripts in by_day.items():
        for one in transcripts:
            console.print(f"{day} {one.episode_id}: made by {one.engine} with {one.model}", markup=False)
    count = sum(map(len, by_day.values()))
    console.print(f"Outdated: {how_many(count, 'transcript')} on {how_many(len(by_day), 'day')}.", markup=False)
    if dry_run or not by_day:
        return True
    _require_models(settings)
    from podcast_insights.cli.run_days import Days

    days = Days(console, settings, home=dagster_home())
    with days.working(len(by_day)):
        runs = [days.run("ingest_job", day, label=f"Refresh of {day}", assets=REMADE_ASSETS) for day in by_day]
    return all(run.is_success for run in runs)


def outdated_by_day(settings: Settings, store: Store) -> Mapping[date, tuple[Transcript, ...]]:
    """Return the outdated transcripts of each day that has any, oldest day first."""
    from podcast_insights.feeds.follow import settings_by_show
    from podcast_insights.transcripts.engines.choice import chosen_engine
    from podcast_insights.transcripts.outdated import outdated

    policies = settings_by_show(settings.shows, store.catalog.shows())
    engine = chosen_engine(settings)
    found = {
        day: outdated(store.transcripts.of_day(day), policies=policies, engine=engine)
        for day in store.transcripts.days()
    }
    return {day: transcripts for day, transcripts in found.items() if transcripts}


def _require_models(settings: Settings) -> None:
    """Try each model once: a day's transcripts are replaced, so one that cannot be used would cost the old ones."""
    from podcast_insights.transcripts.engines.choice import chosen_engine

    engine = chosen_engine(settings)
    for model in sorted({show.model or settings.transcription.model for show in settings.shows}):
        engine.for_show(ShowSettings(url=settings.shows[0].url, model=model)).check()

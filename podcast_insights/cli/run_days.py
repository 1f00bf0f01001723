"""Digests from the command line: the same assets as in the UI, day after day in this process, with progress."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markdown import Markdown
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from podcast_insights.days import day_of, window_ending
from podcast_insights.errors import SettingsError
from podcast_insights.settings import DigestSettings, Settings, dagster_home, load_settings, require_shows
from podcast_insights.storage.store import Store

if TYPE_CHECKING:
    from podcast_insights.defs.runs import DayRun

DAY_ASSETS = (
    "episodes",
    "chapters",
    "publisher_transcripts",
    "audio",
    "transcripts",
    "insights",
    "insight_vectors",
    "daily_digest",
    "data_docs",
)


class Days:
    """Makes days with one runner; says on the console what is being done and what went wrong."""

    def __init__(
        self, console: Console, settings: Settings, *, home: Path | None, resources: Mapping[str, Any] | None = None
    ) -> None:
        """Prepare; ``home`` is the folder of the Dagster instance that records the runs, None for none."""
        from podcast_insights.defs.runs import Runner

        self._console = console
        self._settings = settings
        self._progress = _progress(console)
        self._task = self._progress.add_task("", total=None, stage="")
        self._runner = Runner(
            settings,
            home=home,
            resources=resources,
            on_step=lambda step: self._progress.update(self._task, stage=step.replace("_", " ")),
        )

    @contextmanager
    def working(self, total: int) -> Iterator[None]:
        """Show progress over ``total`` runs until the block ends; the days are done then."""
        self._progress.update(self._task, total=total)
        with self._progress, closing(self._runner):
            yield

    def run(
        self,
        job: str,
        day: date | None,
        *,
        label: str,
        assets: Sequence[str] | None = None,
        config: Mapping[str, Any] | None = None,
    ) -> "DayRun":
        """Run a job for a day and print what went wrong, if anything did."""
        self._progress.update(self._task, description=label, stage="")
        run = self._runner.run(job, day, assets=assets, config=config)
        self._progress.advance(self._task)
        for line in run.failures:
            self._console.print(f"{label}: failed at {line}", style="red", markup=False)
        for line in run.failed_checks:
            self._console.print(f"{label}: check {line}", style="yellow", markup=False)
        return run

    def catch_up(self, day: date) -> "list[DayRun]":
        """Process what the days before ``day``, as far as its digest looks back, got since they were processed.

        With the daemon, the sensor asks for these runs. Without it, an episode that its feed lists late would be in no
        digest.
        """
        return [
            self.run("ingest_job", late, label=f"Late on {late}")
            for late in late_days(Store(self._settings.storage.base_url), self._settings.digest, day)
        ]


def tell_feeds(console: Console, settings: Settings) -> bool:
    """Say which feeds gave nothing new because something is wrong with them: a digest that lacks a show looks whole.

    Return whether any of those that are followed works, or none is followed.
    """
    from podcast_insights.feeds.health import feed_health

    catalog = Store(settings.storage.base_url).catalog
    followed = [
        feed for feed in feed_health(settings.shows, catalog.shows(), catalog.last_polls()) if feed.status != "paused"
    ]
    broken = [feed for feed in followed if feed.problem]
    for feed in broken:
        console.print(f"The feed of {feed.name} gives nothing new: {feed.problem}", style="yellow", markup=False)
    return len(broken) < len(followed) or not followed


def make_digest(console: Console, day: date | None, *, send: bool) -> bool:
    """Make, publish and print the digest of a day; return whether all of it worked, its mail and a feed included."""
    from podcast_insights.cli.mail import tell_unsent
    from podcast_insights.defs.resources import utc_now

    settings = load_settings()
    require_shows(settings)
    today = day_of(utc_now(), settings.digest.zone)
    day = day or today - timedelta(days=1)
    check_day(day, settings, today=today)
    # A mail goes out once: sent now, it would lack what the rest of the day brings, and nobody would get the whole.
    is_draft = day == today and not send
    days = Days(console, settings, home=dagster_home())
    with days.working(2 + is_draft):
        runs = [days.run("digest_job", day, label="Feeds", assets=["feeds"]), *days.catch_up(day)]
        if is_draft:
            runs.append(days.run("digest_job", day, label=f"Digest of {day}", assets=DAY_ASSETS))
            runs.append(days.run("publish_job", None, label="Pages"))
        else:
            config = {"digest_mail": {"send_past_editions": send}}
            runs.append(days.run("digest_job", day, label=f"Digest of {day}", config=config))
    is_fed = tell_feeds(console, settings)
    print_digest(console, settings, day)
    if is_draft:
        console.print(f"{day} is not over: this is what it has so far, and no mail was sent. --send sends it as it is.")
    return all(run.is_success for run in runs) and not tell_unsent(console, day, runs[-1]) and is_fed


def late_days(store: Store, settings: DigestSettings, day: date) -> list[date]:
    """Return the days before ``day`` that its digest considers and that list episodes no run has looked at."""
    window = window_ending(day, settings.lookback_days)[:-1]
    return [past for past in window if past >= settings.start_date and has_unseen_episodes(store, past)]


def has_unseen_episodes(store: Store, day: date) -> bool:
    """Whether feeds list an episode of the day that no run has looked at."""
    seen = {decided.episode.episode_id for decided in store.episodes.of_day(day)}
    return any(episode.episode_id not in seen for episode in store.catalog.episodes_of_day(day))


def print_digest(console: Console, settings: Settings, day: date) -> None:
    """Print the digest of a day, and where its page and its mails are."""
    from podcast_insights.delivery.markdown import digest_markdown

    store = Store(settings.storage.base_url)
    digest = store.digests.of_day(day)
    if digest is None:
        console.print(f"There is no digest of {day}.")
        return
    console.print(Markdown(digest_markdown(digest)))
    console.print(f"\nPage: {store.site_folder(settings.delivery.publish_to) / 'index.html'}", markup=False)
    mails = sorted(store.mail.glob(f"{day.isoformat()}*.eml")) if store.mail.exists() else []
    for mail in mails:
        console.print(f"Mail: {mail}", markup=False)


def check_day(day: date, settings: Settings, *, today: date) -> None:
    """Refuse a day that cannot be made.

    Raises:
        SettingsError: It is still to come, or before the first day.
    """
    if day > today:
        raise SettingsError(f"{day} is still to come; today is {today} in digest.timezone, {settings.digest.timezone}.")
    if day < settings.digest.start_date:
        raise SettingsError(
            f"{day} is before digest.start_date, {settings.digest.start_date}; set that key to an earlier day first."
        )


def _progress(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[stage]}"),
        console=console,
        transient=True,
    )

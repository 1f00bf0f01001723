"""The doctor: what works, what does not, and what to do about it, one line for each part."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Literal

from rich import box
from rich.console import Console, JustifyMethod
from rich.table import Table

from podcast_insights.cli.terminal import how_many
from podcast_insights.errors import PodcastInsightsError, SettingsError, StorageError
from podcast_insights.settings import Settings, config_path, load_settings, require_shows

COUNTS = {"listed", "new"}

State = Literal["works", "does not", "not set"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found about one part; ``advice`` says what to do where it does not work."""

    part: str
    state: State
    detail: str


def examine(console: Console) -> bool:
    """Print a table of findings; return whether everything that is set works."""
    table = Table("part", "state", "what was found", title="podcast-insights doctor", title_justify="left")
    colours = {"works": "green", "does not": "red", "not set": "yellow"}
    is_well = True
    for finding in findings():
        table.add_row(finding.part, f"[{colours[finding.state]}]{finding.state}[/]", _text(finding.detail))
        is_well = is_well and finding.state != "does not"
    console.print(table)
    return is_well


def show_feeds(console: Console) -> bool:
    """Print how each followed feed is doing; return whether none needs a person.

    Raises:
        SettingsError: There is no show, or the settings have mistakes.
    """
    from podcast_insights.feeds.health import NEEDS_A_PERSON, feed_health, health_rows
    from podcast_insights.storage.store import Store

    settings = load_settings()
    followed = require_shows(settings)
    catalog = Store(settings.storage.base_url).catalog
    health = feed_health(followed, catalog.shows(), catalog.last_polls())
    rows = health_rows(health)
    table = Table(
        title=f"{how_many(len(rows), 'feed')} (times in UTC)",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    for name in rows[0]:
        if name != "problem":
            justify: JustifyMethod = "right" if name in COUNTS else "left"
            table.add_column(name, overflow="fold", no_wrap=name != "show", justify=justify)
    for row, feed in zip(rows, health, strict=True):
        cells = ["" if value is None else _text(str(value)) for name, value in row.items() if name != "problem"]
        table.add_row(*cells, style="red" if feed.status in NEEDS_A_PERSON else None)
    console.print(table)
    # Below the table, because a sentence in a narrow column cannot be read.
    for row in rows:
        if row["problem"]:
            console.print(f"{row['show']}: {row['problem']}", markup=False)
    return not any(feed.status in NEEDS_A_PERSON for feed in health)


def findings() -> Iterator[Finding]:
    """Yield what is found about each part; where the settings cannot be read, that alone."""
    try:
        settings = load_settings()
    except SettingsError as error:
        yield Finding(part="settings", state="does not", detail=str(error))
        return
    yield _examined("settings", lambda: f"{config_path()}: {how_many(len(require_shows(settings)), 'show')}")
    yield _examined("storage", lambda: _storage(settings))
    yield from _feeds(settings)
    yield from _speech(settings)
    yield _language_model(settings)
    yield _mail(settings)


def _examined(part: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(part=part, state="works", detail=look())
    except PodcastInsightsError as error:
        return Finding(part=part, state="does not", detail=str(error))


def _storage(settings: Settings) -> str:
    from podcast_insights.files import write_bytes
    from podcast_insights.storage.store import Store

    store = Store(settings.storage.base_url)
    probe = store.base / ".doctor"
    write_bytes(probe, b"ok")
    probe.unlink()
    damaged = store.warehouse.damaged_files()
    if damaged:
        return f"{store.base} can be written; damaged files were set aside: {', '.join(map(str, damaged))}"
    return f"{store.base} can be written"


def _feeds(settings: Settings) -> Iterator[Finding]:
    from podcast_insights.feeds.follow import failing_shows, settings_by_show
    from podcast_insights.storage.store import Store

    try:
        shows = Store(settings.storage.base_url).catalog.shows()
    except (StorageError, SettingsError):
        return  # the storage's own line says why
    followed = settings_by_show(settings.shows, shows)
    if not followed:
        yield Finding(part="feeds", state="not set", detail="no feed was polled yet: podcast-insights digest")
        return
    failing = failing_shows(settings.shows, shows)
    for skip in failing:
        yield Finding(part="feed", state="does not", detail=skip.message)
    paused = sum(show.paused for show in followed.values())
    polled = len(followed) - paused
    told = f"{polled - len(failing)} of {polled} shows can be read"
    yield Finding(part="feeds", state="works", detail=f"{told}, {paused} paused" if paused else told)


def _speech(settings: Settings) -> Iterator[Finding]:
    from podcast_insights.transcripts.engines.choice import chosen_engine

    if settings.transcription.engine != "whisper":
        part = "speech server" if settings.transcription.engine == "openai" else "speech model"
        yield _examined(part, lambda: chosen_engine(settings).check())
        return
    yield _examined("whisper device", lambda: _device(settings))
    yield _examined("whisper model", lambda: chosen_engine(settings).check())


def _device(settings: Settings) -> str:
    from podcast_insights.transcripts.engines.whisper_model import find_device

    return f"transcription.device {settings.transcription.device}: {find_device(settings.transcription.device)}"


def _language_model(settings: Settings) -> Finding:
    wanted = settings.insights
    if wanted.chosen_extractor == "embedded":
        return Finding(
            part="language model",
            state="not set",
            detail="insights are chosen from the speakers' own words; set insights.model and OPENAI_API_KEY (or "
            "insights.base_url) to have them written by a model",
        )
    from podcast_insights.defs.resources import utc_now
    from podcast_insights.insights.make import connect, connect_judge

    def ask() -> str:
        with closing(connect(wanted, now=utc_now)) as client:
            reached = client.check()
        judge = connect_judge(wanted, now=utc_now)
        if judge is None:
            return reached
        with closing(judge):
            return f"{reached}; {judge.check()}, to judge"

    return _examined("language model", ask)


def _mail(settings: Settings) -> Finding:
    delivery = settings.delivery
    if not delivery.recipients:
        return Finding(part="mail", state="not set", detail="delivery.recipients is empty: nobody gets a mail")
    if delivery.smtp is None:
        return Finding(part="mail", state="not set", detail="delivery.smtp is not set: mails are written as .eml files")
    from podcast_insights.delivery.feedback import feedback_links
    from podcast_insights.delivery.mail import unsubscribe_url
    from podcast_insights.delivery.senders import SmtpSender

    server = SmtpSender(delivery.smtp)

    def look() -> str:
        # Where one of these is wrong, no mail can be written.
        unsubscribe_url(delivery)
        feedback_links("", delivery)
        return server.check()

    return _examined("mail", look)


def _text(detail: str) -> str:
    return detail.replace("[", r"\[")

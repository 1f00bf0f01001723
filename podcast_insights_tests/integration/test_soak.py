"""Seven days in a row with fifty feeds, by the real sensor, schedule and assets, in simulated time.

Everything goes wrong now and then: feeds answer with errors, pages or halves, transcripts are not there at first,
episodes are listed late, the clocks change, and the machine is off for a day. The last day is calm, so that what was
put off can be made up for.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from podcast_insights.days import day_of
from podcast_insights.defs.assets.delivery import MailConfig, digest_mail
from podcast_insights.defs.assets.feeds import FeedsConfig, feeds
from podcast_insights.defs.schedules import digest_requests
from podcast_insights.defs.sensors import new_episodes_sensor
from podcast_insights.operations.timetable import deadline_of, late_day, sends_at
from podcast_insights.settings import DeliverySettings, DigestSettings, RecipientSettings, Settings, ShowSettings
from podcast_insights.storage.store import Store
from podcast_insights_tests.crash.a_day import SENTENCES, STAGES, context_of, resources_of, run_asset
from podcast_insights_tests.integration.pipeline import settings_for
from podcast_insights_tests.integration.podcast_server import Answer, Item, PodcastServer

FEEDS = 50
FIRST = date(2026, 10, 21)
DAYS = [FIRST + timedelta(days=number) for number in range(7)]
CLOCKS_CHANGE = date(2026, 10, 25)
CALM_FROM = DAYS[-1]
OFF = date(2026, 10, 23)
ERROR_RATIO = 0.05
DIGEST = DigestSettings(timezone="Europe/Berlin", start_date=FIRST, send_at=time(6, 30), wait_minutes=60)
EVENING = time(20, 0)
ADA = "ada@example.org"


class Weather(PodcastServer):
    """Serves feeds that now and then answer as they should not; a second request in the same hour fails alike."""

    def __init__(self) -> None:
        super().__init__()
        self.is_calm = False
        self.hour = 0
        self.went_wrong: Counter[str] = Counter()

    def answer_to(self, path: str) -> Answer:
        right = super().answer_to(path)
        if self.is_calm or right.status != 200:
            return right
        luck = random.Random(f"{path} {self.hour}").random()
        wrong = (
            ("server error", Answer(b"try again later", "text/plain", status=503)),
            ("a page", Answer(b"<!doctype html><html><body>Please sign in</body></html>", "text/html")),
            ("breaks off", Answer(right.body, right.content_type, sent_bytes=len(right.body) // 2)),
            ("not there", Answer(b"", "text/plain", status=404)),
        )
        which = int(luck / ERROR_RATIO)
        if which >= len(wrong):
            return right
        self.went_wrong[wrong[which][0]] += 1
        return wrong[which][1]


class Machine:
    """What runs unattended: the sensor's ticks, the schedule's mornings, and the runs that they ask for."""

    def __init__(self, settings: Settings, instance: dg.DagsterInstance) -> None:
        self.settings = settings
        self.store = Store(settings.storage.base_url)
        self.announced: set[date] = set()
        self.mails: Counter[tuple[str, str]] = Counter()
        self._instance = instance
        self._cursor: str | None = None
        self._keys: set[str | None] = set()

    @property
    def channel(self) -> str:
        return "smtp"

    def send(self, message: Any) -> str:
        """Stand in for the mail server."""
        self.mails[message["X-Podcast-Insights-Edition"], message["To"].addresses[0].addr_spec] += 1
        return "250 OK"

    def tick(self, now: datetime) -> None:
        with resources_of(self.settings, now) as given:
            wanted = {name: given[name] for name in ("settings", "store", "web", "clock")}
            context = dg.build_sensor_context(self._instance, cursor=self._cursor, resources=wanted)
            result = new_episodes_sensor(context)
            assert isinstance(result, dg.SensorResult)
            self._cursor = result.cursor
            for request in result.run_requests or []:
                if request.run_key not in self._keys:
                    self._keys.add(request.run_key)
                    self._make(request, given, STAGES[:-1])
        late = late_day(self.store.digests.days(), DIGEST, now=now)
        self.announced |= {late} if late else set()

    def morning(self, now: datetime) -> None:
        """Run what the schedule asks for, as ``digest_job`` does, but for the pages."""
        today = day_of(now, DIGEST.zone)
        for request in digest_requests(self.store.digests.days(), DIGEST, today=today):
            with resources_of(self.settings, now) as given:
                given["sender"] = self
                run_asset(feeds, given, config=FeedsConfig())
                context = self._make(request, given, STAGES)
                run_asset(digest_mail, given, context=context, config=MailConfig())

    def _make(self, request: dg.RunRequest, given: dict[str, Any], stages: Any) -> Any:
        context = context_of(date.fromisoformat(str(request.partition_key)), request.tags)
        for stage in stages:
            run_asset(stage, given, context=context)
        return context


class Shows:
    """Fifty shows, each with an episode on every fifth day; one in twenty is listed a day late."""

    def __init__(self, web: PodcastServer) -> None:
        self._web = web
        self._listed: dict[int, list[Item]] = {number: [] for number in range(FEEDS)}
        self.published: set[str] = set()
        self.urls = [web.publishes(f"Show {number}", []) for number in range(FEEDS)]

    def publish(self, day: date) -> None:
        for number in range(FEEDS):
            items = [
                self._episode(number, on) for on in (day, day - timedelta(days=1)) if self._is_listed(number, on, day)
            ]
            if items:
                self._listed[number] += items
                self._web.publishes(f"Show {number}", self._listed[number])

    def _is_listed(self, number: int, on: date, today: date) -> bool:
        is_due = on >= FIRST and (number + on.toordinal()) % 5 == 0
        is_late = random.Random(f"{number} {on}").random() < ERROR_RATIO
        return is_due and (today - on).days == int(is_late)

    def _episode(self, number: int, day: date) -> Item:
        name = f"show-{number}-{day.isoformat()}"
        sentences = SENTENCES[("queues", "trees")[number % 2]]
        cues = [f"00:00:{8 * at:02d}.000 --> 00:00:{8 * at + 8:02d}.000\n{text}\n" for at, text in enumerate(sentences)]
        # Each has words of its own: two episodes with the same words are one that was published twice.
        text = "\n".join(["WEBVTT\n", *cues]).replace("three", f"{number + 3} and {day.day}")
        self._web.serves(f"/{name}.vtt", text.encode(), "text/vtt")
        self.published.add(name)
        at_night = datetime.combine(day, time(3), tzinfo=UTC)
        return Item(title=name, published_at=at_night, transcript=f"/{name}.vtt", duration_s=32)


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Machine, Shows, Weather]]:
    """The machine after all days, with what was published and what went wrong."""
    weather = Weather()
    with weather.running() as web, dg.DagsterInstance.ephemeral() as instance:
        shows = Shows(web)
        machine = Machine(settings_of(tmp_path_factory.mktemp("soak"), shows.urls), instance)
        for day in DAYS:
            weather.is_calm = day >= CALM_FROM
            shows.publish(day)
            for at in (DIGEST.send_at, EVENING):
                now = datetime.combine(day, at, tzinfo=DIGEST.zone).astimezone(UTC)
                weather.hour += 1
                if day == OFF:
                    continue
                if at == DIGEST.send_at and day > FIRST:
                    machine.morning(now)
                else:
                    machine.tick(now)
        yield machine, shows, weather


def settings_of(base: Path, urls: list[str]) -> Settings:
    settings = settings_for(base, urls, digest=DIGEST)
    delivery = DeliverySettings(recipients=(RecipientSettings(address=ADA),))
    shows = tuple(ShowSettings(url=url, transcripts="publisher") for url in urls)
    return settings.model_copy(update={"delivery": delivery, "shows": shows})


def test_everything_went_wrong_now_and_then(week: tuple[Machine, Shows, Weather]) -> None:
    _, shows, weather = week

    assert len(weather.went_wrong) == 4
    assert min(weather.went_wrong.values()) > 10
    assert len(shows.published) > 50


def test_each_episode_was_processed_once(week: tuple[Machine, Shows, Weather]) -> None:
    machine, shows, _ = week
    titles: Counter[str] = Counter()
    transcribed: Counter[str] = Counter()
    for day in DAYS:
        by_id = {item.episode.episode_id: item.episode.title for item in machine.store.episodes.of_day(day)}
        titles.update(by_id.values())
        transcribed.update(by_id[one.episode_id] for one in machine.store.transcripts.of_day(day))

    assert set(titles) == shows.published
    assert set(titles.values()) == {1}
    assert set(transcribed.values()) == {1}
    missing = shows.published - set(transcribed)
    reasons = {str(row["reason"]) for day in DAYS for row in machine.store.skipped.of("transcripts", day)}
    assert len(missing) < 0.15 * len(shows.published), reasons


def test_each_digest_was_on_time_or_announced_late(week: tuple[Machine, Shows, Weather]) -> None:
    machine, _, _ = week
    digests = {digest.digest_date: digest for digest in machine.store.digests.of_days(DAYS)}
    late = {day for day, digest in digests.items() if digest.built_at > deadline_of(day, DIGEST)}

    assert list(digests) == DAYS[:-1]
    assert CLOCKS_CHANGE in digests
    assert all(digest.built_at >= sends_at(day, DIGEST) for day, digest in digests.items())
    assert late == {OFF - timedelta(days=1)}, "it was off when that one was due"


def test_each_digest_was_sent_once_and_no_insight_twice(week: tuple[Machine, Shows, Weather]) -> None:
    machine, _, _ = week
    digests = machine.store.digests.of_days(DAYS)
    published = Counter(entry.candidate.insight.insight_id for digest in digests for entry in digest.entries)
    too_late = OFF - timedelta(days=1)

    assert machine.mails == {(day.isoformat(), ADA): 1 for day in DAYS[:-1] if day != too_late}
    assert published
    assert set(published.values()) == {1}


def test_what_was_put_off_was_made_up_for(week: tuple[Machine, Shows, Weather]) -> None:
    machine, _, _ = week
    waiting = [
        row["message"]
        for stage in ("publisher_transcripts", "transcripts", "insights")
        for day in DAYS
        for row in machine.store.skipped.of(stage, day)  # type: ignore[arg-type]
        if row["retryable"]
    ]

    assert waiting == []
    assert json.loads(machine._cursor or "{}").keys() <= {day.isoformat() for day in DAYS}

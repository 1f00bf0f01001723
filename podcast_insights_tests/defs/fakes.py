"""What the tests of the Dagster layer share: a place to work in, a web that is told what to serve, a mail box."""

import dataclasses
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import dagster as dg

from podcast_insights.definitions import build_definitions
from podcast_insights.defs.resources import build_resources
from podcast_insights.defs.runs import DayRun, Runner
from podcast_insights.delivery.values import Channel
from podcast_insights.errors import DeliveryError, NetworkError, PodcastInsightsError
from podcast_insights.settings import DeliverySettings, DigestSettings, FeedSettings, Settings, ShowSettings
from podcast_insights.storage.store import Store
from podcast_insights.web.client import WebResponse
from podcast_insights_tests.feeds.fakes import Clock


class FakeWeb:
    """A web of feeds: each address serves what it was told to, or fails."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._bodies: dict[str, tuple[bytes, str | None]] = {}

    def serves(self, url: str, *episodes: tuple[str, datetime], etag: str | None = '"v1"') -> None:
        """Serve a feed that lists episodes, each with its guid and when it was published."""
        items = "".join(
            f"<item><title>{guid}</title><guid isPermaLink='false'>{guid}</guid>"
            f"<pubDate>{format_datetime(at)}</pubDate>"
            f"<enclosure url='https://cdn.example.org/{guid}.mp3' type='audio/mpeg' length='1'/></item>"
            for guid, at in episodes
        )
        body = f"<rss version='2.0'><channel><title>{url}</title>{items}</channel></rss>"
        self._bodies[url] = (body.encode(), etag)

    def fails(self, url: str) -> None:
        self._bodies.pop(url, None)

    def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, max_bytes: int, timeout_s: float
    ) -> WebResponse:
        self.asked.append(url)
        if url not in self._bodies:
            raise NetworkError(f"{url} gave no answer")
        body, etag = self._bodies[url]
        is_known = etag is not None and (headers or {}).get("If-None-Match") == etag
        return WebResponse(
            status=304 if is_known else 200,
            headers={"ETag": etag} if etag else {},
            body=b"" if is_known else body,
            body_bytes=0 if is_known else len(body),
            final_url=url,
        )


class MailBox:
    """A sender that keeps what it is given, and can be told to refuse somebody."""

    channel: Channel = "eml"

    def __init__(self) -> None:
        self.received: list[str] = []
        self.texts: list[str] = []
        self._refused: dict[str, PodcastInsightsError] = {}

    def refuses(self, recipient: str, error: PodcastInsightsError | None = None) -> None:
        self._refused[recipient] = error or DeliveryError(f"550 {recipient} is not known here")

    def accepts(self, recipient: str) -> None:
        self._refused.pop(recipient)

    def send(self, message: EmailMessage) -> str:
        recipient = message["To"].addresses[0].addr_spec
        if recipient in self._refused:
            raise self._refused[recipient]
        self.received.append(recipient)
        body = message.get_body(("plain",))
        self.texts.append(str(body.get_content()) if body is not None else "")
        return "kept"


@dataclasses.dataclass
class World:
    """One folder, one clock, one web and one mail box, with the settings and resources that use them."""

    settings: Settings
    clock: Clock
    web: FakeWeb = dataclasses.field(default_factory=FakeWeb)
    mail_box: MailBox = dataclasses.field(default_factory=MailBox)

    @property
    def store(self) -> Store:
        return Store(self.settings.storage.base_url)

    @property
    def replaced(self) -> Mapping[str, Any]:
        """The resources that touch nothing outside this folder."""
        clock = build_resources(self.settings, clock=self.clock)["clock"]
        return {"web": self.web, "sender": self.mail_box, "clock": clock}

    @property
    def resources(self) -> Mapping[str, Any]:
        return {**build_resources(self.settings), **self.replaced}

    def definitions(self, *jobs: Any) -> dg.Definitions:
        """The project's definitions in this world, with more jobs where a test wants them."""
        return dg.Definitions.merge(build_definitions(self.settings, self.replaced), dg.Definitions(jobs=jobs))

    def runs(self, job: str, day: date, *assets: str) -> DayRun:
        """Run some assets of a job for a day, as the command line does, and return what became of it."""
        with closing(Runner(self.settings, home=None, resources=self.replaced)) as runner:
            return runner.run(job, day, assets=assets)


def a_world(
    folder: Path,
    *,
    now: datetime,
    shows: Sequence[str] = (),
    digest: DigestSettings | None = None,
    feeds: FeedSettings | None = None,
    delivery: DeliverySettings | None = None,
) -> World:
    """Return a world in a folder of its own."""
    settings = settings_in(folder).model_copy(
        update={
            "shows": tuple(ShowSettings(url=url) for url in shows),
            "digest": digest or DigestSettings(start_date=date(2024, 1, 1)),
            "feeds": feeds or FeedSettings(),
            "delivery": delivery or DeliverySettings(),
        }
    )
    return World(settings=settings, clock=Clock(now))


def settings_in(folder: Path) -> Settings:
    """Return the default settings with their data in a folder, whatever the environment says."""
    settings = Settings.model_construct()
    return settings.model_copy(update={"storage": settings.storage.model_copy(update={"base_url": str(folder)})})

"""One deployment for all tests of this folder: starting it takes longer than most of them.

Its clock is the machine's, because the real daemon has no other. So that no midnight comes between, the reader lives
where it is noon, and so do the shows; the digest goes out a few minutes after the start.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from podcast_insights_tests.crash.a_day import publish_two_episodes
from podcast_insights_tests.integration.podcast_server import PodcastServer
from podcast_insights_tests.services.deployment import Deployment, running_deployment

# Enough for two workers to share; a run takes several seconds of both cores together.
DAYS = 6
SENDS_AFTER = timedelta(minutes=3)
PRIVATE_PATH = "/private/planted-path-5b1e.xml"
SECRETS = {
    "OPENAI_API_KEY": "planted-openai-9d27",
    "PODCAST_INSIGHTS_TRANSCRIPTION__API_KEY": "planted-speech-e810",
    "PODCAST_INSIGHTS_ALERTS__WEBHOOK_URL": "http://127.0.0.1:9/planted-webhook-12aa",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test of this folder its marker."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.services)


@dataclass(frozen=True, kw_only=True)
class Story:
    """What all tests look at: the deployment, what it reads, and the reader's yesterday."""

    deployment: Deployment
    server: PodcastServer
    feed: str
    settings: dict[str, Any]
    yesterday: date

    @property
    def past_days(self) -> list[date]:
        """The days before yesterday that have episodes, the newest first."""
        return [self.yesterday - timedelta(days=number) for number in range(1, DAYS + 1)]

    @property
    def other_day(self) -> date:
        """A day before them that has episodes, too."""
        return self.yesterday - timedelta(days=DAYS + 1)


@contextmanager
def same_bucket(deployment: Deployment) -> Iterator[None]:
    """Have this process look at the deployment's bucket, too."""
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            environment.delenv(name)
        for name, value in deployment.environment.items():
            if name.startswith("AWS_"):
                environment.setenv(name, value)
        yield


def zone_at_noon(now: datetime) -> ZoneInfo:
    """Return a zone in which the hour of a moment is the one after noon."""
    # The sign of these zones is the opposite of what everybody else writes.
    return ZoneInfo(f"Etc/GMT{now.hour - 12:+d}")


@pytest.fixture(scope="session")
def story() -> Iterator[Story]:
    """A deployment with a feed of two short episodes a day, the sensor and the schedule turned on."""
    zone = zone_at_noon(datetime.now(UTC))
    here = datetime.now(zone)
    yesterday = here.date() - timedelta(days=1)
    with tempfile.TemporaryDirectory(prefix="services-") as temporary, PodcastServer().running() as server:
        folder = Path(temporary)
        # PostgreSQL has a user of its own.
        folder.chmod(0o755)
        feed = publish_two_episodes(server, days=DAYS + 2, last=yesterday, zone=zone)
        private = server.base_url.replace("http://", "http://me:planted-login-70cd@") + PRIVATE_PATH
        send_at = here + SENDS_AFTER
        settings = {
            "shows": [{"url": feed}, {"url": "env:PRIVATE_FEED", "name": "Private"}],
            "feeds": {"allow_hosts": ["127.0.0.1"]},
            "digest": {
                "timezone": zone.key,
                "start_date": (yesterday - timedelta(days=DAYS + 1)).isoformat(),
                "send_at": f"{send_at:%H:%M}",
                "lookback_days": 1,
                "wait_minutes": 1,
            },
            "insights": {"extractor": "embedded"},
            "delivery": {"recipients": [{"address": "ada@example.org"}]},
        }
        with (
            running_deployment(folder, settings, SECRETS | {"PRIVATE_FEED": private}) as deployment,
            same_bucket(deployment),
        ):
            deployment.web.turn_on_schedule("daily_digest_schedule")
            deployment.web.turn_on_sensor("new_episodes_sensor")
            yield Story(deployment=deployment, server=server, feed=feed, settings=settings, yesterday=yesterday)

"""A whole day, from the feeds to the mail, as cheaply as it can be made: the functions of the real assets, in order.

Without a run of Dagster around them a day takes a fraction of a second in a warm process, so it can be interrupted at
every place where something is written or sent. Two short episodes with their publisher's transcript are all there is.
"""

import itertools
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg

from podcast_insights.defs.assets.audio import audio
from podcast_insights.defs.assets.delivery import MailConfig, digest_mail, digest_site
from podcast_insights.defs.assets.digest import daily_digest, related_insights
from podcast_insights.defs.assets.episodes import chapters, episodes, publisher_transcripts
from podcast_insights.defs.assets.feeds import FeedsConfig, feeds
from podcast_insights.defs.assets.insights import insights
from podcast_insights.defs.assets.transcripts import transcripts
from podcast_insights.defs.resources import build_resources
from podcast_insights.settings import DeliverySettings, FeedSettings, RecipientSettings, Settings, SmtpSettings
from podcast_insights_tests.integration.pipeline import settings_for
from podcast_insights_tests.integration.podcast_server import Item, PodcastServer

DAY = date(2026, 11, 9)
NOW = datetime(2026, 11, 10, 6, 30, tzinfo=UTC)
ADA, BOB = "ada@example.org", "bob@example.org"
Around = Callable[[Callable[[], None]], None]
STAGES = (episodes, chapters, publisher_transcripts, audio, transcripts, insights, daily_digest)
SENTENCES = {
    "queues": (
        "Most teams plan their queues for a hundred percent because idle machines look like waste to whoever pays.",
        "A queue that people fill by clicking should be planned at seventy percent, because people arrive in bursts.",
        "We measured it for three months and waiting times doubled whenever the load went above eighty percent.",
        "If you want short waits, some machines must be idle, because the alternative never empties.",
    ),
    "trees": (
        "What looks cheap in a tender for street trees is often the most expensive thing in the whole city budget.",
        "A young tree needs water for three summers, because its roots reach the groundwater only after that.",
        "Cities that pay contractors per living tree after five years lose far fewer trees than the others.",
        "If nobody waters them, half of the trees are dead in the second summer and are bought once more.",
    ),
}


def publish_two_episodes(
    web: PodcastServer, name: str = "Short and Good", *, days: int = 1, last: date = DAY, zone: tzinfo = UTC
) -> str:
    """Serve the feed of a show with two episodes at a day's noon and of each day before; return its address."""
    items = []
    for day, (topic, sentences) in itertools.product(range(days), SENTENCES.items()):
        cues = [
            f"00:00:{8 * number:02d}.000 --> 00:00:{8 * number + 8:02d}.000\n{text}\n"
            for number, text in enumerate(sentences)
        ]
        # Each has words of its own: two episodes with the same words are one that was published twice.
        text = "\n".join(["WEBVTT\n", *cues]).replace("three", f"{day + 3}")
        web.serves(f"/{topic}{day}.vtt", text.encode(), "text/vtt")
        noon = datetime.combine(last - timedelta(days=day), time(12), tzinfo=zone)
        items.append(Item(title=f"{topic} {day}", published_at=noon, transcript=f"/{topic}{day}.vtt", duration_s=32))
    return web.publishes(name, items)


def settings_of_a_day(base: Path, feed: str, *, smtp_port: int | None = None) -> Settings:
    """Return settings for one feed and two people; nothing runs beside anything, so the order of writes is fixed."""
    smtp = SmtpSettings(host="127.0.0.1", port=smtp_port, security="none") if smtp_port else None
    people = (RecipientSettings(address=ADA), RecipientSettings(address=BOB))
    alone = FeedSettings(allow_hosts=("127.0.0.1",), workers=1, connections_per_host=1)
    delivery = DeliverySettings(recipients=people, smtp=smtp, sender="Insights <digest@example.org>")
    return settings_for(base, [feed]).model_copy(update={"delivery": delivery, "feeds": alone})


def make_day(
    settings: Settings, *, day: date = DAY, now: datetime = NOW, around: Around = lambda stage: stage()
) -> None:
    """Poll, make a day as far as its digest, publish it and send it.

    Args:
        settings: What to run with.
        day: The day that is made.
        now: What the clock says.
        around: Calls each stage; by default once, so that the first error ends the day.
    """
    with resources_of(settings, now) as given:
        context = context_of(day)
        around(partial(run_asset, feeds, given, config=FeedsConfig()))
        for stage in STAGES:
            around(partial(run_asset, stage, given, context=context))
        around(partial(run_asset, related_insights, given))
        around(partial(run_asset, digest_site, given))
        around(partial(run_asset, digest_mail, given, context=context, config=MailConfig()))


def poll(settings: Settings, *, now: datetime = NOW) -> None:
    """Poll the feeds."""
    with resources_of(settings, now) as given:
        run_asset(feeds, given, config=FeedsConfig())


def ingest_day(settings: Settings, day: date, *, now: datetime = NOW) -> None:
    """Make a day as far as its insights."""
    with resources_of(settings, now) as given:
        for stage in STAGES[:-1]:
            run_asset(stage, given, context=context_of(day))


def send_day(settings: Settings, *, day: date = DAY, now: datetime = NOW) -> None:
    """Send the mail of a day whose digest is there."""
    with resources_of(settings, now) as given:
        run_asset(digest_mail, given, context=context_of(day), config=MailConfig())


def context_of(day: date, tags: Mapping[str, str] | None = None) -> SimpleNamespace:
    """Return what stands in for the context of a run."""
    return SimpleNamespace(
        partition_key=day.isoformat(), log=logging.getLogger(__name__), run=SimpleNamespace(tags=dict(tags or {}))
    )


@contextmanager
def resources_of(settings: Settings, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield the real resources, with a clock that says ``now``."""
    made = build_resources(settings, clock=lambda: now)
    definitions = {name: one for name, one in made.items() if isinstance(one, dg.ResourceDefinition)}
    yield {name: one.resource_fn(None) for name, one in definitions.items()} | {"settings": settings}


def run_asset(asset: dg.AssetsDefinition, given: Mapping[str, Any], **more: Any) -> Any:
    """Call the function of an asset; ``dg``'s own direct invocation makes an instance for each call."""
    function = asset.op.compute_fn.decorated_fn
    return function(**{name: given[name] for name in asset.required_resource_keys if name in given}, **more)

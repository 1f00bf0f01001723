"""The resources: what assets need from outside, made from the settings, replaceable one by one.

Each is an ordinary object of the domain. Nothing connects, loads a model or reads a file before an asset uses it.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from podcast_insights.delivery.outbox import Sender
from podcast_insights.insights.make import Extractor, build_extractor
from podcast_insights.settings import Settings
from podcast_insights.storage.store import Store
from podcast_insights.transcripts.engines import SpeechEngine
from podcast_insights.web import WebClient, user_agent

Clock = Callable[[], datetime]

SettingsResource = dg.ResourceParam[Settings]
StoreResource = dg.ResourceParam[Store]
WebResource = dg.ResourceParam[WebClient]
SpeechResource = dg.ResourceParam[SpeechEngine]
ExtractorResource = dg.ResourceParam[Extractor]
SenderResource = dg.ResourceParam[Sender]
ClockResource = dg.ResourceParam[Clock]


def utc_now() -> datetime:
    """Return the current time; the only clock of the project."""
    return datetime.now(UTC)


def clock_not_before(earliest: datetime) -> dg.ResourceDefinition:
    """Return a clock that says at least ``earliest``, for data whose days must lie in the past."""
    return dg.ResourceDefinition.hardcoded_resource(lambda: max(utc_now(), earliest))


def build_resources(settings: Settings, *, clock: Clock = utc_now) -> Mapping[str, Any]:
    """Return the resources of a deployment, by the name under which assets ask for them."""
    return {
        "settings": settings,
        "store": Store(settings.storage.base_url),
        "clock": dg.ResourceDefinition.hardcoded_resource(clock),
        "web": dg.ResourceDefinition(lambda _: _web(settings)),
        "speech": dg.ResourceDefinition(lambda _: _speech(settings)),
        "extractor": dg.ResourceDefinition(lambda _: build_extractor(settings.insights, now=clock)),
        "sender": dg.ResourceDefinition(lambda _: _sender(settings)),
    }


def _web(settings: Settings) -> WebClient:
    return WebClient(user_agent(settings.feeds.contact_url), settings.feeds.allow_hosts)


def _speech(settings: Settings) -> SpeechEngine:
    from podcast_insights.transcripts.engines.whisper import WhisperEngine

    return WhisperEngine(settings.transcription)


def _sender(settings: Settings) -> Sender:
    from podcast_insights.delivery.senders import EmlSender, SmtpSender

    if settings.delivery.smtp is None:
        return EmlSender(Store(settings.storage.base_url).mail)
    return SmtpSender(settings.delivery.smtp)

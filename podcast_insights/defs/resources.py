"""The resources: what assets need from outside, made from the settings, replaceable one by one.

Each is an ordinary object of the domain. Nothing connects, loads a model or reads a file before an asset uses it.
Their classes are imported by the run that needs them: Dagster loads this module in several processes, and what it loads
should cost no more than the orchestration itself.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg

from podcast_insights.settings import Settings

Clock = Callable[[], datetime]
# Given the calls that earlier runs made for the same day, returns an extractor whose budget knows them.
Extractors = Callable[["Sequence[LLMCall]"], "Extractor"]

# The same for the client of the embeddings model; None where none is set.
Embedders = Callable[["Sequence[LLMCall]"], "AccountedEmbedder | None"]

# The same for the client of the language model itself, which has to be set.
ChatClients = Callable[["Sequence[LLMCall]"], "ChatClient"]

SettingsResource = dg.ResourceParam[Settings]
ClockResource = dg.ResourceParam[Clock]
if TYPE_CHECKING:
    from podcast_insights.delivery.outbox import Sender
    from podcast_insights.feeds.private import PrivateWeb
    from podcast_insights.insights.llm import ChatClient
    from podcast_insights.insights.make import Extractor
    from podcast_insights.insights.values import LLMCall
    from podcast_insights.operations.vectors import AccountedEmbedder
    from podcast_insights.storage.store import Store
    from podcast_insights.transcripts.engines import SpeechEngine

    StoreResource = dg.ResourceParam[Store]
    WebResource = dg.ResourceParam[PrivateWeb]
    SpeechResource = dg.ResourceParam[SpeechEngine]
    ExtractorsResource = dg.ResourceParam[Extractors]
    EmbeddersResource = dg.ResourceParam[Embedders]
    ChatClientsResource = dg.ResourceParam[ChatClients]
    SenderResource = dg.ResourceParam[Sender]
else:
    # Dagster looks only for the mark that makes a parameter a resource.
    StoreResource = WebResource = SpeechResource = SenderResource = dg.ResourceParam[Any]
    ExtractorsResource = EmbeddersResource = ChatClientsResource = dg.ResourceParam[Any]


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
        "store": dg.ResourceDefinition(lambda _: _store(settings)),
        "clock": dg.ResourceDefinition.hardcoded_resource(clock),
        "web": dg.ResourceDefinition(lambda _: _web(settings, clock)),
        "speech": dg.ResourceDefinition(lambda _: _speech(settings)),
        "extractors": dg.ResourceDefinition(lambda _: _extractors(settings, clock)),
        "embedders": dg.ResourceDefinition(lambda _: _embedders(settings, clock)),
        "chat_clients": dg.ResourceDefinition(lambda _: _chat_clients(settings, clock)),
        "sender": dg.ResourceDefinition(lambda _: _sender(settings)),
    }


def _store(settings: Settings) -> "Store":
    from podcast_insights.storage.store import Store

    return Store(settings.storage.base_url)


def _web(settings: Settings, clock: Clock) -> "PrivateWeb":
    from podcast_insights.feeds.private import PrivateWeb
    from podcast_insights.web.client import WebClient, user_agent

    client = WebClient(
        user_agent(settings.feeds.contact_url),
        settings.feeds.allow_hosts,
        settings.feeds.connections_per_host,
        settings.secret_urls,
    )
    return PrivateWeb(client, settings=settings.feeds, now=clock)


def _speech(settings: Settings) -> "SpeechEngine":
    from podcast_insights.transcripts.engines.choice import chosen_engine

    return chosen_engine(settings)


def _extractors(settings: Settings, clock: Clock) -> Extractors:
    from podcast_insights.insights.make import build_extractor

    store = _store(settings)
    return lambda spent: build_extractor(
        settings.insights, now=clock, spent=spent, answers=store.batch_answers, kept=store.kept_answers
    )


def _embedders(settings: Settings, clock: Clock) -> Embedders:
    def connect(spent: "Sequence[LLMCall]") -> "AccountedEmbedder | None":
        from podcast_insights.insights.embed import connect_embeddings

        return connect_embeddings(settings, now=clock, spent=spent) if settings.related.embeddings.model else None

    return connect


def _chat_clients(settings: Settings, clock: Clock) -> ChatClients:
    from podcast_insights.insights.make import connect

    return lambda spent: connect(settings.insights, now=clock, spent=spent)


def _sender(settings: Settings) -> "Sender":
    from podcast_insights.delivery.senders import sender_for

    return sender_for(settings.delivery, _store(settings).mail)

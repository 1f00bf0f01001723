"""The store: every repository and cache under one base URL, opened together."""

from functools import cached_property

from upath import UPath

from podcast_insights.audio.values import AudioFile
from podcast_insights.digest.values import DayNeighbours
from podcast_insights.errors import SettingsError
from podcast_insights.feeds.values import DecidedEpisode, EpisodeChapters
from podcast_insights.insights.values import EpisodeInsights, Insight, KeptAnswer, OpenBatches
from podcast_insights.storage import by_day
from podcast_insights.storage.artifacts import Artifacts
from podcast_insights.storage.blobs import Blobs
from podcast_insights.storage.by_day import CallsRepository, DayRepository
from podcast_insights.storage.catalog import CatalogRepository
from podcast_insights.storage.chapters import ChaptersRepository
from podcast_insights.storage.derived import DerivedFile
from podcast_insights.storage.digests import DigestsRepository, RelatedInsightsRepository
from podcast_insights.storage.locks import DayLocks
from podcast_insights.storage.outbox import OutboxRepository
from podcast_insights.storage.partials import Partials
from podcast_insights.storage.preferences import PreferencesRepository
from podcast_insights.storage.publisher_transcripts import PublisherTranscriptsRepository
from podcast_insights.storage.skipped import SkippedRepository
from podcast_insights.storage.transcripts import TranscriptsRepository
from podcast_insights.storage.vectors import VectorsRepository
from podcast_insights.storage.warehouse import Warehouse
from podcast_insights.transcripts.values import RecognisedWindow, Transcript, TriedLinks


def open_base(base_url: str, *, setting: str = "storage.base_url") -> UPath:
    """Return the place that a setting names.

    Raises:
        SettingsError: What it needs is not installed, or nothing knows such addresses.
    """
    protocol, separator, _ = base_url.partition("://")
    if not separator:
        return UPath(base_url)
    import fsspec

    try:
        fsspec.get_filesystem_class(protocol)
    except (ImportError, ValueError) as error:
        raise SettingsError(
            f"{setting} begins with {protocol}://, which cannot be used here: {error}. For s3:// install "
            "podcast-insights[s3]"
        ) from error
    # Other processes write, too: what this one listed before may be outdated.
    return UPath(base_url, use_listings_cache=False)


class Store:
    """Everything that is kept. Opening it reads and makes nothing."""

    def __init__(self, base_url: str) -> None:
        """Use ``storage.base_url``: a folder, or a URL that fsspec knows."""
        self.base = open_base(base_url)
        self.warehouse = Warehouse(self.base)
        self.blobs = Blobs(self.base)
        self.partials = Partials(self.base)
        self.catalog = CatalogRepository(self.warehouse, self.blobs)
        self.chapters = ChaptersRepository(self.warehouse)
        self.publisher_transcripts = PublisherTranscriptsRepository(
            self.warehouse, Artifacts(self.base, "publisher_transcripts", Transcript)
        )
        self.transcripts = TranscriptsRepository(self.warehouse)
        self.digests = DigestsRepository(self.warehouse)
        self.related_insights = RelatedInsightsRepository(self.warehouse)
        self.insight_vectors = VectorsRepository(self.warehouse)
        self.preferences = PreferencesRepository(self.warehouse)
        self.skipped = SkippedRepository(self.warehouse)
        self.outbox = OutboxRepository(self.base)
        self.locks = DayLocks(self.base)
        self.site = self.base / "site"
        self.mail = self.base / "mail"
        self.data_docs = self.base / "data_docs"
        self.duckdb_file = self.base / "podcast_insights.duckdb"

    def site_folder(self, publish_to: str | None) -> UPath:
        """Return where the site is published: what ``delivery.publish_to`` says, else beside the tables.

        Raises:
            SettingsError: What it needs is not installed, or nothing knows such addresses.
        """
        return open_base(publish_to, setting="delivery.publish_to") if publish_to else self.site

    def known_episode_ids(self) -> frozenset[str]:
        """Return all episodes that any day has, or that any feed lists."""
        with self.warehouse.connect(["episodes", "feed_items"]) as connection:
            found = connection.execute("SELECT episode_id FROM episodes UNION SELECT episode_id FROM feed_items")
            return frozenset(episode_id for (episode_id,) in found.fetchall())

    @cached_property
    def episodes(self) -> DayRepository[DecidedEpisode]:
        """The episodes of a day with their decisions."""
        return by_day.episodes(self.warehouse)

    @cached_property
    def audio_files(self) -> DayRepository[AudioFile]:
        """The downloaded audio."""
        return by_day.audio_files(self.warehouse)

    @cached_property
    def insights(self) -> DayRepository[Insight]:
        """The insights."""
        return by_day.insights(self.warehouse)

    @cached_property
    def llm_calls(self) -> CallsRepository:
        """The calls to language models."""
        return by_day.llm_calls(self.warehouse)

    @cached_property
    def tried_links(self) -> Artifacts[TriedLinks]:
        """What became of an episode's transcript links, by what they were."""
        return Artifacts(self.base, "tried_links", TriedLinks)

    @cached_property
    def read_chapters(self) -> Artifacts[EpisodeChapters]:
        """Files of chapters that were read, by episode and address."""
        return Artifacts(self.base, "chapters", EpisodeChapters)

    @cached_property
    def finished_windows(self) -> Artifacts[RecognisedWindow]:
        """Finished windows of a transcription, by what made them."""
        return Artifacts(self.base, "windows", RecognisedWindow)

    @cached_property
    def finished_audio(self) -> Artifacts[AudioFile]:
        """Finished downloads, by what made them."""
        return Artifacts(self.base, "audio", AudioFile)

    @cached_property
    def finished_transcripts(self) -> Artifacts[Transcript]:
        """Finished transcripts, by what made them."""
        return Artifacts(self.base, "transcripts", Transcript)

    @cached_property
    def finished_insights(self) -> Artifacts[EpisodeInsights]:
        """Finished insights of an episode, by what made them."""
        return Artifacts(self.base, "insights", EpisodeInsights)

    @cached_property
    def found_neighbours(self) -> Artifacts[DayNeighbours]:
        """The neighbours of what a day published, by what was compared."""
        return Artifacts(self.base, "neighbours", DayNeighbours)

    @cached_property
    def word_pairs(self) -> DerivedFile:
        """The pairs of published insights that share telling words."""
        return DerivedFile(self.base / "artifacts" / "word_pairs" / "pairs.npz")

    @cached_property
    def batch_answers(self) -> Artifacts[str]:
        """What batches answered, as JSON, by the request."""
        return Artifacts(self.base, "batch_answers", str)

    @cached_property
    def kept_answers(self) -> Artifacts[KeptAnswer]:
        """What a model answered about the stretches of a transcript, by what it was asked."""
        return Artifacts(self.base, "answers", KeptAnswer)

    @cached_property
    def open_batches(self) -> Artifacts[OpenBatches]:
        """The batches that are not fetched yet, by their server."""
        return Artifacts(self.base, "open_batches", OpenBatches)

    @cached_property
    def asked_stances(self) -> Artifacts[str]:
        """How related insights stand to each other, by their texts and the model: empty where it gave no answer."""
        return Artifacts(self.base, "stances", str)

    @cached_property
    def asked_vectors(self) -> Artifacts[str]:
        """The vectors of what was searched for, in hexadecimal digits, by query and model."""
        return Artifacts(self.base, "asked_vectors", str)

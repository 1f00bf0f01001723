"""Enclosures become stored, probed files; each episode is downloaded once for ever.

A publisher may change the enclosure's URL at every request (tracking, advertisements stitched in), so the episode is
the key, never the URL. How bytes travel is for ``web.py``, where they are kept for ``storage``; both are protocols
here.
"""

import errno
import tempfile
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from podcast_insights.audio.probe import probe_audio
from podcast_insights.audio.sniff import safe_extension
from podcast_insights.audio.values import AudioFile, AudioProbe
from podcast_insights.errors import AudioError, StorageError, StorageFullError
from podcast_insights.feeds.values import Enclosure, Episode
from podcast_insights.fingerprints import ResultCache, fingerprint_of
from podcast_insights.settings import AudioSettings
from podcast_insights.skips import StageResult, each_in_parallel

# Raised when probing judges differently, so that stored files are fetched and judged anew.
AUDIO_RULES_VERSION = 1


class Blobs(Protocol):
    """Stored files by key."""

    def exists(self, key: str) -> bool:
        """Whether a file is stored under ``key``."""

    def store(self, key: str, local: Path) -> None:
        """Store a local file under ``key``, whole or not at all."""

    def local(self, key: str) -> AbstractContextManager[Path]:
        """Give the stored file as a local path for the time of a ``with`` block."""


class Downloaded(Protocol):
    """What one download was."""

    @property
    def size_bytes(self) -> int:
        """How many bytes arrived."""

    @property
    def sha256(self) -> str:
        """Their hash, in hex digits."""


class Downloads(Protocol):
    """Where files come from: ``web.WebClient``."""

    def download(self, url: str, destination: BinaryIO, *, max_bytes: int, timeout_s: float) -> Downloaded:
        """Write what ``url`` answers into ``destination``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fetching:
    """The collaborators of one call, for the function that does one episode."""

    web: Downloads
    blobs: Blobs
    cache: ResultCache[AudioFile]
    settings: AudioSettings
    now: datetime


def fetch_audio(
    episodes: Sequence[Episode],
    *,
    web: Downloads,
    blobs: Blobs,
    cache: ResultCache[AudioFile],
    settings: AudioSettings,
    now: datetime,
) -> StageResult[AudioFile]:
    """Return the stored file of each episode, downloading and probing only what was never fetched.

    Raises:
        StorageFullError: There is no space left for the files.
    """
    fetching = _Fetching(web=web, blobs=blobs, cache=cache, settings=settings, now=now)
    return each_in_parallel(
        episodes,
        lambda episode: _stored_or_fetched(episode, fetching),
        workers=settings.workers,
        stage="audio",
        ids=lambda episode: (episode.show_id, episode.episode_id),
    )


def _stored_or_fetched(episode: Episode, fetching: _Fetching) -> AudioFile:
    fingerprint = fingerprint_of({"episode_id": episode.episode_id, "rules": AUDIO_RULES_VERSION})
    stored = fetching.cache.get(fingerprint)
    if stored is not None and fetching.blobs.exists(stored.blob_key):
        return stored
    if episode.enclosure is None:
        raise AudioError(f"Episode {episode.title!r:.120} ({episode.episode_id}) has no enclosure to download")
    try:
        audio = _fetch(episode, episode.enclosure, fetching)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StorageFullError(f"No space is left for the audio of episode {episode.episode_id}") from error
        raise StorageError(f"The audio of episode {episode.episode_id} cannot be written: {error}") from error
    fetching.cache.put(fingerprint, audio)
    return audio


def _fetch(episode: Episode, enclosure: Enclosure, fetching: _Fetching) -> AudioFile:
    with tempfile.TemporaryDirectory(prefix="podcast-insights-") as folder:
        path = Path(folder) / "enclosure"
        with path.open("wb") as file:
            download = fetching.web.download(
                enclosure.url,
                file,
                max_bytes=fetching.settings.max_file_bytes,
                timeout_s=fetching.settings.timeout_s,
            )
        probe = _probed(path, episode, enclosure)
        blob_key = f"audio/{episode.episode_id}{safe_extension(probe.container)}"
        fetching.blobs.store(blob_key, path)
    return AudioFile(
        episode_id=episode.episode_id,
        show_id=episode.show_id,
        blob_key=blob_key,
        source_url=enclosure.url,
        size_bytes=download.size_bytes,
        sha256=download.sha256,
        probe=probe,
        downloaded_at=fetching.now,
    )


def _probed(path: Path, episode: Episode, enclosure: Enclosure) -> AudioProbe:
    try:
        return probe_audio(path)
    except AudioError as error:
        raise AudioError(f"Episode {episode.episode_id} at {enclosure.url:.300}: the {error}") from error

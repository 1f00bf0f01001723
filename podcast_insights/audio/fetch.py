"""Enclosures become stored, probed files; each episode is downloaded once, until its audio is needed again.

A publisher may change the enclosure's URL at every request (tracking, advertisements stitched in), so the episode is
the key, never the URL. How bytes travel is for ``web``, where they are kept for ``storage``, whether an episode was
heard for ``transcripts``, and where an expired address leads now for ``feeds``; all are protocols here. Which files go
and how much may come is decided in ``retention.py``.
"""

import errno
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from podcast_insights.audio.lanes import lane_of
from podcast_insights.audio.probe import judge_by_feed, probe_audio
from podcast_insights.audio.retention import GB_BYTES, RetentionPlan, plan_retention
from podcast_insights.audio.sniff import safe_extension
from podcast_insights.audio.values import AudioFile, AudioProbe, StoredFile
from podcast_insights.errors import (
    AudioError,
    DiskBudgetError,
    RefusedError,
    StorageError,
    StorageFullError,
    TooLargeError,
    TooSlowError,
)
from podcast_insights.feeds.values import Enclosure, Episode
from podcast_insights.fingerprints import ResultCache, fingerprint_of
from podcast_insights.settings import AudioSettings
from podcast_insights.skips import StageResult, each_in_parallel
from podcast_insights.web.redact import redact_url

# Raised when probing judges differently, so that stored files are fetched and judged anew.
AUDIO_RULES_VERSION = 1
FOLDER = "audio"
# What servers say where a signed address has expired, or a file has moved.
EXPIRED_STATUSES = {401, 403, 404, 410}

# Given an episode, asks its feed where its audio is now; None where the feed does not tell.
FreshEnclosure = Callable[[Episode], Enclosure | None]


class Blobs(Protocol):
    """Stored files by key."""

    def exists(self, key: str) -> bool:
        """Whether a file is stored under ``key``."""

    def store(self, key: str, local: Path) -> None:
        """Store a local file under ``key``, whole or not at all."""

    def local(self, key: str) -> AbstractContextManager[Path]:
        """Give the stored file as a local path for the time of a ``with`` block."""

    def files(self, folder: str) -> Sequence[StoredFile]:
        """Return the files whose keys begin with ``folder``."""

    def remove(self, key: str) -> None:
        """Remove the file under ``key``, if it is there."""


class Partials(Protocol):
    """Unfinished downloads by key."""

    def hold(self, key: str) -> AbstractContextManager[Path]:
        """Give the path of an unfinished download, which may hold bytes already, for the time of a ``with`` block."""


class Downloaded(Protocol):
    """What one download was."""

    @property
    def size_bytes(self) -> int:
        """How large the file is."""

    @property
    def sha256(self) -> str:
        """Its hash, in hex digits."""


class Downloads(Protocol):
    """Where files come from: ``web.client.WebClient``."""

    def download(self, url: str, path: Path, *, max_bytes: int, timeout_s: float) -> Downloaded:
        """Write what ``url`` serves to ``path``, going on with what is there already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioSources:
    """The collaborators of the stage.

    ``is_heard`` says whether the words of a file are known as the settings ask for them, so that a file that was
    removed is not downloaded again; ``fresh`` where an episode's audio is now.
    """

    web: Downloads
    blobs: Blobs
    partials: Partials
    cache: ResultCache[AudioFile]
    is_heard: Callable[[Episode, AudioFile], bool]
    fresh: FreshEnclosure


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedAudio:
    """What the stage did: the audio of each episode, which files were ``removed`` before, and what all take now."""

    result: StageResult[AudioFile]
    removed: tuple[StoredFile, ...]
    used_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fetching:
    """What the function that does one episode needs to know; ``known`` are the files that need not be downloaded."""

    sources: AudioSources
    known: Mapping[str, AudioFile]
    plan: RetentionPlan
    settings: AudioSettings
    now: datetime


def fetch_audio(
    episodes: Sequence[Episode],
    *,
    sources: AudioSources,
    heard_ids: frozenset[str],
    settings: AudioSettings,
    per_host: int,
    now: datetime,
) -> FetchedAudio:
    """Return the audio of each episode, downloading and probing only what is not there and still to be heard.

    Args:
        episodes: Whose audio is wanted.
        sources: The collaborators.
        heard_ids: The episodes of all days whose audio was heard; theirs may be removed.
        settings: The limits.
        per_host: How many files come from one host at once.
        now: The present.

    Raises:
        StorageFullError: There is no space left for the files.
    """
    on_hand, heard = _on_hand(episodes, sources, heard_ids)
    still_needed = {episode.episode_id for episode in episodes} - heard
    plan = plan_retention(
        sources.blobs.files(FOLDER),
        [episode for episode in episodes if episode.enclosure and episode.episode_id not in on_hand],
        heard_ids=heard_ids - still_needed,
        settings=settings,
        now=now,
    )
    for file in plan.removed:
        sources.blobs.remove(file.key)
    fetching = _Fetching(sources=sources, known=on_hand, plan=plan, settings=settings, now=now)
    result = each_in_parallel(
        episodes,
        lambda episode: _known_or_fetched(episode, fetching),
        workers=settings.workers,
        stage="audio",
        ids=lambda episode: (episode.show_id, episode.episode_id),
        lane=lane_of,
        lane_width=per_host,
    )
    stored_bytes = sum(audio.size_bytes for audio in result.made if audio.episode_id not in on_hand)
    return FetchedAudio(result=result, removed=plan.removed, used_bytes=plan.used_bytes + stored_bytes)


def _on_hand(
    episodes: Sequence[Episode], sources: AudioSources, heard_ids: frozenset[str]
) -> tuple[Mapping[str, AudioFile], frozenset[str]]:
    """Return the files that need not be downloaded, by episode, and the episodes that need not be heard again."""
    known = {episode.episode_id: audio for episode in episodes if (audio := sources.cache.get(_fingerprint(episode)))}
    stored = {episode_id for episode_id, audio in known.items() if sources.blobs.exists(audio.blob_key)}
    # Of the others it makes no difference, and to know a model by its content takes a while.
    in_question = {episode_id for episode_id in known if episode_id in heard_ids or episode_id not in stored}
    heard = frozenset(
        episode.episode_id
        for episode in episodes
        if episode.episode_id in in_question and sources.is_heard(episode, known[episode.episode_id])
    )
    # A new download of a damaged file may bring all of it.
    is_enough = {episode_id for episode_id in heard if not known[episode_id].probe.is_damaged}
    return {episode_id: audio for episode_id, audio in known.items() if episode_id in stored | is_enough}, heard


def _fingerprint(episode: Episode) -> str:
    return fingerprint_of({"episode_id": episode.episode_id, "rules": AUDIO_RULES_VERSION})


def _known_or_fetched(episode: Episode, fetching: _Fetching) -> AudioFile:
    if episode.episode_id in fetching.known:
        return fetching.known[episode.episode_id]
    if episode.enclosure is None:
        raise AudioError(f"Episode {episode.title!r:.120} ({episode.episode_id}) has no enclosure to download")
    if episode.episode_id not in fetching.plan.allowed_bytes:
        raise _no_room(episode, fetching)
    try:
        audio = _fetch(episode, episode.enclosure, fetching)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StorageFullError(f"No space is left for the audio of episode {episode.episode_id}") from error
        raise StorageError(f"The audio of episode {episode.episode_id} cannot be written: {error}") from error
    fetching.sources.cache.put(_fingerprint(episode), audio)
    return audio


def _fetch(episode: Episode, enclosure: Enclosure, fetching: _Fetching) -> AudioFile:
    with fetching.sources.partials.hold(episode.episode_id) as path:
        download = _downloaded(episode, enclosure, path, fetching)
        probe = _probed(path, episode, enclosure)
        blob_key = f"{FOLDER}/{episode.episode_id}{safe_extension(probe.container)}"
        fetching.sources.blobs.store(blob_key, path)
    return AudioFile(
        episode_id=episode.episode_id,
        show_id=episode.show_id,
        blob_key=blob_key,
        source_url=redact_url(enclosure.url),
        size_bytes=download.size_bytes,
        sha256=download.sha256,
        probe=probe,
        downloaded_at=fetching.now,
    )


def _downloaded(episode: Episode, enclosure: Enclosure, path: Path, fetching: _Fetching) -> Downloaded:
    """Download from the address that is known, or once from the one that the feed gives instead."""
    try:
        return _transferred(episode, enclosure, path, fetching)
    except RefusedError as error:
        if error.status not in EXPIRED_STATUSES:
            raise
        refusal = error
    fresh = fetching.sources.fresh(episode)
    if fresh is None or fresh.url == enclosure.url:
        raise refusal
    return _transferred(episode, fresh, path, fetching)


def _transferred(episode: Episode, enclosure: Enclosure, path: Path, fetching: _Fetching) -> Downloaded:
    allowed_bytes = fetching.plan.allowed_bytes[episode.episode_id]
    try:
        return fetching.sources.web.download(
            enclosure.url, path, max_bytes=allowed_bytes, timeout_s=fetching.settings.timeout_s
        )
    except TooSlowError:
        raise
    except TooLargeError as error:
        if allowed_bytes < fetching.settings.max_file_bytes:
            raise _no_room(episode, fetching) from error
        raise


def _no_room(episode: Episode, fetching: _Fetching) -> DiskBudgetError:
    return DiskBudgetError(
        f"Episode {episode.episode_id} has no room: audio.max_disk_gb is {fetching.settings.max_disk_gb:g}, and "
        f"{fetching.plan.used_bytes / GB_BYTES:.2g} GB are files that are still to be heard; raise it, or let the days "
        "be transcribed first"
    )


def _probed(path: Path, episode: Episode, enclosure: Enclosure) -> AudioProbe:
    try:
        return judge_by_feed(probe_audio(path), episode.duration_s)
    except AudioError as error:
        raise AudioError(f"Episode {episode.episode_id} at {redact_url(enclosure.url)}: {error}") from error

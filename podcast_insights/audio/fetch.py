"""Enclosures become stored, probed files; each episode is downloaded once, until its audio is needed again.

A publisher may change the enclosure's URL at every request (tracking, advertisements stitched in), so the episode is
the key, never the URL. A file that came damaged is downloaded once more, some hours later: its host may have mended it.
How bytes travel is for ``web``, where they are kept for ``storage``, whether an episode was heard for ``transcripts``,
and where an expired address leads now for ``feeds``; all are protocols of ``sources.py``. Which files go and how much
may come is decided in ``retention.py``.
"""

import errno
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from podcast_insights.audio.lanes import lane_of
from podcast_insights.audio.probe import judge_by_feed, probe_audio
from podcast_insights.audio.retention import RetentionPlan, budget_bytes, expected_bytes, no_room, plan_retention
from podcast_insights.audio.sniff import safe_extension
from podcast_insights.audio.sources import AudioSources, Downloaded
from podcast_insights.audio.values import AudioFile, AudioProbe, StoredFile
from podcast_insights.errors import (
    AudioError,
    PodcastInsightsError,
    RefusedError,
    StorageError,
    StorageFullError,
    TooLargeError,
    TooSlowError,
)
from podcast_insights.feeds.values import Enclosure, Episode
from podcast_insights.fingerprints import fingerprint_of
from podcast_insights.settings import AudioSettings
from podcast_insights.skips import StageResult, each_in_parallel, stops_the_stage
from podcast_insights.web.redact import redact_url

# Raised when probing judges differently, so that stored files are fetched and judged anew.
AUDIO_RULES_VERSION = 1
FOLDER = "audio"
# What servers say where a signed address has expired, or a file has moved.
EXPIRED_STATUSES = {401, 403, 404, 410}
# When a file that came damaged is asked for again, once.
MENDED_AFTER = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedAudio:
    """What the stage did: the audio of each episode, which files were ``removed`` before, and what all take now."""

    result: StageResult[AudioFile]
    removed: tuple[StoredFile, ...]
    used_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fetching:
    """What the function that does one episode needs to know.

    ``known`` are the files that need not be downloaded, ``damaged`` those that are asked for once more.
    """

    sources: AudioSources
    known: Mapping[str, AudioFile]
    damaged: Mapping[str, AudioFile]
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
    damaged = {
        episode.episode_id: on_hand.pop(episode.episode_id)
        for episode in episodes
        if episode.episode_id in on_hand and _is_asked_for_again(episode, on_hand[episode.episode_id], sources, now)
    }
    still_needed = {episode.episode_id for episode in episodes} - heard
    plan = plan_retention(
        sources.blobs.files(FOLDER),
        [episode for episode in episodes if episode.enclosure and episode.episode_id not in on_hand],
        heard_ids=heard_ids - still_needed - damaged.keys(),
        settings=settings,
        now=now,
    )
    for file in plan.removed:
        sources.blobs.remove(file.key)
    fetching = _Fetching(sources=sources, known=on_hand, damaged=damaged, plan=plan, settings=settings, now=now)
    result = each_in_parallel(
        episodes,
        lambda episode: _known_or_fetched(episode, fetching),
        workers=settings.workers,
        stage="audio",
        ids=lambda episode: (episode.show_id, episode.episode_id),
        lane=lane_of,
        lane_width=per_host,
    )
    used_bytes = sum(file.size_bytes for file in sources.blobs.files(FOLDER))
    return FetchedAudio(result=result, removed=plan.removed, used_bytes=used_bytes)


def _on_hand(
    episodes: Sequence[Episode], sources: AudioSources, heard_ids: frozenset[str]
) -> tuple[dict[str, AudioFile], frozenset[str]]:
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
    return {episode_id: audio for episode_id, audio in known.items() if episode_id in stored | heard}, heard


def _is_asked_for_again(episode: Episode, audio: AudioFile, sources: AudioSources, now: datetime) -> bool:
    """Whether a file that came damaged is downloaded once more: one that is gone, or may have been mended meanwhile."""
    if not audio.probe.is_damaged or episode.enclosure is None:
        return False
    is_time = audio.downloaded_at + MENDED_AFTER <= now or not sources.blobs.exists(audio.blob_key)
    return is_time and sources.cache.get(_fingerprint(episode, time=2)) is None


def _fingerprint(episode: Episode, *, time: int = 1) -> str:
    """Return the name under which an episode's file is on record, or what came of asking for it another time."""
    return fingerprint_of(
        {"episode_id": episode.episode_id, "rules": AUDIO_RULES_VERSION} | ({"time": time} if time > 1 else {})
    )


def _known_or_fetched(episode: Episode, fetching: _Fetching) -> AudioFile:
    if episode.episode_id in fetching.known:
        return fetching.known[episode.episode_id]
    if damaged := fetching.damaged.get(episode.episode_id):
        return _asked_for_again(episode, damaged, fetching)
    return _fetched(episode, fetching)


def _asked_for_again(episode: Episode, damaged: AudioFile, fetching: _Fetching) -> AudioFile:
    """Return what a host serves now instead of a file that came damaged, or that file where nothing better comes."""
    try:
        audio = _fetched(episode, fetching, instead_of=damaged)
    except PodcastInsightsError as error:
        if stops_the_stage(error):
            raise
        if error.retryable:
            return damaged
        audio = damaged
    fetching.sources.cache.put(_fingerprint(episode, time=2), audio)
    return audio


def _fetched(episode: Episode, fetching: _Fetching, *, instead_of: AudioFile | None = None) -> AudioFile:
    if episode.enclosure is None:
        raise AudioError(f"Episode {episode.title!r:.120} ({episode.episode_id}) has no enclosure to download")
    _require_room(episode, fetching)
    try:
        audio = _stored(episode, episode.enclosure, fetching, instead_of)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StorageFullError(f"No space is left for the audio of episode {episode.episode_id}") from error
        raise StorageError(f"The audio of episode {episode.episode_id} cannot be written: {error}") from error
    if audio is not instead_of:
        fetching.sources.cache.put(_fingerprint(episode), audio)
    return audio


def _stored(episode: Episode, enclosure: Enclosure, fetching: _Fetching, instead_of: AudioFile | None) -> AudioFile:
    blobs = fetching.sources.blobs
    with fetching.sources.partials.hold(episode.episode_id) as path:
        download = _downloaded(episode, enclosure, path, fetching)
        probe = _probed(path, episode, enclosure)
        if instead_of and not _is_better(probe, instead_of.probe):
            return instead_of
        blob_key = f"{FOLDER}/{episode.episode_id}{safe_extension(probe.container)}"
        blobs.store(blob_key, path, folder_bytes=budget_bytes(fetching.settings))
    if instead_of and instead_of.blob_key != blob_key:
        blobs.remove(instead_of.blob_key)
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


def _is_better(probe: AudioProbe, damaged: AudioProbe) -> bool:
    return not probe.is_damaged or (probe.good_ratio or 0.0) > (damaged.good_ratio or 0.0)


def _require_room(episode: Episode, fetching: _Fetching) -> None:
    """Look at the folder as it is now: another run may have filled it since this one planned.

    Raises:
        DiskBudgetError: There is no room for the episode's file.
    """
    limit_bytes = budget_bytes(fetching.settings)
    if limit_bytes is None:
        return
    used_bytes = sum(file.size_bytes for file in fetching.sources.blobs.files(FOLDER))
    is_planned = episode.episode_id in fetching.plan.allowed_bytes
    if not is_planned or used_bytes + expected_bytes(episode, fetching.settings) > limit_bytes:
        raise no_room(episode, fetching.settings, used_bytes=used_bytes)


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
            raise no_room(episode, fetching.settings, used_bytes=fetching.plan.used_bytes) from error
        raise


def _probed(path: Path, episode: Episode, enclosure: Enclosure) -> AudioProbe:
    try:
        return judge_by_feed(probe_audio(path), episode.duration_s)
    except AudioError as error:
        raise AudioError(f"Episode {episode.episode_id} at {redact_url(enclosure.url)}: {error}") from error

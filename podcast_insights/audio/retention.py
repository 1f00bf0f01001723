"""Which stored audio is removed, and which downloads there is room for: decided from values, done in ``fetch.py``.

Audio is worth its place until its words are known. What is known and old is removed; where the settings limit the
space, the oldest of what is known goes first, and nothing that is still to be heard ever goes. Sizes are known only
after a download, so each gets a limit of its own, and all of them together fit. Another run may fill the folder
meanwhile, so ``fetch.py`` looks at it before each download, and the store again before it takes a file in.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from podcast_insights.audio.values import GB_BYTES, StoredFile
from podcast_insights.errors import DiskBudgetError
from podcast_insights.feeds.values import Episode
from podcast_insights.settings import AudioSettings

# An hour at 128 kbit/s, where the feed gives no size; many feeds write 0 or 1, or the duration.
ASSUMED_BYTES = 60 * 10**6
LEAST_BELIEVED_BYTES = 256 * 1024
# Advertisements are stitched in after the feed was written.
GROWTH = 1.25


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPlan:
    """What to do before downloading.

    ``allowed_bytes`` is how large the file of each episode may be, by its id; an episode that is not in it has no room.
    ``used_bytes`` is what the kept files take.
    """

    removed: tuple[StoredFile, ...]
    allowed_bytes: Mapping[str, int]
    used_bytes: int


def plan_retention(
    files: Sequence[StoredFile],
    wanted: Sequence[Episode],
    *,
    heard_ids: Collection[str],
    settings: AudioSettings,
    now: datetime,
) -> RetentionPlan:
    """Return which files go, and how large each new one may be.

    Args:
        files: The stored audio.
        wanted: The episodes whose audio is to be downloaded; newer ones are served first.
        heard_ids: The episodes whose audio is needed no more.
        settings: How long audio is kept, and how much of it.
        now: The present.
    """
    needless = [file for file in files if PurePosixPath(file.key).stem in heard_ids]
    oldest_first = sorted(needless, key=lambda file: (file.stored_at, file.key))
    removed = [file for file in oldest_first if _is_old(file, settings, now)]
    remaining = oldest_first[len(removed) :]
    used_bytes = sum(file.size_bytes for file in files) - sum(file.size_bytes for file in removed)
    limit_bytes = budget_bytes(settings)
    if limit_bytes is None:
        allowed = {episode.episode_id: settings.max_file_bytes for episode in wanted}
        return RetentionPlan(removed=tuple(removed), allowed_bytes=allowed, used_bytes=used_bytes)
    needed_bytes = min(limit_bytes, sum(expected_bytes(episode, settings) for episode in wanted))
    while remaining and used_bytes + needed_bytes > limit_bytes:
        oldest = remaining.pop(0)
        removed.append(oldest)
        used_bytes -= oldest.size_bytes
    allowed = _shared(max(0, limit_bytes - used_bytes), wanted, settings)
    return RetentionPlan(removed=tuple(removed), allowed_bytes=allowed, used_bytes=used_bytes)


def budget_bytes(settings: AudioSettings) -> int | None:
    """Return how much all stored audio may take; None where the settings do not limit it."""
    return None if settings.max_disk_gb is None else int(settings.max_disk_gb * GB_BYTES)


def no_room(episode: Episode, settings: AudioSettings, *, used_bytes: int) -> DiskBudgetError:
    """Return the error that says why a file is not downloaded."""
    return DiskBudgetError(
        f"Episode {episode.episode_id} has no room: audio.max_disk_gb is {settings.max_disk_gb:g}, and "
        f"{used_bytes / GB_BYTES:.2g} GB are files that are still to be heard; raise it, or let the days be "
        "transcribed first"
    )


def expected_bytes(episode: Episode, settings: AudioSettings) -> int:
    """Return how large an episode's file is likely to be, with room to grow."""
    stated = episode.enclosure.length_bytes if episode.enclosure else None
    believed = stated * GROWTH if stated and stated >= LEAST_BELIEVED_BYTES else ASSUMED_BYTES
    return min(int(believed), settings.max_file_bytes)


def _shared(room_bytes: int, wanted: Sequence[Episode], settings: AudioSettings) -> dict[str, int]:
    """Return the limits of those that fit, newest first; what is left over is shared among them."""
    admitted: dict[str, int] = {}
    for episode in sorted(wanted, key=lambda episode: episode.published_at, reverse=True):
        expected = expected_bytes(episode, settings)
        if expected <= room_bytes:
            admitted[episode.episode_id] = expected
            room_bytes -= expected
    spare_bytes = room_bytes // max(1, len(admitted))
    return {
        episode_id: min(expected + spare_bytes, settings.max_file_bytes) for episode_id, expected in admitted.items()
    }


def _is_old(file: StoredFile, settings: AudioSettings, now: datetime) -> bool:
    return settings.keep_audio_days is not None and file.stored_at < now - timedelta(days=settings.keep_audio_days)

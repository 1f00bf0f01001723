"""What may go: files that nothing needs any more, decided from what is kept and how old it is.

Nothing that costs money or a person's work to make again goes: transcripts, insights, digests and the outbox stay for
ever. What goes was heard, is finished, is a leftover of a killed process, or is older than the settings keep it.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath
from typing import Literal

from podcast_insights.audio.values import StoredFile
from podcast_insights.days import day_of
from podcast_insights.settings import Settings

Reason = Literal[
    "heard audio", "audio of no episode", "feed bodies", "finished windows", "language model calls", "leftovers"
]
# A run of today may be at work with what is younger.
LEFTOVER_AFTER = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class VacuumPlan:
    """Which files go, by reason, and how many bytes each part of the store has now."""

    removed: Mapping[Reason, tuple[StoredFile, ...]]
    bytes_by_part: Mapping[str, int]

    @property
    def freed_bytes(self) -> int:
        """How many bytes the plan frees."""
        return sum(file.size_bytes for files in self.removed.values() for file in files)


def plan_vacuum(
    files: Sequence[StoredFile],
    *,
    heard_ids: Collection[str],
    known_ids: Collection[str],
    settings: Settings,
    now: datetime,
) -> VacuumPlan:
    """Return what goes.

    Args:
        files: Everything that is stored, by its path below the base.
        heard_ids: The episodes whose audio is needed no more.
        known_ids: All episodes that any day has.
        settings: How long things are kept.
        now: The present.
    """
    removed: dict[Reason, list[StoredFile]] = {}
    for file in files:
        reason = _reason(file, heard_ids, known_ids, settings, now)
        if reason is not None:
            removed.setdefault(reason, []).append(file)
    sizes: Counter[str] = Counter()
    for file in files:
        sizes[part_of(file.key)] += file.size_bytes
    return VacuumPlan(
        removed={reason: tuple(found) for reason, found in sorted(removed.items())},
        bytes_by_part=dict(sorted(sizes.items(), key=lambda item: (-item[1], item[0]))),
    )


def part_of(key: str) -> str:
    """Return the part of the store to which a file belongs: its folder, below a collection the next; else itself."""
    parts = PurePosixPath(key).parts
    depth = 2 if parts[0] in ("blobs", "artifacts", "warehouse") else 1
    return "/".join(parts[:-1][:depth]) or parts[0]


def _reason(
    file: StoredFile, heard_ids: Collection[str], known_ids: Collection[str], settings: Settings, now: datetime
) -> Reason | None:
    path = PurePosixPath(file.key)
    age = now - file.stored_at
    kept, part = settings.storage, part_of(file.key)
    if age > LEFTOVER_AFTER and (part == "partial" or (path.name.startswith(".") and path.suffix == ".tmp")):
        return "leftovers"
    if part == "blobs/audio":
        return _audio_reason(path.stem, age, heard_ids, known_ids, settings)
    if part == "blobs/feeds" and _is_older(age, kept.keep_feed_bodies_days):
        return "feed bodies"
    if part == "artifacts/windows" and _is_older(age, kept.keep_windows_days):
        return "finished windows"
    if (
        part == "warehouse/llm_calls" or path.parts[:2] == ("gathered", "llm_calls")
    ) and kept.keep_llm_calls_days is not None:
        day = _day_in(path)
        today = day_of(now, settings.digest.zone)
        return "language model calls" if day and (today - day).days > kept.keep_llm_calls_days else None
    return None


def _audio_reason(
    episode_id: str, age: timedelta, heard_ids: Collection[str], known_ids: Collection[str], settings: Settings
) -> Reason | None:
    if episode_id in heard_ids:
        return "heard audio" if _is_older(age, settings.audio.keep_audio_days) else None
    return "audio of no episode" if episode_id not in known_ids and age > LEFTOVER_AFTER else None


def _is_older(age: timedelta, days: int | None) -> bool:
    return days is not None and age > timedelta(days=days)


def _day_in(path: PurePosixPath) -> date | None:
    """Return the day of a partition's file, the first of a gathered month; None where neither names one."""
    name = path.parent.name
    try:
        if path.parts[0] == "gathered":
            return date.fromisoformat(f"{path.stem}-01")
        return date.fromisoformat(name.removeprefix("date=")) if name.startswith("date=") else None
    except ValueError:
        return None

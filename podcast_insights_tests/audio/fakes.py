"""Sound made on the spot, and stand-ins for the network and the store with verbs."""

import hashlib
import os
import threading
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Generic, TypeVar

import av
import numpy as np

from podcast_insights.audio.values import StoredFile
from podcast_insights.errors import DiskBudgetError, TooLargeError
from podcast_insights.feeds.values import Enclosure, Episode, EpisodeNotes, TranscriptLink

T = TypeVar("T")
NOW = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)


def tone(seconds: float, *, rate: int = 16_000, loud: float = 0.3) -> np.ndarray:
    return (loud * np.sin(2 * np.pi * 330 * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def write_audio(path: Path, samples: np.ndarray, *, codec: str = "pcm_s16le", rate: int = 16_000) -> Path:
    """Encode mono samples; the container follows the file name."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        resampler = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=rate)
        for start in range(0, len(samples), 4800):
            block = np.ascontiguousarray(samples[start : start + 4800].reshape(1, -1))
            frame = av.AudioFrame.from_ndarray(block, format="flt", layout="mono")
            frame.sample_rate = rate
            frame.pts = start
            for ready in resampler.resample(frame):
                container.mux(stream.encode(ready))
        container.mux(stream.encode(None))
    return path


def write_stereo(path: Path, left: np.ndarray, right: np.ndarray, *, rate: int = 16_000) -> Path:
    """Write two channels of equal length as a WAV file."""
    pcm = np.round(np.stack([left, right], axis=1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm.tobytes())
    return path


def episode(
    number: int = 1,
    *,
    url: str | None = "https://example.org/a.mp3",
    length_bytes: int | None = None,
    duration_s: float | None = None,
    links: tuple[TranscriptLink, ...] = (),
) -> Episode:
    return Episode(
        episode_id=f"episode{number}",
        show_id="show1",
        guid=f"guid-{number}",
        title=f"Episode {number}",
        show_notes="",
        page_url=None,
        published_at=datetime(2026, 3, number, tzinfo=UTC),
        has_plausible_date=True,
        episode_date=date(2026, 3, number),
        duration_s=duration_s,
        enclosure=Enclosure(url=url, length_bytes=length_bytes) if url else None,
        transcript_links=links,
        first_seen_at=NOW,
    )


def notes_of(one: Episode) -> EpisodeNotes:
    return EpisodeNotes(
        episode_id=one.episode_id,
        title=one.title,
        show_notes=one.show_notes,
        published_at=one.published_at,
        chapters=one.chapters,
        persons=one.persons,
    )


class DictCache(Generic[T]):
    """Finished items in memory."""

    def __init__(self) -> None:
        self.items: dict[str, T] = {}

    def get(self, fingerprint: str) -> T | None:
        return self.items.get(fingerprint)

    def put(self, fingerprint: str, item: T) -> None:
        self.items[fingerprint] = item


class FolderBlobs:
    """Stored files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def exists(self, key: str) -> bool:
        return (self.folder / key).exists()

    def store(self, key: str, local: Path, *, folder_bytes: int | None = None) -> None:
        target = self.folder / key
        beside = sum(path.stat().st_size for path in target.parent.glob("*") if path != target)
        if folder_bytes is not None and beside + local.stat().st_size > folder_bytes:
            raise DiskBudgetError(f"{key} has no room")
        target.parent.mkdir(parents=True, exist_ok=True)
        local.rename(target)

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        if not self.exists(key):
            raise FileNotFoundError(key)
        yield self.folder / key

    def files(self, folder: str) -> tuple[StoredFile, ...]:
        return tuple(
            StoredFile(
                key=f"{folder}/{path.name}",
                size_bytes=path.stat().st_size,
                stored_at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
            )
            for path in sorted((self.folder / folder).glob("*"))
        )

    def remove(self, key: str) -> None:
        (self.folder / key).unlink(missing_ok=True)

    def lose(self, key: str) -> None:
        (self.folder / key).unlink()

    def ages(self, key: str, stored_at: datetime) -> None:
        os.utime(self.folder / key, (stored_at.timestamp(), stored_at.timestamp()))


class FolderPartials:
    """Unfinished downloads in a folder, held by nobody else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def hold(self, key: str) -> Iterator[Path]:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / key
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)


@dataclass(frozen=True)
class FakeDownload:
    size_bytes: int
    sha256: str


class FakeDownloads:
    """A network that serves bytes, or fails, by URL."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self._answers: dict[str, bytes | Exception] = {}
        self._meanwhile: dict[str, Callable[[], object]] = {}
        self._lock = threading.Lock()

    def serves(self, url: str, body: bytes) -> None:
        self._answers[url] = body

    def fails(self, url: str, error: Exception) -> None:
        self._answers[url] = error

    def meanwhile(self, url: str, happens: Callable[[], object]) -> None:
        """Have something happen while ``url`` is downloaded."""
        self._meanwhile[url] = happens

    def download(self, url: str, path: Path, *, max_bytes: int, timeout_s: float) -> FakeDownload:
        with self._lock:
            self.requests.append(url)
        self._meanwhile.get(url, lambda: None)()
        answer = self._answers[url]
        if isinstance(answer, Exception):
            raise answer
        if len(answer) > max_bytes:
            raise TooLargeError(f"{url} is larger than {max_bytes}")
        path.write_bytes(answer)
        return FakeDownload(size_bytes=len(answer), sha256=hashlib.sha256(answer).hexdigest())

"""Sound made on the spot, and stand-ins for the network and the store with verbs."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar

import av
import numpy as np

from podcast_insights.feeds.values import Enclosure, Episode, TranscriptLink

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


def episode(
    number: int = 1,
    *,
    url: str | None = "https://example.org/a.mp3",
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
        enclosure=Enclosure(url=url) if url else None,
        transcript_links=links,
        first_seen_at=NOW,
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

    def store(self, key: str, local: Path) -> None:
        target = self.folder / key
        target.parent.mkdir(parents=True, exist_ok=True)
        local.rename(target)

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        if not self.exists(key):
            raise FileNotFoundError(key)
        yield self.folder / key

    def lose(self, key: str) -> None:
        (self.folder / key).unlink()


@dataclass(frozen=True)
class FakeDownload:
    size_bytes: int
    sha256: str


class FakeDownloads:
    """A network that serves bytes, or fails, by URL."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self._answers: dict[str, bytes | Exception] = {}
        self._lock = threading.Lock()

    def serves(self, url: str, body: bytes) -> None:
        self._answers[url] = body

    def fails(self, url: str, error: Exception) -> None:
        self._answers[url] = error

    def download(self, url: str, destination: BinaryIO, *, max_bytes: int, timeout_s: float) -> FakeDownload:
        with self._lock:
            self.requests.append(url)
        answer = self._answers[url]
        if isinstance(answer, Exception):
            raise answer
        destination.write(answer)
        return FakeDownload(size_bytes=len(answer), sha256=hashlib.sha256(answer).hexdigest())

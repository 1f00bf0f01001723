"""Segments by hand, an engine that says what it is told, and a web of transcript files."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from podcast_insights.errors import WhisperError
from podcast_insights.fingerprints import ResultCache
from podcast_insights.settings import ShowSettings
from podcast_insights.transcripts.engines import Progress, Recognition
from podcast_insights.transcripts.values import RecognisedWindow, Segment

WORDS = (
    "We talked about how the team moved its database to a new region without any downtime last month. "
    "The interesting part was that nobody had to wake up at night, because every step could be undone. "
    "They wrote the plan down first, tested it on a copy, and then measured how long each table would take. "
)


def segment(text: str, start_s: float, end_s: float, index: int = 0, speaker: str | None = None) -> Segment:
    return Segment(index=index, start_s=start_s, end_s=end_s, text=text, speaker=speaker)


def speech(seconds: float, text: str = WORDS) -> tuple[Segment, ...]:
    """Segments of 20 s at the speed of speech; each is different."""
    return tuple(
        segment(f"Part {index} of the story. {text}"[:300], index * 20.0, (index + 1) * 20.0, index)
        for index in range(round(seconds / 20))
    )


def vtt(seconds: float, text: str = WORDS) -> bytes:
    """A WebVTT file of that length."""
    blocks = ["WEBVTT\n"]
    for part in speech(seconds, text):
        begin, end = (f"{int(at) // 60:02d}:{at % 60:06.3f}" for at in (part.start_s, part.end_s))
        blocks.append(f"{begin} --> {end}\n{part.text}\n")
    return "\n".join(blocks).encode()


class FakeEngine:
    """An engine that says what it is told."""

    name = "fake-1"
    model = "parrot"
    options: Mapping[str, str] = {}

    def __init__(self) -> None:
        self.heard: list[tuple[str, str | None]] = []
        self._says: tuple[Segment, ...] = ()
        self._fails: Exception | None = None
        self._cost_usd: float | None = None
        self._has_times = True

    def says(self, segments: tuple[Segment, ...]) -> None:
        self._says = segments

    def charges(self, usd: float) -> None:
        self._cost_usd = usd

    def knows_no_times(self) -> None:
        self._has_times = False

    def fails(self, message: str) -> None:
        self._fails = WhisperError(message)

    def for_show(self, show: ShowSettings | None) -> "FakeEngine":
        if show and show.model:
            other = FakeEngine()
            other.model, other.heard, other._says = show.model, self.heard, self._says
            return other
        return self

    def transcribe(
        self,
        audio: Path,
        *,
        episode_id: str,
        language: str | None,
        windows: ResultCache[RecognisedWindow],
        progress: Progress | None = None,
    ) -> Recognition:
        assert audio.exists()
        self.heard.append((episode_id, language))
        if self._fails is not None:
            raise self._fails
        duration_s = self._says[-1].end_s if self._says else 60.0
        if progress is not None:
            progress(duration_s / 2, duration_s)
            progress(duration_s, duration_s)
        return Recognition(
            segments=self._says,
            language="en",
            duration_s=duration_s,
            compute_s=duration_s / 10,
            has_times=self._has_times,
            cost_usd=self._cost_usd,
        )


@dataclass(frozen=True)
class FakeAnswer:
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class FakeWeb:
    """A network that serves bytes, or fails, by URL."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self._answers: dict[str, FakeAnswer | Exception] = {}
        self._lock = threading.Lock()

    def serves(self, url: str, body: bytes, media_type: str = "text/plain") -> None:
        self._answers[url] = FakeAnswer(body, {"Content-Type": media_type})

    def fails(self, url: str, error: Exception) -> None:
        self._answers[url] = error

    def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, max_bytes: int, timeout_s: float
    ) -> FakeAnswer:
        with self._lock:
            self.requests.append(url)
        answer = self._answers[url]
        if isinstance(answer, Exception):
            raise answer
        return answer

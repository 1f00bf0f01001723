"""Speech recognition: what every engine gives, whatever it runs on.

An engine works through a file window by window and keeps each finished window, so that a killed run goes on after the
last one. Which audio is recognised and whether the result can be trusted is decided elsewhere (``make.py``,
``verify.py``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from podcast_insights.fingerprints import ResultCache
from podcast_insights.settings import ShowSettings
from podcast_insights.transcripts.values import RecognisedWindow, Segment

# Called with the seconds of audio that are done, and how many there are in all.
Progress = Callable[[float, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """The words of a whole file, and what it cost; windows of earlier runs are counted, too.

    ``has_times`` is false where the engine gave words without times. ``cost_usd`` is None where nothing is paid, or no
    price is set.
    """

    segments: tuple[Segment, ...]
    language: str | None
    duration_s: float
    compute_s: float
    has_times: bool = True
    cost_usd: float | None = None


class SpeechEngine(Protocol):
    """Something that turns audio into segments."""

    @property
    def name(self) -> str:
        """The engine's name and version of its rules: another name means other words."""

    @property
    def model(self) -> str:
        """The model: another model means other words."""

    @property
    def options(self) -> Mapping[str, str]:
        """What else decides the words, by name; what is the default is left out."""

    def for_show(self, show: ShowSettings | None) -> "SpeechEngine":
        """Return the engine with what a show asks for, such as its own model and the names it should know."""

    def check(self) -> str:
        """Try whether the engine can be used, and return what was tried, for a person.

        Raises:
            WhisperError: Its model, its device or its key cannot be used.
            NetworkError: It is a server, and it gives no answer now.
        """

    def transcribe(
        self,
        audio: Path,
        *,
        episode_id: str,
        language: str | None,
        windows: ResultCache[RecognisedWindow],
        progress: Progress | None = None,
    ) -> Recognition:
        """Return the words of an audio file.

        Args:
            audio: The file.
            episode_id: Whose audio it is, for messages.
            language: The spoken language as a tag; None to find it out.
            windows: Finished windows of this and earlier runs.
            progress: Called after each window.

        Raises:
            WhisperError: The engine cannot be used: its model, its device, its key.
            NetworkError: The engine is a server, and it gives no answer now.
            RefusedError: The engine is a server, and it refuses this file.
            AudioError: The file is no audio.
        """

"""A file from its beginning to its end, window by window: what all engines have in common.

An engine says how long its windows are and how a group of them is heard. That windows which are kept are not heard
again, that each is durable as soon as it is done, how far a run has come and what the windows give together is the
same for all of them, and stands here. Windows keep memory flat and make a killed run resumable.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Self

from podcast_insights.audio.decode import SAMPLE_RATE_HZ, channel_count, claimed_duration_s, decode_pcm, decode_stereo
from podcast_insights.fingerprints import ResultCache, fingerprint_of
from podcast_insights.settings import ShowSettings, TranscriptionSettings
from podcast_insights.transcripts.engines import Progress, Recognition
from podcast_insights.transcripts.engines.channels import both_sides, levels_by_side, own_voice, speaks_apart
from podcast_insights.transcripts.engines.invented import believable, renumbered
from podcast_insights.transcripts.engines.windows import AudioWindow, Cutting, audio_windows
from podcast_insights.transcripts.languages import primary_language
from podcast_insights.transcripts.values import RecognisedWindow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

# A window's place in its group, and what was heard in it.
Placed = tuple[int, RecognisedWindow]


class WindowedEngine(ABC):
    """Satisfies ``engines.SpeechEngine`` but for the hearing itself."""

    def __init__(self, settings: TranscriptionSettings, vocabulary: tuple[str, ...] = ()) -> None:
        """Keep the settings; whatever is wrong with the engine is found out, and reported, at the first window."""
        self.settings = settings
        self.prompt = ", ".join(vocabulary) or None
        self._for_shows: dict[tuple[str, str, tuple[str, ...]], Self] = {}

    @property
    @abstractmethod
    def name(self) -> str:
        """The engine's name with the version of its rules."""

    @property
    def model(self) -> str:
        """The model's name."""
        return self.settings.model

    @property
    def options(self) -> Mapping[str, str]:
        """What else decides the words of a file, by name; what is the default is left out."""
        channels = self.settings.channels
        return {**self.window_options, **({"channels": channels} if channels != "auto" else {})}

    @property
    def window_options(self) -> Mapping[str, str]:
        """What else decides the words of a window, by name; what is the default is left out."""
        return {}

    @property
    @abstractmethod
    def cutting(self) -> Cutting:
        """Where a file is cut."""

    @property
    def at_once(self) -> int:
        """How many windows are heard together."""
        return self.settings.batch_size

    @abstractmethod
    def recognised(self, group: Sequence[AudioWindow], *, episode_id: str, language: str | None) -> Iterator[Placed]:
        """Yield each window of a group as soon as it is done, in any order."""

    @abstractmethod
    def check(self) -> str:
        """Try whether the engine can be used, and return what was tried; see ``SpeechEngine``."""

    @abstractmethod
    def _like_this(self, settings: TranscriptionSettings, vocabulary: tuple[str, ...]) -> Self:
        """Return another engine of this kind."""

    def for_show(self, show: ShowSettings | None) -> Self:
        """Return the engine with the model, the vocabulary and the way with stereo of a show."""
        model = (show.model if show else None) or self.settings.model
        channels = (show.channels if show else None) or self.settings.channels
        vocabulary = show.vocabulary if show else ()
        if (model, channels) == (self.settings.model, self.settings.channels) and not vocabulary:
            return self
        asked = model, channels, vocabulary
        if asked not in self._for_shows:
            settings = self.settings.model_copy(update={"model": model, "channels": channels})
            self._for_shows[asked] = self._like_this(settings, vocabulary)
        return self._for_shows[asked]

    def transcribe(
        self,
        audio: Path,
        *,
        episode_id: str,
        language: str | None,
        windows: ResultCache[RecognisedWindow],
        progress: Progress | None = None,
    ) -> Recognition:
        """Return the words of an audio file; see ``SpeechEngine``.

        Raises:
            WhisperError: The engine cannot be used.
            NetworkError: The engine is a server, and it gives no answer now.
            RefusedError: The engine is a server, and it refuses a part of this file.
            AudioError: The file is no audio.
        """
        hearing = _Hearing(engine=self, episode_id=episode_id, windows=windows)
        claimed_s = claimed_duration_s(audio) or 0.0
        passes: list[Recognition] = []
        sides: Sequence[int | None] = (0, 1) if self._is_apart(audio) else (None,)
        for side in sides:

            def tell(done_s: float, all_s: float) -> None:
                if progress is not None:
                    progress((len(passes) * all_s + done_s) / len(sides), all_s)

            spoken = next((one.language for one in passes if one.language), primary_language(language))
            sound = decode_pcm(audio) if side is None else own_voice(decode_stereo(audio), side)
            passes.append(hearing.heard(sound, language=spoken, claimed_s=claimed_s, tell=tell))
        return passes[0] if len(passes) == 1 else both_sides(*passes)

    def _is_apart(self, audio: Path) -> bool:
        if self.settings.channels == "mix" or channel_count(audio) != 2:
            return False
        return speaks_apart(*levels_by_side(decode_stereo(audio)))


def joined(windows: Sequence[RecognisedWindow], *, language: str | None, duration_s: float) -> Recognition:
    """Return what windows of one file give together."""
    costs = [window.cost_usd for window in windows if window.cost_usd is not None]
    return Recognition(
        segments=renumbered(believable(segment for window in windows for segment in window.segments)),
        language=language,
        duration_s=duration_s,
        compute_s=sum(window.compute_s for window in windows),
        has_times=all(window.has_times for window in windows),
        cost_usd=sum(costs) if costs else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hearing:
    """One engine on one file, with the windows that it finished before."""

    engine: WindowedEngine
    episode_id: str
    windows: ResultCache[RecognisedWindow]

    def heard(
        self, chunks: Iterable["Samples"], *, language: str | None, claimed_s: float, tell: Progress
    ) -> Recognition:
        """Return what is said in some sound; ``claimed_s`` is how long it may be."""
        sound = _Counted(chunks)
        done: list[RecognisedWindow] = []
        for group in _groups(audio_windows(sound, self.engine.cutting), self.engine.at_once):
            recognised = self._kept_or_made(group, language)
            # A language that was found holds for the rest: it is often found wrongly in music and short words.
            language = language or next((window.language for window in recognised if window.language), None)
            done.extend(recognised)
            tell(done[-1].end_s, max(claimed_s, done[-1].end_s))
        tell(sound.seconds, sound.seconds)
        return joined(done, language=language, duration_s=sound.seconds)

    def _kept_or_made(self, group: Sequence[AudioWindow], language: str | None) -> list[RecognisedWindow]:
        fingerprints = [self._fingerprint(window, language) for window in group]
        found = [self.windows.get(fingerprint) for fingerprint in fingerprints]
        # A run that was killed between two windows of a group had found their language already.
        known = language or next((window.language for window in found if window and window.language), None)
        missing = [place for place, kept in enumerate(found) if kept is None]
        if missing:
            heard = self.engine.recognised(
                [group[place] for place in missing], episode_id=self.episode_id, language=known
            )
            for number, window in heard:
                place = missing[number]
                self.windows.put(fingerprints[place], window)
                found[place] = window
        return [window for window in found if window is not None]

    def _fingerprint(self, window: AudioWindow, language: str | None) -> str:
        return fingerprint_of(
            {
                "sound": hashlib.sha256(window.samples.tobytes()).hexdigest(),
                "start": window.start,
                "end": window.end,
                "engine": self.engine.name,
                "model": self.engine.model,
                "language": language,
            }
            | ({"prompt": self.engine.prompt} if self.engine.prompt else {})
            | dict(self.engine.window_options)
        )


def _groups(windows: Iterator[AudioWindow], size: int) -> Iterator[list[AudioWindow]]:
    while group := list(islice(windows, size)):
        yield group


class _Counted:
    """Chunks of sound, and how long they were together so far."""

    def __init__(self, chunks: Iterable["Samples"]) -> None:
        self._chunks = chunks
        self._samples = 0

    @property
    def seconds(self) -> float:
        return self._samples / SAMPLE_RATE_HZ

    def __iter__(self) -> Iterator["Samples"]:
        for chunk in self._chunks:
            self._samples += len(chunk)
            yield chunk

"""faster-whisper as a speech engine: Whisper's models in CTranslate2's form, with small numbers on a CPU.

An extra, because it brings a second runtime and downloads models from another place. Each window is heard by itself,
with the package's own fallback; what it made up is heard again as ``fallback.py`` says for openai-whisper: hotter, and
without the prompt.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from podcast_insights.audio.decode import SAMPLE_RATE_HZ
from podcast_insights.errors import WhisperError
from podcast_insights.settings import TranscriptionSettings
from podcast_insights.transcripts.engines.fallback import (
    HIGHEST_COMPRESSION_RATIO,
    HIGHEST_NO_SPEECH_RATIO,
    LOWEST_LOGPROB,
    TEMPERATURES,
)
from podcast_insights.transcripts.engines.faster_model import (
    chosen_compute_type,
    find_device,
    load_faster,
    model_identity,
)
from podcast_insights.transcripts.engines.invented import fault_of, renumbered
from podcast_insights.transcripts.engines.levels import FRAME_SAMPLES, sounding_frames
from podcast_insights.transcripts.engines.placing import placed, rejected
from podcast_insights.transcripts.engines.windowed import Placed, WindowedEngine
from podcast_insights.transcripts.engines.windows import SHORT, AudioWindow, Cutting
from podcast_insights.transcripts.formats.text import plain_text
from podcast_insights.transcripts.languages import primary_language, whisper_code
from podcast_insights.transcripts.values import RecognisedWindow, Segment

# Raised when the same sound and model give other words, so that finished windows are not used any more.
ENGINE_VERSION = 1
# At higher temperatures words are drawn, and the same sound must give the same.
SEED = 0
# Where a window is heard again begins in the schedule: what was likely before would be likely again.
HOTTER = 2
FRAME_S = FRAME_SAMPLES / SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    segment: Segment
    temperature: float
    fault: str | None


class FasterWhisperEngine(WindowedEngine):
    """Nothing is loaded before the first window that needs it."""

    def __init__(self, settings: TranscriptionSettings, vocabulary: tuple[str, ...] = ()) -> None:
        """Keep the settings; a package that is not installed is found out, and reported, at the first window."""
        super().__init__(settings, vocabulary)
        self._failure: WhisperError | None = None

    @property
    def name(self) -> str:
        """The engine's name with the version of its rules."""
        return f"faster-whisper-{ENGINE_VERSION}"

    @property
    def model(self) -> str:
        """The model's name; of a folder, its name and the hash of its weights."""
        return model_identity(self.settings.model)

    @property
    def window_options(self) -> Mapping[str, str]:
        """The numbers that it reckons with, where the settings say which."""
        wanted = self.settings.compute_type
        return {} if wanted == "auto" else {"compute_type": wanted}

    @property
    def cutting(self) -> Cutting:
        """Whisper's own windows."""
        return SHORT

    def check(self) -> str:
        """Load the model, and return what was loaded.

        Raises:
            WhisperError: The package is not installed, or the model or the device cannot be used.
        """
        _, device, compute_type = self._ready()
        return f"transcription.model {self.settings.model} can be loaded on {device} in {compute_type}"

    def recognised(self, group: Sequence[AudioWindow], *, episode_id: str, language: str | None) -> Iterator[Placed]:
        """Yield the windows of a group, one after the other.

        Raises:
            WhisperError: The package is not installed, or the model or the device cannot be used.
        """
        model, device, _ = self._ready()
        spoken = _language_for(model, self.settings.model, language)
        try:
            spoken = spoken or _likely_language(model, group)
            for place, window in enumerate(group):
                yield place, self._heard(model, window, spoken)
        except (RuntimeError, ValueError) as error:
            raise WhisperError(
                f"faster-whisper ({self.settings.model} on {device}) failed on episode {episode_id}: {error}. Where "
                "memory is short, set transcription.model to a smaller one, transcription.compute_type to int8 or "
                "transcription.device to cpu."
            ) from error

    def _like_this(self, settings: TranscriptionSettings, vocabulary: tuple[str, ...]) -> "FasterWhisperEngine":
        return FasterWhisperEngine(settings, vocabulary)

    def _ready(self) -> tuple[Any, str, str]:
        """Return the model, its device and its numbers; a failure is remembered, so that a run tries once."""
        if self._failure is not None:
            raise self._failure
        try:
            device = find_device(self.settings.device)
            compute_type = chosen_compute_type(self.settings.compute_type, device)
            wanted = self.settings
            model = load_faster(wanted.model, device, compute_type, wanted.threads or 0, wanted.models_folder)
        except WhisperError as error:
            self._failure = error
            raise
        return model, device, compute_type

    def _heard(self, model: Any, window: AudioWindow, language: str) -> RecognisedWindow:
        started_s = time.perf_counter()
        first = self._read(model, window, language, TEMPERATURES, self.prompt)
        again: list[_Heard] = []
        if any(one.fault for one in first):
            again = self._read(model, window, language, TEMPERATURES[HOTTER:], None)
        # What was made up again says nothing against the rest of what was heard at first.
        believed = next((heard for heard in (again, first) if any(one.fault is None for one in heard)), [])
        segments = renumbered([placed(one.segment, window) for one in believed if one.fault is None])
        return RecognisedWindow(
            start_s=window.start / SAMPLE_RATE_HZ,
            end_s=window.end / SAMPLE_RATE_HZ,
            language=primary_language(language) if segments else None,
            segments=segments,
            compute_s=round(time.perf_counter() - started_s, 3),
            rejected=tuple(
                rejected(placed(one.segment, window), reason=one.fault, temperature=one.temperature)
                for one in (*first, *again)
                if one.fault
            ),
        )

    def _read(
        self, model: Any, window: AudioWindow, language: str, temperatures: Sequence[float], prompt: str | None
    ) -> list[_Heard]:
        import ctranslate2

        ctranslate2.set_random_seed(SEED)
        found, _ = model.transcribe(
            window.samples,
            language=language,
            beam_size=1,
            best_of=1,
            temperature=list(temperatures),
            compression_ratio_threshold=HIGHEST_COMPRESSION_RATIO,
            log_prob_threshold=LOWEST_LOGPROB,
            no_speech_threshold=HIGHEST_NO_SPEECH_RATIO,
            condition_on_previous_text=False,
            initial_prompt=prompt,
        )
        sounding = sounding_frames(window.samples)
        heard: list[_Heard] = []
        for one in found:
            text = plain_text(one.text)
            # Whisper itself drops words that it gives no time.
            if text and one.end > one.start:
                segment = Segment(index=0, start_s=float(one.start), end_s=float(one.end), text=text)
                fault = fault_of(segment, sounding=sounding, frame_s=FRAME_S, prompt=prompt)
                heard.append(_Heard(segment=segment, temperature=one.temperature, fault=fault))
        return heard


def _language_for(model: Any, name: str, language: str | None) -> str | None:
    """Return the language to recognise, None to find it out.

    Raises:
        WhisperError: The model reads only English and the show is in another language.
    """
    known = model.supported_languages
    if known == ["en"]:
        if language not in {None, "en"}:
            raise WhisperError(
                f"transcription.model is {name}, which knows only English, and the show is in {language}; "
                "set transcription.model to one without .en"
            )
        return "en"
    return whisper_code(language, known)


def _likely_language(model: Any, group: Sequence[AudioWindow]) -> str:
    """Return the language that is the likeliest over all windows of a group: one alone may be music."""
    likely: defaultdict[str, float] = defaultdict(float)
    for window in group:
        _, _, found = model.detect_language(window.samples)
        for language, ratio in found:
            likely[language] += ratio
    return max(likely, key=lambda language: likely[language])

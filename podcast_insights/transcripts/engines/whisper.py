"""openai-whisper as a speech engine: audio in windows, each window kept as soon as it is done.

Windows keep memory flat (Whisper itself would hold three hours of samples and their spectrum at once) and make a
killed run resumable. The temperatures are left as Whisper has them: a single one switches its fallback off, and with
it most of its accuracy on hard audio. No window is given the text of the one before it: a loop would spread.
"""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podcast_insights.audio.decode import SAMPLE_RATE_HZ, claimed_duration_s, decode_pcm
from podcast_insights.errors import WhisperError
from podcast_insights.fingerprints import ResultCache, fingerprint_of
from podcast_insights.settings import TranscriptionSettings
from podcast_insights.transcripts.engines import Progress, Recognition
from podcast_insights.transcripts.engines.invented import believable, renumbered
from podcast_insights.transcripts.engines.whisper_model import find_device, load_model, model_identity
from podcast_insights.transcripts.engines.windows import AudioWindow, audio_windows, is_silent
from podcast_insights.transcripts.formats.text import plain_text
from podcast_insights.transcripts.languages import primary_language
from podcast_insights.transcripts.values import RecognisedWindow, Segment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Raised when the same sound and model give other words, so that finished windows are not used any more.
ENGINE_VERSION = 1
# At higher temperatures Whisper draws its words, and the same sound must give the same.
SEED = 0


class WhisperEngine:
    """Satisfies ``engines.SpeechEngine``. Nothing is loaded before the first window that needs it."""

    def __init__(self, settings: TranscriptionSettings) -> None:
        """Keep the settings; a model that cannot be loaded is found out, and reported, at the first window."""
        self._settings = settings
        self._failure: WhisperError | None = None

    @property
    def name(self) -> str:
        """The engine's name with the version of its rules."""
        return f"whisper-{ENGINE_VERSION}"

    @property
    def model(self) -> str:
        """The model's name; of a checkpoint file, its name and the hash of its content."""
        return model_identity(self._settings.model)

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
            WhisperError: The model or the device cannot be used.
            AudioError: The file is no audio.
        """
        spoken = primary_language(language)
        claimed_s = claimed_duration_s(audio) or 0.0
        done: list[RecognisedWindow] = []
        for window in audio_windows(decode_pcm(audio), self._settings.window_minutes * 60):
            recognised = self._kept_or_made(window, episode_id, spoken, windows)
            # A language that was found holds for the rest: it is often found wrongly in music and short words.
            spoken = spoken or recognised.language
            done.append(recognised)
            if progress is not None:
                progress(recognised.end_s, max(claimed_s, recognised.end_s))
        return Recognition(
            segments=renumbered(believable(segment for window in done for segment in window.segments)),
            language=spoken,
            duration_s=done[-1].end_s,
            compute_s=sum(window.compute_s for window in done),
        )

    def _kept_or_made(
        self, window: AudioWindow, episode_id: str, language: str | None, windows: ResultCache[RecognisedWindow]
    ) -> RecognisedWindow:
        fingerprint = fingerprint_of(
            {
                "sound": hashlib.sha256(window.samples.tobytes()).hexdigest(),
                "start": window.start,
                "end": window.end,
                "engine": self.name,
                "model": self.model,
                "language": language,
            }
        )
        kept = windows.get(fingerprint)
        if kept is None:
            kept = self._recognised(window, episode_id, language)
            windows.put(fingerprint, kept)
        return kept

    def _recognised(self, window: AudioWindow, episode_id: str, language: str | None) -> RecognisedWindow:
        start_s, end_s = window.start / SAMPLE_RATE_HZ, window.end / SAMPLE_RATE_HZ
        empty = RecognisedWindow(start_s=start_s, end_s=end_s, language=None, segments=(), compute_s=0.0)
        if is_silent(window.samples):
            return empty
        model, device = self._ready()
        started_s = time.perf_counter()
        result = self._run(model, device, window.samples, episode_id, language)
        segments = _segments(result["segments"], start_s, end_s)
        return replace(
            empty,
            language=primary_language(result["language"]) if segments else None,
            segments=segments,
            compute_s=round(time.perf_counter() - started_s, 3),
        )

    def _ready(self) -> tuple[Any, str]:
        """Return the model and its device; a failure is remembered, so that a run does not try for each episode."""
        if self._failure is not None:
            raise self._failure
        try:
            device = find_device(self._settings.device)
            model = load_model(self._settings.model, device, self._settings.models_folder)
        except WhisperError as error:
            self._failure = error
            raise
        if self._settings.threads is not None:
            import torch

            torch.set_num_threads(self._settings.threads)
        return model, device

    def _run(
        self, model: Any, device: str, samples: "NDArray[np.float32]", episode_id: str, language: str | None
    ) -> dict[str, Any]:
        import torch
        import whisper

        spoken = _language_for(model, self._settings.model, language)
        is_cuda = device.startswith("cuda")
        try:
            with torch.random.fork_rng(devices=[torch.device(device)] if is_cuda else []):
                torch.manual_seed(SEED)
                result: dict[str, Any] = whisper.transcribe(
                    model, samples, language=spoken, condition_on_previous_text=False, fp16=is_cuda, verbose=None
                )
        except (RuntimeError, ValueError, AssertionError) as error:
            raise WhisperError(
                f"Whisper ({self._settings.model} on {device}) failed on episode {episode_id}: {error}. "
                "Where memory is short, set transcription.model to a smaller one or transcription.device to cpu."
            ) from error
        return result


def _language_for(model: Any, name: str, language: str | None) -> str | None:
    """Return the language to recognise, None to find it out.

    Raises:
        WhisperError: The model reads only English and the show is in another language.
    """
    from whisper.tokenizer import LANGUAGES

    if not model.is_multilingual:
        if language not in {None, "en"}:
            raise WhisperError(
                f"transcription.model is {name}, which knows only English, and the show is in {language}; "
                "set transcription.model to one without .en"
            )
        return "en"
    return language if language in LANGUAGES else None


def _segments(found: Sequence[dict[str, Any]], start_s: float, end_s: float) -> tuple[Segment, ...]:
    """Return Whisper's segments on the file's time line, within their window."""
    placed = []
    for index, segment in enumerate(found):
        begin_s = min(end_s, start_s + max(0.0, float(segment["start"])))
        finish_s = min(end_s, max(begin_s, start_s + float(segment["end"])))
        placed.append(
            Segment(
                index=index,
                start_s=round(begin_s, 3),
                end_s=round(finish_s, 3),
                text=plain_text(str(segment["text"])),
            )
        )
    return believable(placed)

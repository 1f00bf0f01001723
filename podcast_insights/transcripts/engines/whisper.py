"""openai-whisper as a speech engine: audio in windows, recognised in groups, each window kept as soon as it is done.

Windows keep memory flat (Whisper itself would hold three hours of samples and their spectrum at once) and make a
killed run resumable: it loses the group in hand. No window is given the text of the one before it: a loop would
spread, and windows could not be decoded beside each other. How a group is heard is ``listener.py``.
"""

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podcast_insights.audio.decode import SAMPLE_RATE_HZ, claimed_duration_s, decode_pcm
from podcast_insights.errors import WhisperError
from podcast_insights.fingerprints import ResultCache, fingerprint_of
from podcast_insights.settings import ShowSettings, TranscriptionSettings
from podcast_insights.transcripts.engines import Progress, Recognition
from podcast_insights.transcripts.engines.batches import Batches
from podcast_insights.transcripts.engines.invented import believable, renumbered
from podcast_insights.transcripts.engines.listener import Heard, Listener
from podcast_insights.transcripts.engines.whisper_model import find_device, load_model, model_identity
from podcast_insights.transcripts.engines.windows import AudioWindow, audio_windows
from podcast_insights.transcripts.languages import primary_language
from podcast_insights.transcripts.values import RecognisedWindow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Raised when the same sound and model give other words, so that finished windows are not used any more.
ENGINE_VERSION = 2


class WhisperEngine:
    """Satisfies ``engines.SpeechEngine``. Nothing is loaded before the first window that needs it."""

    def __init__(self, settings: TranscriptionSettings, vocabulary: tuple[str, ...] = ()) -> None:
        """Keep the settings; a model that cannot be loaded is found out, and reported, at the first window."""
        self._settings = settings
        self._prompt = ", ".join(vocabulary) or None
        self._batches = Batches(settings.batch_size)
        self._failure: WhisperError | None = None
        self._for_shows: dict[tuple[str, tuple[str, ...]], WhisperEngine] = {}

    @property
    def name(self) -> str:
        """The engine's name with the version of its rules."""
        return f"whisper-{ENGINE_VERSION}"

    @property
    def model(self) -> str:
        """The model's name; of a checkpoint file, its name and the hash of its content."""
        return model_identity(self._settings.model)

    def for_show(self, show: ShowSettings | None) -> "WhisperEngine":
        """Return the engine with the model and the vocabulary of a show."""
        model = (show.model if show else None) or self._settings.model
        vocabulary = show.vocabulary if show else ()
        if model == self._settings.model and not vocabulary:
            return self
        if (model, vocabulary) not in self._for_shows:
            settings = self._settings.model_copy(update={"model": model})
            self._for_shows[model, vocabulary] = WhisperEngine(settings, vocabulary)
        return self._for_shows[model, vocabulary]

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
        sound = _Counted(decode_pcm(audio))
        done: list[RecognisedWindow] = []
        for group in _groups(audio_windows(sound), self._settings.batch_size):
            recognised = self._kept_or_made(group, episode_id, spoken, windows)
            # A language that was found holds for the rest: it is often found wrongly in music and short words.
            spoken = spoken or next((window.language for window in recognised if window.language), None)
            done.extend(recognised)
            if progress is not None:
                progress(done[-1].end_s, max(claimed_s, done[-1].end_s))
        if progress is not None:
            progress(sound.seconds, sound.seconds)
        return Recognition(
            segments=renumbered(believable(segment for window in done for segment in window.segments)),
            language=spoken,
            duration_s=sound.seconds,
            compute_s=sum(window.compute_s for window in done),
        )

    def _kept_or_made(
        self,
        group: Sequence[AudioWindow],
        episode_id: str,
        language: str | None,
        windows: ResultCache[RecognisedWindow],
    ) -> list[RecognisedWindow]:
        fingerprints = [self._fingerprint(window, language) for window in group]
        found = [windows.get(fingerprint) for fingerprint in fingerprints]
        # A run that was killed between two windows of a group had found their language already.
        known = language or next((window.language for window in found if window and window.language), None)
        missing = [window for window, kept in zip(group, found, strict=True) if kept is None]
        made = iter(self._recognised(missing, episode_id, known) if missing else ())
        recognised = []
        for fingerprint, kept in zip(fingerprints, found, strict=True):
            window = kept or next(made)
            if kept is None:
                windows.put(fingerprint, window)
            recognised.append(window)
        return recognised

    def _fingerprint(self, window: AudioWindow, language: str | None) -> str:
        return fingerprint_of(
            {
                "sound": hashlib.sha256(window.samples.tobytes()).hexdigest(),
                "start": window.start,
                "end": window.end,
                "engine": self.name,
                "model": self.model,
                "language": language,
            }
            | ({"prompt": self._prompt} if self._prompt else {})
        )

    def _recognised(
        self, group: Sequence[AudioWindow], episode_id: str, language: str | None
    ) -> list[RecognisedWindow]:
        model, device = self._ready()
        started_s = time.perf_counter()
        heard, spoken = self._heard(model, device, group, episode_id, language)
        used_s = time.perf_counter() - started_s
        samples = sum(len(window.samples) for window in group)
        return [
            RecognisedWindow(
                start_s=window.start / SAMPLE_RATE_HZ,
                end_s=window.end / SAMPLE_RATE_HZ,
                language=spoken if one.segments else None,
                segments=renumbered(one.segments),
                compute_s=round(used_s * len(window.samples) / samples, 3),
                rejected=one.rejected,
            )
            for window, one in zip(group, heard, strict=True)
        ]

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

    def _heard(
        self, model: Any, device: str, group: Sequence[AudioWindow], episode_id: str, language: str | None
    ) -> tuple[list[Heard], str | None]:
        import torch

        listener = Listener(
            model,
            dtype=torch.float16 if device.startswith("cuda") else torch.float32,
            batches=self._batches,
            language=_language_for(model, self._settings.model, language),
            prompt=self._prompt,
        )
        try:
            heard = listener.hear(group)
        except (RuntimeError, ValueError, AssertionError) as error:
            raise WhisperError(
                f"Whisper ({self._settings.model} on {device}) failed on episode {episode_id}: {error}. "
                "Where memory is short, set transcription.batch_size to 1, transcription.model to a smaller one or "
                "transcription.device to cpu."
            ) from error
        return heard, primary_language(listener.language)


def _groups(windows: Iterator[AudioWindow], size: int) -> Iterator[list[AudioWindow]]:
    while group := list(islice(windows, size)):
        yield group


class _Counted:
    """Chunks of sound, and how long they were together so far."""

    def __init__(self, chunks: Iterable["NDArray[np.float32]"]) -> None:
        self._chunks = chunks
        self._samples = 0

    @property
    def seconds(self) -> float:
        return self._samples / SAMPLE_RATE_HZ

    def __iter__(self) -> Iterator["NDArray[np.float32]"]:
        for chunk in self._chunks:
            self._samples += len(chunk)
            yield chunk


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

"""openai-whisper as a speech engine: windows of up to 30 s, recognised in groups.

No window is given the text of the one before it: a loop would spread, and windows could not be decoded beside each
other. Whisper itself would hold three hours of samples and their spectrum at once. How a group is heard is
``listener.py``, how a file is gone through ``windowed.py``.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from podcast_insights.audio.decode import SAMPLE_RATE_HZ
from podcast_insights.errors import WhisperError
from podcast_insights.settings import TranscriptionSettings
from podcast_insights.transcripts.engines.batches import Batches
from podcast_insights.transcripts.engines.invented import renumbered
from podcast_insights.transcripts.engines.listener import Heard, Listener
from podcast_insights.transcripts.engines.whisper_model import find_device, load_model, model_identity
from podcast_insights.transcripts.engines.windowed import Placed, WindowedEngine
from podcast_insights.transcripts.engines.windows import SHORT, AudioWindow, Cutting
from podcast_insights.transcripts.languages import primary_language, whisper_code
from podcast_insights.transcripts.values import RecognisedWindow

# Raised when the same sound and model give other words, so that finished windows are not used any more.
ENGINE_VERSION = 2


class WhisperEngine(WindowedEngine):
    """Nothing is loaded before the first window that needs it."""

    def __init__(self, settings: TranscriptionSettings, vocabulary: tuple[str, ...] = ()) -> None:
        """Keep the settings; a model that cannot be loaded is found out, and reported, at the first window."""
        super().__init__(settings, vocabulary)
        self._batches = Batches(settings.batch_size)
        self._failure: WhisperError | None = None

    @property
    def name(self) -> str:
        """The engine's name with the version of its rules."""
        return f"whisper-{ENGINE_VERSION}"

    @property
    def model(self) -> str:
        """The model's name; of a checkpoint file, its name and the hash of its content."""
        return model_identity(self.settings.model)

    @property
    def window_options(self) -> Mapping[str, str]:
        """Whether sentences have the times of their words."""
        return {"words": "timed"} if self.settings.word_times else {}

    @property
    def cutting(self) -> Cutting:
        """Whisper's own windows."""
        return SHORT

    def check(self) -> str:
        """Load the model, and return what was loaded.

        Raises:
            WhisperError: The model or the device cannot be used.
        """
        self._ready()
        return f"transcription.model {self.settings.model} can be loaded"

    def _like_this(self, settings: TranscriptionSettings, vocabulary: tuple[str, ...]) -> "WhisperEngine":
        return WhisperEngine(settings, vocabulary)

    def recognised(self, group: Sequence[AudioWindow], *, episode_id: str, language: str | None) -> Iterator[Placed]:
        """Yield the windows of a group, which are done at the same time.

        Raises:
            WhisperError: The model or the device cannot be used.
        """
        model, device = self._ready()
        started_s = time.perf_counter()
        heard, spoken = self._heard(model, device, group, episode_id, language)
        used_s = time.perf_counter() - started_s
        samples = sum(len(window.samples) for window in group)
        for place, (window, one) in enumerate(zip(group, heard, strict=True)):
            yield (
                place,
                RecognisedWindow(
                    start_s=window.start / SAMPLE_RATE_HZ,
                    end_s=window.end / SAMPLE_RATE_HZ,
                    language=spoken if one.segments else None,
                    segments=renumbered(one.segments),
                    compute_s=round(used_s * len(window.samples) / samples, 3),
                    rejected=one.rejected,
                ),
            )

    def _ready(self) -> tuple[Any, str]:
        """Return the model and its device; a failure is remembered, so that a run does not try for each episode."""
        if self._failure is not None:
            raise self._failure
        try:
            device = find_device(self.settings.device)
            model = load_model(self.settings.model, device, self.settings.models_folder)
        except WhisperError as error:
            self._failure = error
            raise
        if self.settings.word_times and device == "mps":
            # Whisper aligns words in 64 bits and with a sparse tensor, and Apple's GPU has neither.
            self._failure = WhisperError(
                "transcription.word_times does not work on Apple's GPU; set it to false, or transcription.device to cpu"
            )
            raise self._failure
        if self.settings.threads is not None:
            import torch

            torch.set_num_threads(self.settings.threads)
        return model, device

    def _heard(
        self, model: Any, device: str, group: Sequence[AudioWindow], episode_id: str, language: str | None
    ) -> tuple[list[Heard], str | None]:
        import torch

        listener = Listener(
            model,
            dtype=torch.float16 if device.startswith("cuda") else torch.float32,
            batches=self._batches,
            language=_language_for(model, self.settings.model, language),
            prompt=self.prompt,
            word_times=self.settings.word_times,
        )
        try:
            heard = listener.hear(group)
        except (RuntimeError, ValueError, AssertionError) as error:
            raise WhisperError(
                f"Whisper ({self.settings.model} on {device}) failed on episode {episode_id}: {error}. "
                "Where memory is short, set transcription.batch_size to 1, transcription.model to a smaller one or "
                "transcription.device to cpu."
            ) from error
        return heard, primary_language(listener.language)


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
    return whisper_code(language, LANGUAGES)

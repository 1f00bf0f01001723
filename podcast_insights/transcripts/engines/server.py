"""Any OpenAI-compatible transcription server as a speech engine: a file in parts that the server takes.

Parts are minutes long, because each is a request, and no longer than the server's limits on files and on answers. A
part is kept as soon as its answer is there, so nothing is paid twice but what was under way when a run was killed.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING

from podcast_insights.audio.decode import SAMPLE_RATE_HZ
from podcast_insights.audio.encode import LARGEST_BYTES_PER_S, flac_bytes
from podcast_insights.errors import PodcastInsightsError, TranscriptError, WhisperError
from podcast_insights.settings import TranscriptionSettings
from podcast_insights.transcripts.engines.invented import fault_of, renumbered
from podcast_insights.transcripts.engines.levels import FRAME_SAMPLES, sounding_frames
from podcast_insights.transcripts.engines.placing import placed, rejected
from podcast_insights.transcripts.engines.server_answers import Answer, read_answer
from podcast_insights.transcripts.engines.server_client import TranscriptionClient
from podcast_insights.transcripts.engines.spending import Spending
from podcast_insights.transcripts.engines.windowed import Placed, WindowedEngine
from podcast_insights.transcripts.engines.windows import AudioWindow, Cutting
from podcast_insights.transcripts.languages import primary_language
from podcast_insights.transcripts.values import RecognisedWindow

if TYPE_CHECKING:
    from podcast_insights.transcripts.engines.levels import Frames

# Raised when the same sound and model give other words, so that finished parts are not used any more.
ENGINE_VERSION = 1
# Each holds minutes of samples, and a small server would only let more of them wait.
MOST_AT_ONCE = 4
# Silence is paid for like speech, and each pause that is left out makes another request.
LONG_PAUSE_FRAMES = 10 * SAMPLE_RATE_HZ // FRAME_SAMPLES
# Names of the file's fields and tables, whatever its length.
HEADER_BYTES = 64 * 1024
FRAME_S = FRAME_SAMPLES / SAMPLE_RATE_HZ


class ServerEngine(WindowedEngine):
    """Nothing is asked before the first part that is not kept."""

    def __init__(
        self,
        settings: TranscriptionSettings,
        vocabulary: tuple[str, ...] = (),
        *,
        api_key: str | None = None,
        max_retries: int = 4,
        spending: Spending | None = None,
    ) -> None:
        """Keep the settings; a key that is not accepted is found out, and reported, at the first part."""
        super().__init__(settings, vocabulary)
        self._api_key = api_key
        self._max_retries = max_retries
        # One for all shows of a run.
        self._spending = spending or Spending(settings.max_usd_per_run)
        self._client: TranscriptionClient | None = None
        self._failure: WhisperError | None = None

    @property
    def name(self) -> str:
        """The engine's name with the version of its rules."""
        return f"openai-{ENGINE_VERSION}"

    @property
    def cutting(self) -> Cutting:
        """Parts that no server refuses for their size, whatever is in them."""
        longest_s = min(self.settings.part_s, (self.settings.max_upload_bytes - HEADER_BYTES) / LARGEST_BYTES_PER_S)
        return Cutting(longest_samples=int(longest_s * SAMPLE_RATE_HZ), long_pause_frames=LONG_PAUSE_FRAMES)

    @property
    def at_once(self) -> int:
        """How many requests are under way at once."""
        return min(self.settings.batch_size, MOST_AT_ONCE)

    def recognised(self, group: Sequence[AudioWindow], *, episode_id: str, language: str | None) -> Iterator[Placed]:
        """Yield each part as its answer comes; where one fails, the others of its group are waited for and kept.

        Raises:
            WhisperError: The key, the model or the address is wrong, or the quota or what a run may spend is used up.
            NetworkError: The server gives no answer now.
            RefusedError: The server refuses a part.
            TranscriptError: The answer is no transcription.
        """
        client = self._ready()
        failure: PodcastInsightsError | None = None
        with ThreadPoolExecutor(len(group), thread_name_prefix="transcription") as pool:
            asked = {
                pool.submit(self._heard, client, window, episode_id, language): place
                for place, window in enumerate(group)
            }
            for answered in as_completed(asked):
                try:
                    window = answered.result()
                except PodcastInsightsError as error:
                    failure = failure or error
                else:
                    yield asked[answered], window
        if isinstance(failure, WhisperError):
            # The next episode would be refused alike.
            self._failure = failure
        if failure is not None:
            raise failure

    def check(self) -> str:
        """Have a second of silence heard, and return what was reached.

        Raises:
            PodcastInsightsError: The server cannot be used; the message says why.
        """
        import numpy as np

        client = self._ready()
        client.ask(
            flac_bytes(np.zeros(SAMPLE_RATE_HZ, dtype=np.float32)),
            language=None,
            prompt=None,
            about="a second of silence",
        )
        return f"transcription.model {self.model} answers at {client.address}"

    def _like_this(self, settings: TranscriptionSettings, vocabulary: tuple[str, ...]) -> "ServerEngine":
        return ServerEngine(
            settings, vocabulary, api_key=self._api_key, max_retries=self._max_retries, spending=self._spending
        )

    def _ready(self) -> TranscriptionClient:
        if self._failure is not None:
            raise self._failure
        if self._client is None:
            self._client = TranscriptionClient(
                model=self.model,
                base_url=self.settings.base_url,
                api_key=self._api_key,
                timeout_s=self.settings.timeout_s,
                max_retries=self._max_retries,
            )
        return self._client

    def _heard(
        self, client: TranscriptionClient, window: AudioWindow, episode_id: str, language: str | None
    ) -> RecognisedWindow:
        sounding = sounding_frames(window.samples)
        started_s = time.perf_counter()
        answer = self._answered(client, window, sounding, episode_id, language)
        used_s = time.perf_counter() - started_s
        faults = [fault_of(one, sounding=sounding, frame_s=FRAME_S, prompt=self.prompt) for one in answer.segments]
        pairs = [*zip(answer.segments, faults, strict=True), *((one, "silence") for one in answer.silent)]
        kept = [placed(one, window) for one, fault in pairs if fault is None]
        return RecognisedWindow(
            start_s=window.start / SAMPLE_RATE_HZ,
            end_s=window.end / SAMPLE_RATE_HZ,
            language=(language or language_code(answer.language)) if kept else None,
            segments=renumbered(kept),
            compute_s=round(used_s, 3),
            rejected=tuple(
                rejected(placed(one, window), reason=fault, temperature=0.0)
                for one, fault in pairs
                if fault is not None
            ),
            has_times=answer.has_times,
            cost_usd=self._price_usd(_length_s(window) if answer.billed_s is None else answer.billed_s),
        )

    def _answered(
        self,
        client: TranscriptionClient,
        window: AudioWindow,
        sounding: "Frames",
        episode_id: str,
        language: str | None,
    ) -> Answer:
        start_s = window.start / SAMPLE_RATE_HZ
        about = f"episode {episode_id}, {start_s:.0f} to {start_s + _length_s(window):.0f} s"
        with self._spending.of(self._price_usd(_length_s(window))):
            body = client.ask(flac_bytes(window.samples), language=language, prompt=self.prompt, about=about)
        try:
            return read_answer(body, sounding=sounding, frame_s=FRAME_S)
        except TranscriptError as error:
            raise TranscriptError(f"{self.model} at {client.address} cannot be read ({about}): {error}") from error

    def _price_usd(self, length_s: float) -> float | None:
        price = self.settings.usd_per_minute
        return None if price is None else length_s / 60 * price


def _length_s(window: AudioWindow) -> float:
    return len(window.samples) / SAMPLE_RATE_HZ


def language_code(name: str | None) -> str | None:
    """Return the code of a language that a server names, such as English or en-US; None where nobody knows it."""
    if not name:
        return None
    if len(name.replace("_", "-").split("-")[0]) <= 3:
        return primary_language(name)
    from whisper.tokenizer import TO_LANGUAGE_CODE

    return primary_language(TO_LANGUAGE_CODE.get(name.lower()))

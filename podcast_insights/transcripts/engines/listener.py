"""Hears windows with a loaded model: encoded once, decoded in batches, each window as often as its words are doubtful.

What is believed is decided in ``fallback.py`` and ``invented.py``, where words lie in ``timestamps.py``. This module
drives the model through those decisions.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from podcast_insights.audio.decode import SAMPLE_RATE_HZ
from podcast_insights.transcripts.engines.batches import Batches
from podcast_insights.transcripts.engines.decoding import Decoded, decode, encode, likely_language
from podcast_insights.transcripts.engines.fallback import Attempt, says_nothing, weakness_of
from podcast_insights.transcripts.engines.invented import fault_of
from podcast_insights.transcripts.engines.levels import FRAME_SAMPLES, sounding_frames
from podcast_insights.transcripts.engines.placing import placed, rejected
from podcast_insights.transcripts.engines.timestamps import timed_tokens
from podcast_insights.transcripts.engines.windows import AudioWindow
from podcast_insights.transcripts.engines.words import aligned_words, in_sentences
from podcast_insights.transcripts.formats.text import plain_text
from podcast_insights.transcripts.values import RejectedText, Segment

if TYPE_CHECKING:
    from podcast_insights.transcripts.engines.levels import Frames

FRAME_S = FRAME_SAMPLES / SAMPLE_RATE_HZ
MARK_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was heard in one window; times are from the start of the file."""

    segments: tuple[Segment, ...]
    rejected: tuple[RejectedText, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A window or the rest of one: which window it is of, and where there is sound in it."""

    origin: int
    window: AudioWindow
    sounding: "Frames"

    @property
    def span_s(self) -> tuple[float, float]:
        return round(self.window.start / SAMPLE_RATE_HZ, 3), round(self.window.end / SAMPLE_RATE_HZ, 3)

    def rest(self, rest_s: float) -> "_Part":
        start = round(rest_s * SAMPLE_RATE_HZ)
        window = AudioWindow(start=self.window.start + start, samples=self.window.samples[start:])
        return replace(self, window=window, sounding=self.sounding[start // FRAME_SAMPLES :])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What the model's words for a part come to, with times in that part, and why they are doubtful."""

    segments: tuple[Segment, ...]
    tokens: tuple[tuple[int, ...], ...]
    faults: tuple[str | None, ...]
    rest_s: float | None
    weakness: str | None
    is_invented: bool


class Listener:
    """A model that hears in one language, told the same prompt for each window."""

    def __init__(
        self,
        model: Any,
        *,
        dtype: Any,
        batches: Batches,
        language: str | None,
        prompt: str | None,
        word_times: bool = False,
    ) -> None:
        """Take a loaded model; ``language`` None means that the first windows tell it."""
        self._model = model
        self._dtype = dtype
        self._batches = batches
        self._prompt = prompt
        self._word_times = word_times
        self.language = language

    def hear(self, windows: Sequence[AudioWindow]) -> list[Heard]:
        """Return what is said in each window."""
        heard = [Heard(segments=(), rejected=()) for _ in windows]
        parts = [
            _Part(origin=at, window=window, sounding=sounding_frames(window.samples))
            for at, window in enumerate(windows)
        ]
        while parts:
            rests = []
            for part, (read, attempt, decoded) in zip(parts, self._believed(parts), strict=True):
                heard[part.origin] = _joined(heard[part.origin], part, read, attempt, decoded)
                if read.rest_s is not None:
                    rests.append(part.rest(read.rest_s))
            parts = [part for part in rests if part.sounding.any()]
        return heard

    def _believed(self, parts: Sequence[_Part]) -> list[tuple[_Read, Attempt, Decoded]]:
        features = self._encoded(parts)
        attempts = {at: Attempt() for at in range(len(parts))}
        done: dict[int, tuple[_Read, Attempt, Decoded]] = {}
        while attempts:
            alike: defaultdict[tuple[float, bool], list[int]] = defaultdict(list)
            for at, attempt in attempts.items():
                alike[attempt.temperature, attempt.has_prompt].append(at)
            for (temperature, has_prompt), places in sorted(alike.items()):
                for at, decoded in zip(places, self._decoded(features, places, temperature, has_prompt), strict=True):
                    attempt = attempts.pop(at)
                    read = self._read(decoded, parts[at], has_prompt=has_prompt)
                    if read.weakness is None or attempt.is_last:
                        done[at] = self._timed(read, features[at]), attempt, decoded
                    else:
                        attempts[at] = attempt.after(
                            decoded, read.weakness, is_invented=read.is_invented, span_s=parts[at].span_s
                        )
        return [done[at] for at in range(len(parts))]

    def _encoded(self, parts: Sequence[_Part]) -> list[Any]:
        features = self._batches.run(
            [part.window.samples for part in parts],
            lambda samples: encode(self._model, samples, dtype=self._dtype),
        )
        if self.language is None:
            self.language = likely_language(self._model, features)
        return features

    def _decoded(
        self, features: Sequence[Any], places: Sequence[int], temperature: float, has_prompt: bool
    ) -> list[Decoded]:
        def work(batch: Sequence[int]) -> list[Decoded]:
            return decode(
                self._model,
                [features[at] for at in batch],
                language=self.language or "en",
                temperature=temperature,
                prompt=self._prompt if has_prompt else None,
            )

        return self._batches.run(places, work)

    def _read(self, decoded: Decoded, part: _Part, *, has_prompt: bool) -> _Read:
        if says_nothing(decoded):
            return _Read(segments=(), tokens=(), faults=(), rest_s=None, weakness=None, is_invented=False)
        tokenizer = self._tokenizer()
        found, rest_s = timed_tokens(
            decoded.tokens,
            first_mark=tokenizer.timestamp_begin,
            mark_s=MARK_S,
            window_s=len(part.window.samples) / SAMPLE_RATE_HZ,
        )
        pairs = [
            (
                Segment(
                    index=0,
                    start_s=one.start_s,
                    end_s=max(one.start_s, one.end_s),
                    text=plain_text(tokenizer.decode([token for token in one.tokens if token < tokenizer.eot])),
                ),
                one.tokens,
            )
            for one in found
        ]
        # Whisper itself drops words that it gives no time.
        pairs = [(one, tokens) for one, tokens in pairs if one.text.strip() and one.end_s > one.start_s]
        spoken = tuple(one for one, _ in pairs)
        prompt = self._prompt if has_prompt else None
        faults = tuple(fault_of(one, sounding=part.sounding, frame_s=FRAME_S, prompt=prompt) for one in spoken)
        weakness = weakness_of(decoded)
        invented = next((fault for fault in faults if fault), None)
        return _Read(
            segments=spoken,
            tokens=tuple(tokens for _, tokens in pairs),
            faults=faults,
            rest_s=rest_s,
            weakness=weakness or invented,
            is_invented=weakness is None and invented is not None,
        )

    def _timed(self, read: _Read, features: Any) -> _Read:
        """Return what was read in sentences, with the times of their words, where these are wanted."""
        if not self._word_times or not read.segments:
            return read
        spans_s = [(one.start_s, one.end_s) for one in read.segments]
        words = aligned_words(self._model, self._tokenizer(), features, read.tokens, spans_s)
        parts = [
            (part, fault)
            for segment, fault, said in zip(read.segments, read.faults, words, strict=True)
            for part in in_sentences(segment, said)
        ]
        return replace(
            read, segments=tuple(part for part, _ in parts), faults=tuple(fault for _, fault in parts), tokens=()
        )

    def _tokenizer(self) -> Any:
        from whisper.tokenizer import get_tokenizer

        model = self._model
        return get_tokenizer(model.is_multilingual, num_languages=model.num_languages, language=self.language)


def _joined(heard: Heard, part: _Part, read: _Read, attempt: Attempt, decoded: Decoded) -> Heard:
    """Return what a window gave so far with what one part of it gives."""
    pairs = [(placed(one, part.window), fault) for one, fault in zip(read.segments, read.faults, strict=True)]
    kept = [one for one, fault in pairs if fault is None]
    doubted = [
        rejected(one, reason=fault, temperature=decoded.temperature) for one, fault in pairs if fault is not None
    ]
    return Heard(segments=(*heard.segments, *kept), rejected=(*heard.rejected, *attempt.rejected, *doubted))

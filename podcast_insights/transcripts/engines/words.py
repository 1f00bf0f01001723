"""Times of single words, so that a sentence begins when its first word does and not when its segment does.

Whisper marks times between segments of several sentences; within one, a quote's second is reckoned by its place in the
text. With the times of words, a segment is cut at its sentence ends instead. The words themselves are not kept: what
follows works with segments. Finding the times is the recogniser's; here the cut is made, which is pure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from podcast_insights.transcripts.formats.text import plain_text
from podcast_insights.transcripts.values import Segment

_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’)\]」』]*$")
FRAMES_PER_S = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word as the recogniser wrote it, with the white space before it, and when it is said."""

    text: str
    start_s: float
    end_s: float


def in_sentences(segment: Segment, words: Sequence[Word]) -> tuple[Segment, ...]:
    """Return a segment cut at its sentence ends, each with the times of its words.

    Where the words are not those of the segment, or their times go back, it stays as it is.
    """
    sentences = list(_sentences(words))
    parts = tuple(
        replace(segment, start_s=sentence[0].start_s, end_s=sentence[-1].end_s, text=_text_of(sentence))
        for sentence in sentences
    )
    times = [time for part in parts for time in (part.start_s, part.end_s)]
    if " ".join(part.text for part in parts) != segment.text or times != sorted(times):
        return (segment,)
    return parts


def aligned_words(
    model: Any, tokenizer: Any, features: Any, tokens: Sequence[Sequence[int]], spans_s: Sequence[tuple[float, float]]
) -> list[list[Word]]:
    """Return the words of the segments of one window, by where in it the model looked as it wrote them.

    Args:
        model: The Whisper model.
        tokenizer: Its tokenizer, in the spoken language.
        features: What the encoder made of the window, of shape (positions, width).
        tokens: What the model wrote for each segment, with its marks of time.
        spans_s: When each segment begins and ends, in seconds from the window's beginning.
    """
    from whisper.timing import add_word_timestamps

    segments: list[dict[str, Any]] = [
        {"seek": 0, "start": start_s, "end": end_s, "tokens": list(written)}
        for written, (start_s, end_s) in zip(tokens, spans_s, strict=True)
    ]
    add_word_timestamps(
        segments=segments,
        model=_Encoded(model),
        tokenizer=tokenizer,
        mel=features,
        num_frames=round(max(end_s for _, end_s in spans_s) * FRAMES_PER_S),
        last_speech_timestamp=0.0,
    )
    return [
        [Word(text=one["word"], start_s=float(one["start"]), end_s=float(one["end"])) for one in segment["words"]]
        for segment in segments
    ]


class _Encoded:
    """The model as Whisper's alignment calls it, for sound that is encoded already."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def __call__(self, features: Any, tokens: Any) -> Any:
        return self._model.decoder(tokens, features)


def _sentences(words: Sequence[Word]) -> Iterator[list[Word]]:
    sentence: list[Word] = []
    for word in words:
        sentence.append(word)
        if _SENTENCE_END.search(word.text):
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _text_of(words: Sequence[Word]) -> str:
    return plain_text("".join(word.text for word in words))

"""When what a model said of a window is not believed, and how that window is decoded again. Pure.

First Whisper's own rules with its own figures (``whisper.transcribe``): text that compresses too well, or that the
model itself finds improbable, is drawn again at the next temperature. Then ours (``invented.py``): words that nobody
can have said there are drawn again too, and without the prompt, which often is where they come from. Each window has
its own schedule: a doubtful one costs the others of its batch nothing.
"""

from dataclasses import dataclass, replace

from podcast_insights.transcripts.engines.decoding import Decoded
from podcast_insights.transcripts.values import RejectedText

# Whisper's defaults. A single temperature would switch the fallback off, and with it the accuracy on hard audio.
TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
HIGHEST_COMPRESSION_RATIO = 2.4
LOWEST_LOGPROB = -1.0
HIGHEST_NO_SPEECH_RATIO = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Where one window stands in the schedule: the step to take next, and what was rejected before."""

    step: int = 0
    has_prompt: bool = True
    rejected: tuple[RejectedText, ...] = ()

    @property
    def temperature(self) -> float:
        """How freely words are drawn at this step."""
        return TEMPERATURES[self.step]

    @property
    def is_last(self) -> bool:
        """Whether what comes now is kept, whatever it is."""
        return self.step + 1 == len(TEMPERATURES)

    def after(self, decoded: Decoded, weakness: str, *, is_invented: bool, span_s: tuple[float, float]) -> "Attempt":
        """Return the next attempt, with what was said now among the rejected."""
        text = RejectedText(
            start_s=span_s[0], end_s=span_s[1], reason=weakness, temperature=decoded.temperature, text=decoded.text
        )
        return replace(
            self,
            step=self.step + 1,
            has_prompt=self.has_prompt and not is_invented,
            rejected=(*self.rejected, text),
        )


def says_nothing(decoded: Decoded) -> bool:
    """Whether the model takes the window for silence, and its words for a guess."""
    return decoded.no_speech_ratio > HIGHEST_NO_SPEECH_RATIO and decoded.average_logprob <= LOWEST_LOGPROB


def weakness_of(decoded: Decoded) -> str | None:
    """Return why Whisper itself would decode the window again, None where it would not."""
    if says_nothing(decoded):
        return None
    if decoded.compression_ratio > HIGHEST_COMPRESSION_RATIO:
        return "repetitive"
    return "improbable" if decoded.average_logprob < LOWEST_LOGPROB else None

"""Long audio in windows: cut at the quietest point near a window's end, so that no word is cut in two.

Memory holds one window at a time. The cuts depend on the sound alone, so a second run finds the same windows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast_insights.audio.decode import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

SEARCHED_RATIO = 0.25
LONGEST_SEARCH_S = 30.0
QUIET_S = 0.3
STEP_S = 0.05
# About -60 dB of full scale: below the noise of any microphone that someone speaks into.
SILENCE_LEVEL = 0.001


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AudioWindow:
    """A stretch of sound and where it starts in the file, in samples."""

    start: int
    samples: "Samples"

    @property
    def end(self) -> int:
        """Where it ends, in samples."""
        return self.start + len(self.samples)


def audio_windows(chunks: Iterable["Samples"], window_s: float) -> Iterator[AudioWindow]:
    """Yield the sound of ``chunks`` in windows of at most ``window_s``."""
    import numpy as np

    length = max(1, round(window_s * SAMPLE_RATE_HZ))
    start = 0
    held: Samples = np.zeros(0, dtype=np.float32)
    for chunk in chunks:
        held = np.concatenate((held, chunk))
        while len(held) > length:
            cut = quietest_cut(held[:length])
            yield AudioWindow(start=start, samples=held[:cut])
            start += cut
            held = held[cut:]
    if len(held):
        yield AudioWindow(start=start, samples=held)


def quietest_cut(samples: "Samples") -> int:
    """Return the middle of the quietest stretch near the end of a window, in samples; of equals the last."""
    import numpy as np

    searched = min(round(LONGEST_SEARCH_S * SAMPLE_RATE_HZ), int(len(samples) * SEARCHED_RATIO))
    step, quiet_steps = round(STEP_S * SAMPLE_RATE_HZ), round(QUIET_S / STEP_S)
    steps = searched // step
    if steps <= quiet_steps:
        return len(samples)
    first = len(samples) - steps * step
    power = np.square(samples[first:], dtype=np.float64).reshape(steps, step).mean(axis=1)
    stretches = np.convolve(power, np.ones(quiet_steps), mode="valid")
    quietest = len(stretches) - 1 - int(np.argmin(stretches[::-1]))
    return first + quietest * step + (quiet_steps * step) // 2


def is_silent(samples: "Samples") -> bool:
    """Whether a window holds no sound at all, however faint: nothing to recognise, and models invent words there."""
    import numpy as np

    return not len(samples) or float(np.max(np.abs(samples))) < SILENCE_LEVEL

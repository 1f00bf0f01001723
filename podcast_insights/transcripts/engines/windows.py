"""Long audio in the windows that a recogniser hears at a time, cut in pauses, without long silence.

Memory holds one window at a time. The cuts depend on the sound alone, not on how it arrives, so a second run finds the
same windows. Silence is left out because it costs as much as speech, and models invent words there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast_insights.audio.decode import SAMPLE_RATE_HZ
from podcast_insights.transcripts.engines.levels import FRAME_SAMPLES, frame_levels, sounding_frames

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

# Speakers pause every few seconds; what is cut off before the end makes more windows, and each costs as much.
SEARCHED_RATIO = 1 / 6
QUIET_FRAMES = 6
# Left before the first sound and after the last: words begin and end softly.
MARGIN_FRAMES = 6
# A shorter silence at the beginning is not worth another look.
SKIPPED_SAMPLES = SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutting:
    """How long windows are at most, and how long a pause is that is left out between two."""

    longest_samples: int
    long_pause_frames: int


# What Whisper takes in at once; a pause of three seconds is a tenth of its work.
SHORT = Cutting(longest_samples=30 * SAMPLE_RATE_HZ, long_pause_frames=60)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AudioWindow:
    """A stretch of sound and where it starts in the file, in samples."""

    start: int
    samples: "Samples"

    @property
    def end(self) -> int:
        """Where it ends, in samples."""
        return self.start + len(self.samples)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The next window within some samples, empty where they hold no sound, and where to look on after it."""

    begin: int
    end: int
    resume: int


def audio_windows(chunks: Iterable["Samples"], cutting: Cutting = SHORT) -> Iterator[AudioWindow]:
    """Yield what there is to hear in ``chunks``, in order; what lies between the windows is silence."""
    import numpy as np

    start = 0
    held: Samples = np.zeros(0, dtype=np.float32)
    for chunk in chunks:
        held = np.concatenate((held, chunk))
        while len(held) > cutting.longest_samples:
            cut = next_cut(held[: cutting.longest_samples], cutting, is_last=False)
            yield from _window(held, start, cut)
            start, held = start + cut.resume, held[cut.resume :]
    while len(held):
        cut = next_cut(held, cutting, is_last=True)
        yield from _window(held, start, cut)
        start, held = start + cut.resume, held[cut.resume :]


def next_cut(samples: "Samples", cutting: Cutting, *, is_last: bool) -> Cut:
    """Return the first window in no more sound than a window holds; ``is_last`` where the file ends with it."""
    import numpy as np

    sounding = sounding_frames(samples)
    at = np.flatnonzero(sounding)
    if not len(at):
        return Cut(begin=0, end=0, resume=len(samples))
    begin = max(0, int(at[0]) - MARGIN_FRAMES) * FRAME_SAMPLES
    if begin > SKIPPED_SAMPLES and not is_last:
        return Cut(begin=0, end=0, resume=begin)
    pauses = np.flatnonzero(np.diff(np.append(at, len(sounding))) > cutting.long_pause_frames)
    if len(pauses):
        end = (int(at[pauses[0]]) + 1 + MARGIN_FRAMES) * FRAME_SAMPLES
        return Cut(begin=begin, end=end, resume=end)
    if is_last:
        end = min(len(samples), (int(at[-1]) + 1 + MARGIN_FRAMES) * FRAME_SAMPLES)
        return Cut(begin=begin, end=end, resume=len(samples))
    end = quietest_cut(samples)
    return Cut(begin=begin, end=end, resume=end)


def quietest_cut(samples: "Samples") -> int:
    """Return the middle of the quietest 0.3 s near the end of a window, in samples; of equals the last."""
    import numpy as np

    frames = int(len(samples) * SEARCHED_RATIO) // FRAME_SAMPLES
    if frames <= QUIET_FRAMES:
        return len(samples)
    first = len(samples) - frames * FRAME_SAMPLES
    stretches = np.convolve(np.square(frame_levels(samples[first:])), np.ones(QUIET_FRAMES), mode="valid")
    quietest = len(stretches) - 1 - int(np.argmin(stretches[::-1]))
    return first + (quietest * 2 + QUIET_FRAMES) * FRAME_SAMPLES // 2


def _window(held: "Samples", start: int, cut: Cut) -> Iterator[AudioWindow]:
    if cut.end > cut.begin:
        # A copy, so that a group of windows does not hold all that was read with them.
        yield AudioWindow(start=start + cut.begin, samples=held[cut.begin : cut.end].copy())

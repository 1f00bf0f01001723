"""Where there is sound in a stretch of audio, by its energy alone: no model, and the same answer on every machine.

It errs towards sound, because a word that is skipped is lost while silence that is recognised only costs time. So
music counts as sound; that nobody speaks there is for the recogniser to say (``fallback.py``).
"""

from typing import TYPE_CHECKING

from podcast_insights.audio.decode import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]
    Frames = NDArray[np.bool_]

FRAME_SAMPLES = SAMPLE_RATE_HZ // 20
# About -60 dB of full scale: below the noise of any microphone that someone speaks into.
SILENCE_LEVEL = 0.001
# Speech fades by some 40 dB within a sentence; what is fainter against the loudest frames is the room.
FAINT_RATIO = 0.01
LOUD_PERCENTILE = 95
# About -45 dB: however loud the rest is, whoever is louder than this may be speaking.
LOUDEST_SILENCE = 0.0056


def frame_levels(samples: "Samples") -> "NDArray[np.float64]":
    """Return the root mean square of each 50 ms; what is left over at the end is a frame of its own."""
    import numpy as np

    whole = len(samples) - len(samples) % FRAME_SAMPLES
    power = np.square(samples[:whole].reshape(-1, FRAME_SAMPLES), dtype=np.float64).mean(axis=1)
    if whole < len(samples):
        power = np.append(power, np.square(samples[whole:], dtype=np.float64).mean())
    levels: NDArray[np.float64] = np.sqrt(power)
    return levels


def sounding_frames(samples: "Samples") -> "Frames":
    """Return for each 50 ms whether there is sound, against the loudest parts of ``samples``."""
    import numpy as np

    levels = frame_levels(samples)
    if not len(levels):
        return np.zeros(0, dtype=np.bool_)
    faintest = float(np.percentile(levels, LOUD_PERCENTILE)) * FAINT_RATIO
    return levels > min(max(faintest, SILENCE_LEVEL), LOUDEST_SILENCE)

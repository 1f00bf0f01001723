"""Samples as a file in memory, for servers that take files.

FLAC, because every server reads it and nothing is lost. How much may be sent at once is decided by who sends.
"""

import io
from typing import TYPE_CHECKING

from podcast_insights.audio.decode import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# The most that a second can take: noise does not compress, so it is what 16 bits take, and 1 % for frames and headers.
LARGEST_BYTES_PER_S = round(2 * SAMPLE_RATE_HZ * 1.01)
BLOCK_SAMPLES = 4096


def flac_bytes(samples: "NDArray[np.float32]") -> bytes:
    """Return mono samples at 16 kHz as a FLAC file of 16 bits; what is louder than full scale is cut off."""
    import av
    import numpy as np

    pcm = np.round(np.clip(samples, -1.0, 1.0) * 32767).astype(np.int16)
    file = io.BytesIO()
    with av.open(file, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=SAMPLE_RATE_HZ, layout="mono", format="s16")
        for start in range(0, len(pcm), BLOCK_SAMPLES):
            frame = av.AudioFrame.from_ndarray(pcm[None, start : start + BLOCK_SAMPLES], format="s16", layout="mono")
            frame.sample_rate = SAMPLE_RATE_HZ
            frame.pts = start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()

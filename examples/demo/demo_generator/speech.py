"""Scripts become sound: espeak-ng speaks each sentence, and its measured place in the audio is kept.

The times are not estimated: each sentence is spoken on its own, its silent edges are cut off, and the pauses between
are ours, so a sentence starts at exactly the sample where it was laid. Encoding is Opus in Ogg at a rate meant for
speech, through PyAV; the ``bitexact`` flag keeps a random stream serial and the encoder's version out of the file.
"""

import shutil
import subprocess
import tempfile
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from demo_generator.scripts import EpisodeScript

if TYPE_CHECKING:
    import av
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.int16]

SPEECH_RATE_HZ = 22_050
OPUS_RATE_HZ = 24_000
BIT_RATE = 10_500
WORDS_PER_MINUTE = 158
LEAD_IN_S = 0.4
SENTENCE_PAUSE_S = 0.22
TURN_PAUSE_S = 0.55
SILENT_BELOW = 150


class SpeechError(Exception):
    """Speech could not be made; the message says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenSentence:
    """A sentence and where it is in the audio. ``turn_index`` counts the script's turns."""

    turn_index: int
    speaker: str
    text: str
    is_ad: bool
    start_s: float
    end_s: float


def require_espeak() -> str:
    """Return the path of espeak-ng.

    Raises:
        SpeechError: It is not installed.
    """
    program = shutil.which("espeak-ng")
    if program is None:
        raise SpeechError(
            "espeak-ng is not on PATH; install it with 'apt-get install espeak-ng' or 'brew install espeak'"
        )
    return program


def speak_episode(script: EpisodeScript, espeak: str) -> tuple["Samples", tuple[SpokenSentence, ...]]:
    """Speak a whole episode; returns its samples at ``SPEECH_RATE_HZ`` and each sentence with its times."""
    import numpy as np

    pieces: list[Samples] = [_silence(LEAD_IN_S)]
    position = len(pieces[0])
    spoken: list[SpokenSentence] = []
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder, "sentence.wav")
        for turn_index, turn in enumerate(script.turns):
            for sentence in turn.sentences:
                samples = _speak(sentence, script.voices[turn.speaker], espeak, scratch)
                is_last = sentence is turn.sentences[-1]
                pause = _silence(TURN_PAUSE_S if is_last else SENTENCE_PAUSE_S)
                spoken.append(
                    SpokenSentence(
                        turn_index=turn_index,
                        speaker=turn.speaker,
                        text=sentence,
                        is_ad=turn.is_ad,
                        start_s=round(position / SPEECH_RATE_HZ, 3),
                        end_s=round((position + len(samples)) / SPEECH_RATE_HZ, 3),
                    )
                )
                pieces += [samples, pause]
                position += len(samples) + len(pause)
    return np.concatenate(pieces), tuple(spoken)


def write_opus(samples: "Samples", path: Path) -> None:
    """Encode samples at ``SPEECH_RATE_HZ`` as mono Opus in Ogg."""
    import av

    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", format="ogg", container_options={"fflags": "bitexact"}) as container:
        options = {"application": "voip", "frame_duration": "60", "flags": "bitexact"}
        stream = container.add_stream("libopus", rate=OPUS_RATE_HZ, layout="mono", options=options)
        stream.bit_rate = BIT_RATE
        resampler = av.AudioResampler(format="s16", layout="mono", rate=OPUS_RATE_HZ)
        for frame in _frames(samples):
            for resampled in resampler.resample(frame):
                container.mux(stream.encode(resampled))
        for resampled in resampler.resample(None):
            container.mux(stream.encode(resampled))
        container.mux(stream.encode(None))


def _frames(samples: "Samples") -> Iterator["av.AudioFrame"]:
    import av

    for start in range(0, len(samples), SPEECH_RATE_HZ):
        frame = av.AudioFrame.from_ndarray(samples[None, start : start + SPEECH_RATE_HZ], format="s16", layout="mono")
        frame.sample_rate = SPEECH_RATE_HZ
        frame.pts = start
        frame.time_base = Fraction(1, SPEECH_RATE_HZ)
        yield frame


def _speak(sentence: str, voice: str, espeak: str, scratch: Path) -> "Samples":
    import numpy as np

    command = [espeak, "-v", voice, "-s", str(WORDS_PER_MINUTE), "-w", str(scratch), "--stdin"]
    subprocess.run(command, input=sentence.encode(), check=True, timeout=60)  # noqa: S603 - our own text, no shell
    with wave.open(str(scratch)) as recording:
        if recording.getframerate() != SPEECH_RATE_HZ:
            raise SpeechError(f"voice {voice} speaks at {recording.getframerate()} Hz, not {SPEECH_RATE_HZ}")
        samples = np.frombuffer(recording.readframes(recording.getnframes()), dtype=np.int16)
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > SILENT_BELOW)
    if not len(loud):
        raise SpeechError(f"espeak-ng said nothing for {sentence!r} with voice {voice}")
    return samples[loud[0] : loud[-1] + 1]


def _silence(length_s: float) -> "Samples":
    import numpy as np

    return np.zeros(int(length_s * SPEECH_RATE_HZ), dtype=np.int16)

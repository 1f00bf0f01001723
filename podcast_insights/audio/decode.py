"""Audio files as samples, in a stream: PyAV brings FFmpeg in its wheel, so no program has to be installed.

This module opens files and decodes them; what a file is worth is judged in ``probe.py``. Memory stays flat whatever the
length. Only container formats that podcasts use may be opened: FFmpeg also reads playlists, which would let a hostile
body name other files and addresses to read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podcast_insights.audio.sniff import what_is_it
from podcast_insights.errors import AudioError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

SAMPLE_RATE_HZ = 16_000
ALLOWED_CONTAINERS = "mp3,aac,mov,ogg,flac,wav,w64,matroska,asf,aiff,amr,caf,mpeg,mpegts,avi,flv"
# A damaged file can make the demuxer fail again and again without moving on.
MAX_READ_ERRORS = 20
MAX_CHANNELS = 32
MAX_SAMPLE_RATE_HZ = 768_000
# Telephones have 8000. At a few hertz one packet is hours, and at 16 kHz gigabytes.
MIN_SAMPLE_RATE_HZ = 4_000
# Encoders go over full scale, by little; floats of a damaged file may be anything.
LOUDEST = 8.0


@dataclass(slots=True)
class PacketCount:
    """What was read so far; ``last_is_bad`` tells a tag at the end of a file from damage inside."""

    packets: int = 0
    packet_bytes: int = 0
    bad_packets: int = 0
    bad_bytes: int = 0
    last_is_bad: bool = False
    last_bytes: int = 0

    def add(self, size_bytes: int, *, is_bad: bool) -> None:
        """Count one packet."""
        self.packets += 1
        self.packet_bytes += size_bytes
        self.bad_packets += is_bad
        self.bad_bytes += size_bytes if is_bad else 0
        self.last_is_bad = is_bad
        self.last_bytes = size_bytes


@contextmanager
def open_audio(path: Path) -> Iterator[tuple[Any, Any]]:
    """Open a file and yield its PyAV container and its first audio stream.

    Raises:
        AudioError: It is not audio; the message says what it is instead.
    """
    import av

    try:
        container = av.open(str(path), metadata_errors="ignore", options={"format_whitelist": ALLOWED_CONTAINERS})
    except (av.FFmpegError, OSError, ValueError) as error:
        raise AudioError(f"{path.name} is {what_is_it(path)}, not audio that can be read") from error
    with container:
        if not container.streams.audio:
            kind = "a video without sound" if container.streams.video else "a media file without a sound track"
            raise AudioError(f"{path.name} is {kind}")
        stream = container.streams.audio[0]
        _check_shape(path, stream)
        yield container, stream


def decoded_frames(container: Any, stream: Any, count: PacketCount) -> Iterator[Any]:
    """Yield every frame that decodes; packets that do not are counted and passed over."""
    import av

    read_errors = 0
    while read_errors < MAX_READ_ERRORS:
        try:
            for packet in container.demux(stream):
                try:
                    frames = packet.decode()
                except av.FFmpegError:
                    count.add(packet.size, is_bad=True)
                    continue
                if packet.size:
                    count.add(packet.size, is_bad=False)
                yield from (frame for frame in frames if frame.samples > 0 and frame.sample_rate >= MIN_SAMPLE_RATE_HZ)
        except av.FFmpegError:
            read_errors += 1
            count.add(0, is_bad=True)
        else:
            return


def decode_pcm(path: Path, *, chunk_s: float = 30.0) -> Iterator["Samples"]:
    """Yield the sound of a file as mono float32 samples at 16 kHz, ``chunk_s`` at a time (the last chunk is shorter).

    Raises:
        AudioError: It is not audio, or nothing in it decodes.
    """
    return _in_chunks(path, chunk_s, layout="mono")


def decode_stereo(path: Path, *, chunk_s: float = 30.0) -> Iterator["Samples"]:
    """Yield the sound of a file as ``decode_pcm`` does, but with two channels: arrays of shape (samples, 2).

    Raises:
        AudioError: It is not audio, or nothing in it decodes.
    """
    return _in_chunks(path, chunk_s, layout="stereo")


def channel_count(path: Path) -> int:
    """Return how many channels a file has.

    Raises:
        AudioError: It is not audio.
    """
    with open_audio(path) as (_, stream):
        return int(stream.codec_context.channels)


def declared_duration_s(container: Any, stream: Any) -> float | None:
    """Return the duration that the container claims, in seconds; None where it claims none."""
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / 1_000_000 if container.duration is not None else None


def claimed_duration_s(path: Path) -> float | None:
    """Return the duration that a file claims, without decoding it.

    Raises:
        AudioError: It is not audio.
    """
    with open_audio(path) as (container, stream):
        return declared_duration_s(container, stream)


def _in_chunks(path: Path, chunk_s: float, *, layout: str) -> Iterator["Samples"]:
    chunk_samples = max(1, round(chunk_s * SAMPLE_RATE_HZ))
    waiting: list[Samples] = []
    waiting_samples = 0
    is_empty = True
    for piece in _resampled(path, layout):
        is_empty = False
        waiting.append(piece)
        waiting_samples += len(piece)
        if waiting_samples >= chunk_samples:
            joined = _audible(waiting)
            whole = len(joined) - len(joined) % chunk_samples
            for start in range(0, whole, chunk_samples):
                yield joined[start : start + chunk_samples]
            waiting = [joined[whole:]]
            waiting_samples = len(joined) - whole
    if is_empty:
        raise AudioError(f"{path.name} holds no sound that can be decoded")
    if waiting_samples:
        yield _audible(waiting)


def _audible(pieces: list["Samples"]) -> "Samples":
    """Return pieces as one; what is no number is silence, for it would make its whole window no number."""
    import numpy as np

    joined = np.concatenate(pieces)
    return np.nan_to_num(np.clip(joined, -LOUDEST, LOUDEST, out=joined), copy=False)


def _resampled(path: Path, layout: str) -> Iterator["Samples"]:
    """Yield pieces of sound; a change of format inside the file, as stitched advertisements bring it, is followed."""
    import av

    resampler: Any = None
    shape: tuple[Any, ...] | None = None
    with open_audio(path) as (container, stream):
        for frame in decoded_frames(container, stream, PacketCount()):
            frame_shape = (frame.format.name, frame.layout.name, frame.sample_rate)
            if frame_shape != shape:
                if resampler is not None:
                    yield from _arrays(path, resampler, None)
                resampler = av.AudioResampler(format="flt", layout=layout, rate=SAMPLE_RATE_HZ)
                shape = frame_shape
            # Time stamps jump where files were stitched, and the resampler would fail on them.
            frame.pts = None
            yield from _arrays(path, resampler, frame)
        if resampler is not None:
            yield from _arrays(path, resampler, None)


def _arrays(path: Path, resampler: Any, frame: Any) -> list["Samples"]:
    """Return what one frame gives at 16 kHz; without a frame, what the resampler still holds."""
    import av

    try:
        outs = [out for out in resampler.resample(frame) if out.samples]
        return [_by_channel(out.to_ndarray().reshape(-1), len(out.layout.channels)) for out in outs]
    except (av.FFmpegError, ValueError) as error:
        raise AudioError(f"{path.name} holds sound in a form that cannot be converted: {error}") from error


def _by_channel(samples: "Samples", channels: int) -> "Samples":
    return samples if channels == 1 else samples.reshape(-1, channels)


def _check_shape(path: Path, stream: Any) -> None:
    """Refuse headers that would make the resampler take memory without bound."""
    context = stream.codec_context
    if context is None:
        raise AudioError(f"{path.name} holds sound in a codec that is not known here")
    # Some containers leave it to the packets, and so 0.
    is_usual = context.sample_rate == 0 or MIN_SAMPLE_RATE_HZ <= context.sample_rate <= MAX_SAMPLE_RATE_HZ
    if not is_usual or context.channels > MAX_CHANNELS:
        raise AudioError(f"{path.name} claims {context.channels} channels at {context.sample_rate} Hz")

"""What a downloaded file is worth: it is decoded from end to end, because headers cannot be believed.

A truncated or zero-padded mp3 still states its full duration (its Xing header is at the front), so what the container
claims is compared with what decodes. Some containers claim nothing, or only what is there; of those, the feed knows
more. The judgement is ``judge_audio`` and ``judge_by_feed``, pure functions; ``probe_audio`` measures.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from podcast_insights.audio.decode import PacketCount, declared_duration_s, decoded_frames, open_audio
from podcast_insights.audio.sniff import container_name, states_mp3_length, what_is_it
from podcast_insights.audio.values import AudioProbe
from podcast_insights.errors import AudioError

WHOLE_RATIO = 0.98
# Encoders pad the start and the end by some hundredths of a second, which is over 2 % of a very short file.
PADDING_S = 0.25
MAX_BAD_RATIO = 0.01
# FFmpeg reckons the duration of these from the bytes that are there, so a cut does not show.
ONLY_WHAT_IS_THERE = {"aac", "ogg", "wav"}
# Feeds round, and advertisements come and go after they were written.
ANNOUNCED_RATIO = 0.9
USABLE_S = 60.0
USABLE_RATIO = 0.5
MAX_DURATION_S = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one pass over a file found."""

    container: str
    codec: str
    sample_rate_hz: int
    channels: int
    duration_s: float
    declared_duration_s: float | None
    bad_packet_ratio: float


def probe_audio(path: Path) -> AudioProbe:
    """Decode a file in a stream and return what it holds; damage that leaves enough to use is flagged.

    Raises:
        AudioError: It is not audio, holds no sound, or too little of it decodes.
    """
    if path.stat().st_size == 0:
        raise AudioError(f"{path.name} is empty")
    return judge_audio(_measure(path), name=path.name)


def judge_audio(measured: Measured, *, name: str) -> AudioProbe:
    """Return the verdict on what was measured.

    Args:
        measured: What one pass over the file found.
        name: What to call the file in a message.

    Raises:
        AudioError: Nothing decodes, or less than a minute and less than half.
    """
    decoded_s, declared_s, bad_ratio = measured.duration_s, measured.declared_duration_s, measured.bad_packet_ratio
    if decoded_s <= 0:
        raise AudioError(f"{name} claims to be {measured.container} audio, but no sound in it decodes")
    is_short = declared_s is not None and decoded_s < min(declared_s * WHOLE_RATIO, declared_s - PADDING_S)
    is_damaged = is_short or bad_ratio > MAX_BAD_RATIO
    usable_ratio = min(1 - bad_ratio, decoded_s / declared_s if declared_s else 1.0)
    if is_damaged and decoded_s < USABLE_S and usable_ratio < USABLE_RATIO:
        claim = f" of {declared_s:.0f} s claimed" if declared_s else ""
        raise AudioError(
            f"{name} is damaged: only {decoded_s:.1f} s{claim} decode, and {bad_ratio:.0%} of its data is bad"
        )
    return AudioProbe(
        container=measured.container,
        codec=measured.codec,
        sample_rate_hz=measured.sample_rate_hz,
        channels=measured.channels,
        duration_s=round(decoded_s, 3),
        declared_duration_s=None if declared_s is None else round(declared_s, 3),
        bad_packet_ratio=round(bad_ratio, 6),
        is_damaged=is_damaged,
        good_ratio=round(min(1.0, usable_ratio), 4),
    )


def judge_by_feed(probe: AudioProbe, announced_s: float | None) -> AudioProbe:
    """Return the verdict with the feed's word, which counts where the file itself cannot tell that it was cut.

    Args:
        probe: What decoding showed.
        announced_s: How long the feed says that the episode is; None where it does not.
    """
    can_tell = probe.declared_duration_s is not None and probe.container not in ONLY_WHAT_IS_THERE
    if can_tell or not announced_s or probe.duration_s >= announced_s * ANNOUNCED_RATIO:
        return probe
    share = round(probe.duration_s / announced_s, 4)
    return replace(probe, is_damaged=True, good_ratio=min(share, 1.0 if probe.good_ratio is None else probe.good_ratio))


def _measure(path: Path) -> Measured:
    count = PacketCount()
    decoded_s = 0.0
    with open_audio(path) as (container, stream):
        for frame in decoded_frames(container, stream, count):
            decoded_s += frame.samples / frame.sample_rate
            if decoded_s > MAX_DURATION_S:
                raise AudioError(f"{path.name} is longer than {MAX_DURATION_S / 3600:.0f} hours")
        codec = stream.codec_context.codec.canonical_name
        kind = container_name(container.format.name, codec)
        sample_rate_hz, channels = stream.codec_context.sample_rate, stream.codec_context.channels
        declared_s = declared_duration_s(container, stream) if _claims_duration(kind, path) else None
    if decoded_s <= 0:
        raise AudioError(f"{path.name} is {what_is_it(path)}: no sound in it decodes")
    return Measured(
        container=kind,
        codec=codec,
        sample_rate_hz=sample_rate_hz,
        channels=channels,
        duration_s=decoded_s,
        declared_duration_s=declared_s if declared_s and declared_s > 0 else None,
        bad_packet_ratio=_bad_ratio(count),
    )


def _claims_duration(container: str, path: Path) -> bool:
    """Whether the duration is stated, not FFmpeg's guess from the size and the first frames' bit rate."""
    if container == "mp3":
        return states_mp3_length(path)
    return container != "aac"


def _bad_ratio(count: PacketCount) -> float:
    """Return the share of bad packets, or of their bytes where that is more.

    A long run of zeros arrives as one packet, so counting packets alone would miss it. One small bad packet at the very
    end is a tag (ID3v1, APE), not damage.
    """
    bad_packets, bad_bytes = count.bad_packets, count.bad_bytes
    average_bytes = count.packet_bytes / count.packets if count.packets else 0.0
    if count.last_is_bad and bad_packets == 1 and count.last_bytes <= 2 * average_bytes:
        bad_packets = bad_bytes = 0
    return max(bad_packets / max(1, count.packets), bad_bytes / max(1, count.packet_bytes))

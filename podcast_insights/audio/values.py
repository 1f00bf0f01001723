"""The values of the audio stage: a downloaded file and what was measured on it."""

from dataclasses import dataclass
from datetime import datetime

# As the settings and messages count: powers of ten.
GB_BYTES = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioProbe:
    """What decoding a file showed.

    ``duration_s`` is what was decoded, ``declared_duration_s`` what the container claims (None where it claims
    nothing); ``bad_packet_ratio`` is the share (0 to 1) of packets that could not be decoded. ``is_damaged`` is set
    where less than 98 % of the claimed duration decodes, or more than 1 % of the packets are bad, or where nothing is
    claimed and the feed announced much more. ``good_ratio`` is how much of the file is good (0 to 1), None where that
    was not measured yet.
    """

    container: str
    codec: str
    sample_rate_hz: int
    channels: int
    duration_s: float
    declared_duration_s: float | None
    bad_packet_ratio: float
    is_damaged: bool
    good_ratio: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFile:
    """One downloaded and probed enclosure. ``blob_key`` is its place among the stored files."""

    episode_id: str
    show_id: str
    blob_key: str
    source_url: str
    size_bytes: int
    sha256: str
    probe: AudioProbe
    downloaded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file among the stored ones, as the store lists it."""

    key: str
    size_bytes: int
    stored_at: datetime

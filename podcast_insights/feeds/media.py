"""What an enclosure holds, by its type, else by its extension; and which of several stands for the episode.

Both are the feed's word only: what a file really is shows when it is decoded, in the stage ``audio``.
"""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import urlsplit

from podcast_insights.feeds.values import Enclosure

MediaKind = Literal["audio", "video", "unknown", "other"]

AUDIO_EXTENSIONS = {".mp3", ".m4a", ".m4b", ".aac", ".ogg", ".oga", ".opus", ".flac", ".wav", ".wma"}
VIDEO_EXTENSIONS = {".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".mpg", ".mpeg", ".ogv"}
OTHER_EXTENSIONS = {".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".pdf", ".html", ".htm", ".txt", ".epub"}
OTHER_TYPES = ("image/", "text/", "application/pdf", "application/epub", "application/x-bittorrent")
PREFERENCE: tuple[MediaKind, ...] = ("audio", "video", "unknown")


def media_kind(enclosure: Enclosure) -> MediaKind:
    """Return what the enclosure holds; ``unknown`` may be audio, ``other`` is certainly neither audio nor video."""
    media_type = (enclosure.media_type or "").lower()
    if media_type.startswith("audio/") or media_type == "application/ogg":
        return "audio"
    if media_type.startswith("video/"):
        return "video"
    extension = PurePosixPath(urlsplit(enclosure.url).path).suffix.lower()
    if extension in AUDIO_EXTENSIONS:
        return "audio"
    if extension in VIDEO_EXTENSIONS:
        return "video"
    if media_type.startswith(OTHER_TYPES) or extension in OTHER_EXTENSIONS:
        return "other"
    return "unknown"


def best_enclosure(candidates: Sequence[Enclosure]) -> Enclosure | None:
    """Return the first audio, else the first video, else the first of unknown kind, else None."""
    for kind in PREFERENCE:
        for enclosure in candidates:
            if media_kind(enclosure) == kind:
                return enclosure
    return None

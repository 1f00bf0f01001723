"""Which downloads share a server, so that they wait for each other and for nobody else.

Many addresses begin with one or more counting services, each followed by the host that it leads to
(``https://count.example/redirect.mp3/cdn.example/a.mp3``). The last host in the address is where the bytes come from; a
wrong guess costs a little waiting and nothing else.
"""

import re
from urllib.parse import urlsplit

from podcast_insights.feeds.media import AUDIO_EXTENSIONS, VIDEO_EXTENSIONS
from podcast_insights.feeds.private import is_private
from podcast_insights.feeds.values import Episode

_HOST = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")


def lane_of(episode: Episode) -> str:
    """Return the name of the server that an episode's file comes from; its show where the address is not known."""
    enclosure = episode.enclosure
    if enclosure is None or is_private(enclosure.url):
        return episode.show_id
    return media_host(enclosure.url) or episode.show_id


def media_host(url: str) -> str | None:
    """Return the last host that an address names, or None where it cannot be read."""
    try:
        parts = urlsplit(url)
        first = parts.hostname
    except ValueError:
        return None
    # The last part of the path is the file's own name.
    named = [part.lower() for part in parts.path.split("/")[:-1]]
    hosts = [part for part in named if _HOST.fullmatch(part) and not _is_file_name(part)]
    return hosts[-1] if hosts else first


def _is_file_name(part: str) -> bool:
    return f".{part.rpartition('.')[2]}" in AUDIO_EXTENSIONS | VIDEO_EXTENSIONS

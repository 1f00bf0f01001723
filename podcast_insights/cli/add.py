"""Adding a show to ``podcasts.yaml``: the feed is read first, and the file keeps its comments and its order."""

import io
from pathlib import Path
from typing import Any

from upath import UPath

from podcast_insights.bundled import bundled_path
from podcast_insights.errors import SettingsError
from podcast_insights.files import write_bytes
from podcast_insights.settings import ShowSettings, load_settings


def add_show(path: Path, url: str, *, name: str | None) -> tuple[str, int]:
    """Read the feed at ``url`` and add it to the settings at ``path``; return its title and how many episodes it lists.

    Raises:
        SettingsError: The show is there already, or the settings have mistakes.
        PodcastInsightsError: The feed cannot be read; nothing is added.
    """
    settings = load_settings(path)
    if not url.lower().startswith(("http://", "https://")):
        raise SettingsError(f"{url!r} is not the address of a feed: it must start with http:// or https://")
    if any(show.url == url for show in settings.shows):
        raise SettingsError(f"{path} lists {url} already")
    title, episodes = _read_feed(url, settings.feeds.contact_url, settings.feeds.allow_hosts)
    before = path.read_bytes() if path.exists() else None
    write_bytes(UPath(path), with_show(before or _first_settings(), ShowSettings(url=url, name=name or title)))
    try:
        load_settings(path)
    except SettingsError:
        if before is not None:
            write_bytes(UPath(path), before)
        raise
    return name or title, episodes


def with_show(content: bytes, show: ShowSettings) -> bytes:
    """Return YAML settings with one more show, everything else as it was, comments included."""
    yaml = _yaml()
    document: Any = yaml.load(content)
    # What holds nothing but comments reads as nothing, so they are kept as they are.
    comments, document = (content, {}) if document is None else (b"", document)
    shows = document.get("shows") or []
    shows.append({"url": show.url, "name": show.name})
    document["shows"] = shows
    written = io.BytesIO()
    yaml.dump(document, written)
    return comments + written.getvalue()


def _first_settings() -> bytes:
    """Return the example settings without its example shows."""
    yaml = _yaml()
    document: Any = yaml.load(bundled_path("podcasts.example.yaml").read_bytes())
    del document["shows"][:]
    written = io.BytesIO()
    yaml.dump(document, written)
    return written.getvalue()


def _yaml() -> Any:
    """Return a reader and writer that keeps comments, order and quotes."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 120
    return yaml


def _read_feed(url: str, contact_url: str | None, allow_hosts: tuple[str, ...]) -> tuple[str, int]:
    from podcast_insights.defs.resources import utc_now
    from podcast_insights.feeds.parse import parse_feed
    from podcast_insights.web import WebClient, user_agent

    client = WebClient(user_agent(contact_url), allow_hosts)
    answer = client.get(url, max_bytes=15 * 1024 * 1024, timeout_s=30)
    feed = parse_feed(
        answer.body, feed_url=answer.final_url, content_type=answer.headers.get("content-type"), now=utc_now()
    )
    return feed.title or url, len(feed.items)

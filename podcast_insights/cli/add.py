"""Adding a show to ``podcasts.yaml``: the feed is read first, so that what is added can be read."""

from functools import partial
from pathlib import Path

from podcast_insights.cli.podcasts_file import change_file, with_shows
from podcast_insights.errors import SettingsError
from podcast_insights.settings import Settings, load_settings


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
    title, episodes = _read_feed(url, settings)
    change_file(path, partial(with_shows, shows=[(url, name or title)]))
    return name or title, episodes


def _read_feed(url: str, settings: Settings) -> tuple[str, int]:
    from podcast_insights.defs.resources import utc_now
    from podcast_insights.feeds.parse import parse_feed
    from podcast_insights.web import WebClient, user_agent

    client = WebClient(user_agent(settings.feeds.contact_url), settings.feeds.allow_hosts)
    answer = client.get(url, max_bytes=settings.feeds.max_feed_bytes, timeout_s=settings.feeds.timeout_s)
    feed = parse_feed(
        answer.body, feed_url=answer.final_url, content_type=answer.headers.get("content-type"), now=utc_now()
    )
    return feed.title or url, len(feed.items)

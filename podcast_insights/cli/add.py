"""Adding a show to ``podcasts.yaml``: the feed is read first, so that what is added can be read."""

from contextlib import nullcontext
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from podcast_insights.cli.podcasts_file import change_file, with_shows
from podcast_insights.errors import SettingsError
from podcast_insights.feeds.identity import normalised_url
from podcast_insights.settings import Settings, ShowSettings, load_settings, secret_urls_of


def add_show(path: Path, url: str, *, name: str | None) -> tuple[str, int]:
    """Read the feed at ``url`` and add it to the settings at ``path``; return its title and how many episodes it lists.

    Raises:
        SettingsError: The show is there already, or the settings have mistakes.
        PodcastInsightsError: The feed cannot be read; nothing is added.
    """
    settings = load_settings(path)
    try:
        ShowSettings(url=url)
    except ValidationError as error:
        raise SettingsError(f"that is not the address of a feed: it {_reason(error)}") from error
    known = next((show.url for show in settings.shows if normalised_url(show.url) == normalised_url(url)), None)
    if known is not None:
        raise SettingsError(f"{path} lists {known} already")
    title, episodes = _read_feed(url, settings, path)
    change_file(path, partial(with_shows, shows=[(url, name or title)]))
    return name or title, episodes


def _read_feed(url: str, settings: Settings, path: Path) -> tuple[str, int]:
    from podcast_insights.defs.resources import utc_now
    from podcast_insights.feeds.parse import parse_feed
    from podcast_insights.feeds.private import unnamed
    from podcast_insights.web.client import WebClient, user_agent

    secret_urls = secret_urls_of([ShowSettings(url=url)], path)
    client = WebClient(user_agent(settings.feeds.contact_url), settings.feeds.allow_hosts, secret_urls=secret_urls)
    with unnamed(url) if secret_urls else nullcontext():
        answer = client.get(url, max_bytes=settings.feeds.max_feed_bytes, timeout_s=settings.feeds.timeout_s)
        feed = parse_feed(
            answer.body, feed_url=answer.final_url, content_type=answer.headers.get("content-type"), now=utc_now()
        )
    return feed.title or url, len(feed.items)


def _reason(error: ValidationError) -> str:
    return error.errors(include_input=False)[0]["msg"].removeprefix("Value error, ")

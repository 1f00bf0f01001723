"""Feeds whose address is a secret: what is kept of them holds neither that address nor those that it leads to.

A private feed (``url: env:NAME`` in the settings) signs the addresses of its files with the reader's own token. So what
is recorded of it names each file by the item that it belongs to (``private:NAME/<item>/enclosure.mp3``), and whoever
needs the file asks ``PrivateWeb``, which reads the feed again and finds the present address there. No message, table or
page holds an address of such a feed; its bodies are not archived, and neither moves nor older pages are followed.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from threading import Lock
from urllib.parse import urlsplit

from podcast_insights.errors import PodcastInsightsError, RefusedError
from podcast_insights.feeds.parse import parse_feed
from podcast_insights.feeds.values import ParsedFeed, ParsedItem
from podcast_insights.fingerprints import short_id
from podcast_insights.settings import FeedSettings
from podcast_insights.web.client import WebClient, WebResponse
from podcast_insights.web.download import WebDownload

SECRET_FEED = "env:"  # noqa: S105  # What stands for a secret, not one.
PRIVATE_FILE = "private:"
# Signed addresses expire, so a feed that was read a while ago is read again.
KEEPS_FOR = timedelta(minutes=10)

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
# In the notes of an episode: whole, or without a scheme; markup ends it.
_LINK = re.compile(r"(?:https?:)?//[^\s\"'<>]+", re.IGNORECASE)
_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")


def is_secret(url: str) -> bool:
    """Whether a feed's address stands for a secret one."""
    return url.startswith(SECRET_FEED)


def is_private(url: str) -> bool:
    """Whether a file's address is in its private feed alone."""
    return url.startswith(PRIVATE_FILE)


def without_addresses(feed: ParsedFeed, feed_url: str) -> ParsedFeed:
    """Return what a private feed says, with names in place of its addresses.

    Args:
        feed: The feed as it was read.
        feed_url: What stands for its address, such as ``env:NAME``.
    """
    items = _masked(feed.items, feed_url.removeprefix(SECRET_FEED))
    return replace(feed, items=items, page_url=None, new_feed_url=None, older_url=None)


@contextmanager
def unnamed(name: str) -> Iterator[None]:
    """Let no error leave with an address in it, nor with a cause that may quote one: ``name`` stands in its place."""
    try:
        yield
    except PodcastInsightsError as error:
        error.args = (_ADDRESS.sub(name, str(error)), *error.args[1:])
        raise error from None


class PrivateWeb:
    """The network for stages that meet private addresses: finds what they stand for, and passes all others on.

    Args:
        web: The network itself, which knows the secret addresses.
        settings: How feeds are read.
        now: The clock.
    """

    def __init__(self, web: WebClient, *, settings: FeedSettings, now: Callable[[], datetime]) -> None:
        self._web = web
        self._settings = settings
        self._now = now
        self._lock = Lock()
        self._read: dict[str, tuple[datetime, Mapping[str, str] | PodcastInsightsError]] = {}

    def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, max_bytes: int, timeout_s: float
    ) -> WebResponse:
        """Return the answer to a GET (see ``web.client.WebClient.get``)."""
        if not is_secret(url) and not is_private(url):
            return self._web.get(url, headers=headers, max_bytes=max_bytes, timeout_s=timeout_s)
        with unnamed(url):
            return self._web.get(self._address(url), headers=headers, max_bytes=max_bytes, timeout_s=timeout_s)

    def download(self, url: str, path: Path, *, max_bytes: int, timeout_s: float) -> WebDownload:
        """Write what ``url`` serves to ``path`` (see ``web.client.WebClient.download``)."""
        if not is_private(url):
            return self._web.download(url, path, max_bytes=max_bytes, timeout_s=timeout_s)
        with unnamed(url):
            return self._web.download(self._address(url), path, max_bytes=max_bytes, timeout_s=timeout_s)

    def _address(self, url: str) -> str:
        if not is_private(url):
            return url
        variable = url.removeprefix(PRIVATE_FILE).partition("/")[0]
        # One at a time: the episodes of a show ask together, and its feed is read once for all of them.
        with self._lock:
            read_at, found = self._read.get(variable, (None, {}))
            if read_at is None or self._now() - read_at > KEEPS_FOR:
                found = self._addresses_or_refusal(variable)
                self._read[variable] = (self._now(), found)
        if isinstance(found, PodcastInsightsError):
            # Each file's own: what it is called is written into it.
            raise copy(found)
        if url not in found:
            raise RefusedError(f"{url} cannot be found: its feed does not list it any more")
        return found[url]

    def _addresses_or_refusal(self, variable: str) -> Mapping[str, str] | PodcastInsightsError:
        """Return the addresses, or why there are none where asking again would change nothing.

        A host that is asked with a wrong login again and again, once for each file, closes the account.
        """
        try:
            return self._addresses(variable)
        except PodcastInsightsError as error:
            if error.retryable:
                raise
            return error

    def _addresses(self, variable: str) -> Mapping[str, str]:
        """Return the present address of each file of a private feed, by the name that stands for it."""
        answer = self._web.get(
            f"{SECRET_FEED}{variable}", max_bytes=self._settings.max_feed_bytes, timeout_s=self._settings.timeout_s
        )
        content_type = answer.headers.get("Content-Type")
        feed = parse_feed(answer.body, feed_url=answer.final_url, content_type=content_type, now=self._now())
        found: dict[str, str] = {}
        for item, masked in zip(feed.items, _masked(feed.items, variable), strict=True):
            for name, address in zip(_addresses_in(masked), _addresses_in(item), strict=True):
                found.setdefault(name, address)
        return found


def _masked(items: Sequence[ParsedItem], variable: str) -> tuple[ParsedItem, ...]:
    """Return the items of a feed with names in place of their addresses; they are the same however these change.

    Some programs make the address of the file, with its signature, the item's guid. So of a guid that is an address
    what stands before its query counts, as far as that tells the items apart.
    """
    guids = {item.guid for item in items if item.guid and "://" in item.guid}
    with_this_path = Counter(guid.partition("?")[0] for guid in guids)

    def name(item: ParsedItem) -> str:
        path = (item.guid or "").partition("?")[0]
        lasting = path if with_this_path[path] == 1 else item.guid
        return f"{PRIVATE_FILE}{variable}/{short_id(lasting or item.title + chr(10) + str(item.raw_date))}"

    return tuple(_named(item, variable, prefix=name(item)) for item in items)


def _named(item: ParsedItem, variable: str, *, prefix: str) -> ParsedItem:
    """Return an item with names in place of its addresses.

    Some programs put pictures with the reader's token into its notes.
    """
    enclosure = item.enclosure
    return replace(
        item,
        guid=prefix if item.guid and "://" in item.guid else item.guid,
        show_notes=_LINK.sub(f"{SECRET_FEED}{variable}", item.show_notes),
        page_url=None,
        enclosure=enclosure and replace(enclosure, url=f"{prefix}/enclosure{_suffix(enclosure.url)}"),
        transcript_links=tuple(
            replace(link, url=f"{prefix}/transcript-{number}{_suffix(link.url)}")
            for number, link in enumerate(item.transcript_links, start=1)
        ),
        persons=tuple(replace(person, href=None) for person in item.persons),
        chapters_url=item.chapters_url and f"{prefix}/chapters{_suffix(item.chapters_url)}",
    )


def _addresses_in(item: ParsedItem) -> tuple[str, ...]:
    one_by_one = (item.enclosure and item.enclosure.url, item.chapters_url)
    return (*(url for url in one_by_one if url), *(link.url for link in item.transcript_links))


def _suffix(url: str) -> str:
    """Return the ending of an address, by which files of an unknown type are told apart; nothing that is not one."""
    suffix = PurePosixPath(urlsplit(url).path).suffix.lower()
    return suffix if _SUFFIX.fullmatch(suffix) else ""

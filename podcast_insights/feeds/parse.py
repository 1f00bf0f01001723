"""One feed body to a ``ParsedFeed``: RSS 0.9x to 2.0, RDF and Atom, well-formed or not.

feedparser reads, ``podcast_tags`` adds what it loses, and everything is bounded here: titles, show notes, addresses and
the number of items. Two settings of feedparser matter: it gets the body as a stream, because a body given as text or
bytes may be taken for a path or an address to open; and it does not clean HTML, because show notes are kept as they
came and cleaned where they are shown.
"""

import io
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit

from podcast_insights.errors import FeedError
from podcast_insights.feeds.item_tags import ItemTags
from podcast_insights.feeds.media import best_enclosure, media_kind
from podcast_insights.feeds.podcast_tags import read_podcast_tags
from podcast_insights.feeds.times import duration_s, plausible_date
from podcast_insights.feeds.titles import plain_text
from podcast_insights.feeds.values import DroppedItem, Enclosure, ParsedFeed, ParsedItem, Person, TranscriptLink
from podcast_insights.web.redact import redact_url

MAX_ITEMS = 5000
# feedparser takes about 30 s for this many broken tags; the longest real feeds have a few hundred thousand.
MAX_TAGS = 1_000_000
MAX_GUID_CHARS = 2000
MAX_URL_CHARS = 4000
MAX_NOTES_CHARS = 200_000
ADDRESSES_KEPT = 64
UNTITLED = "(untitled)"
# Text in another encoding has hardly any whole letter of UTF-8 beyond ASCII.
WHOLE_FOR_EACH_CUT = 10

_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ITEM_OPENED = re.compile(rb"<(?:item|entry)[\s>]")
# Runs of character references to what is no character: halves of surrogate pairs, as which some programs write an
# emoji, and numbers beyond Unicode.
_NO_LETTERS = re.compile(
    rb"(?:&#(?:x0{0,8}(?:d[89a-f][0-9a-f]{2}|[1-9a-f][0-9a-f]{5,})|0{0,8}(?:5[5-7][0-9]{3}|[1-9][0-9]{6,}));)+",
    re.IGNORECASE,
)
_REFERENCE = re.compile(rb"&#(x?)0*([0-9a-f]+);", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")


def parse_feed(body: bytes, *, feed_url: str, content_type: str | None, now: datetime) -> ParsedFeed:
    """Return what a feed body says.

    Args:
        body: The decoded body.
        feed_url: Where it came from; relative addresses are resolved against it.
        content_type: The Content-Type header, which may name the encoding of a body that is not in UTF-8.
        now: The present; later dates are not believed.

    Raises:
        FeedError: The body is empty, a web page, JSON, or anything else that is not a feed.
    """
    _refuse_what_is_no_feed(body, feed_url)
    body = _NO_LETTERS.sub(_as_letters, _with_whole_letters(body))
    is_utf_8 = _is_utf_8(body)
    if is_utf_8:
        content_type = "application/xml; charset=utf-8"
    try:
        tags = read_podcast_tags(body, encoding="utf-8" if is_utf_8 else None)
    except FeedError as error:
        raise FeedError(f"{redact_url(feed_url)} cannot be read: {error}") from error
    read = _read(body, content_type, feed_url)
    entries = read["entries"]
    tags_of = tags.of_items([_guid(entry) for entry in entries])
    channel = read["feed"]
    items: list[ParsedItem] = []
    dropped: list[DroppedItem] = []
    cut_at = len(entries) - 1 if _ends_within_an_item(body) else None
    for position, entry in enumerate(entries[:MAX_ITEMS]):
        item = _item(entry, tags_of[position], feed_url, now)
        if position == cut_at:
            dropped.append(DroppedItem(position=position, reason="the feed breaks off in the middle of it"))
        elif item is None:
            dropped.append(DroppedItem(position=position, reason="has no title, guid, link or enclosure"))
        else:
            items.append(item)
    if len(entries) > MAX_ITEMS:
        reason = f"the feed lists {len(entries)} items, of which the first {MAX_ITEMS} are read"
        dropped.append(DroppedItem(position=MAX_ITEMS, reason=reason))
    return ParsedFeed(
        title=plain_text(channel.get("title")) or None,
        language=_language(channel.get("language")),
        page_url=_web_url(channel.get("link"), feed_url),
        podcast_guid=tags.podcast_guid,
        new_feed_url=_web_url(tags.new_feed_url, feed_url),
        items=tuple(items),
        dropped=tuple(dropped),
        author=tags.author,
        built_at=_dated(channel, "updated", now=now)[1],
        older_url=_older_url(channel, feed_url),
    )


def _refuse_what_is_no_feed(body: bytes, feed_url: str) -> None:
    head = body[:2048].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    found = None
    if not head:
        found = "is empty"
    elif head.startswith((b"<!doctype html", b"<html")):
        found = "is a web page, not a feed; look for the feed's own address on it"
    elif head.startswith((b"{", b"[")):
        found = "is JSON, not RSS or Atom"
    elif body.count(b"<") > MAX_TAGS:
        found = f"has more than {MAX_TAGS} tags, more than any feed"
    if found:
        raise FeedError(f"{redact_url(feed_url)} {found}")


def _as_letters(references: re.Match[bytes]) -> bytes:
    """Return references to whole characters: for one emoji in two halves, feedparser would give up the whole feed."""
    found = _REFERENCE.findall(references[0])
    numbers = [int(digits[:9], 16 if is_hex else 10) for is_hex, digits in found]
    halves = "".join(chr(number) if number <= sys.maxunicode else "\ufffd" for number in numbers)
    text = halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return "".join(f"&#{ord(letter)};" for letter in text).encode()


def _ends_within_an_item(body: bytes) -> bool:
    """Whether the body broke off: half of a guid or a title would make an episode that does not exist."""
    lowered = body.lower()
    opened = max((found.start() for found in _ITEM_OPENED.finditer(lowered)), default=-1)
    return opened > max(lowered.rfind(b"</item"), lowered.rfind(b"</entry"))


def _with_whole_letters(body: bytes) -> bytes:
    """Return a body in UTF-8 with a mark for each letter that was cut: for one of them all others would be misread."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
        cut = text.count("\ufffd")
        whole = sum(map(len, _FOREIGN.findall(text))) - cut
        return text.encode() if whole > WHOLE_FOR_EACH_CUT * cut else body
    return body


def _is_utf_8(body: bytes) -> bool:
    """Whether letters beyond ASCII are in UTF-8, whatever a server or the feed says: by chance they hardly ever are."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not body.isascii()


def _read(body: bytes, content_type: str | None, feed_url: str) -> Mapping[str, Any]:
    import feedparser

    try:
        read: Mapping[str, Any] = feedparser.parse(
            io.BytesIO(body),
            sanitize_html=False,
            resolve_relative_uris=False,
            response_headers={"content-type": content_type} if content_type else None,
        )
    except Exception as error:  # feedparser raises whatever its readers raise on bodies that nobody foresaw
        raise FeedError(f"{redact_url(feed_url)} cannot be read as a feed ({type(error).__name__})") from error
    if not read.get("version") and not read["entries"]:
        detail = f": {read['bozo_exception']}" if read.get("bozo_exception") else ""
        raise FeedError(f"{redact_url(feed_url)} is not RSS or Atom{detail}")
    return read


def _item(entry: dict[str, Any], tags: ItemTags, feed_url: str, now: datetime) -> ParsedItem | None:
    """Return the item, or None where it has nothing to know it by."""
    guid = _guid(entry)
    title = plain_text(entry.get("title"))
    page_url = _web_url(entry.get("link"), feed_url)
    enclosure = best_enclosure(list(_enclosures(entry, feed_url)))
    if not (guid or title or page_url or enclosure):
        return None
    raw_date, published_at = _dated(entry, "published", "updated", now=now)
    return ParsedItem(
        guid=guid,
        title=title or UNTITLED,
        show_notes=_show_notes(entry),
        page_url=page_url,
        published_at=published_at,
        raw_date=raw_date[:200] if raw_date else None,
        duration_s=duration_s(entry.get("itunes_duration")),
        enclosure=enclosure,
        transcript_links=tuple(_transcript_links(tags, feed_url)),
        chapters_url=_web_url(tags.chapters_url, feed_url),
        chapters=tags.chapters,
        persons=tuple(_persons(tags, feed_url)),
        soundbites=tags.soundbites,
        season=tags.season,
        episode_number=tags.episode_number,
        episode_type=tags.episode_type,
    )


def _dated(read: dict[str, Any], *names: str, now: datetime) -> tuple[str | None, datetime | None]:
    """Return the first of some dates that is there: as it was written, and as an instant where it can be believed."""
    for name in names:
        # Asked for as a dict's: feedparser warns where "updated" stands in for "published".
        if written := dict.get(read, name):
            return written, plausible_date(written, dict.get(read, f"{name}_parsed"), now=now)
    return None, None


def _older_url(channel: Mapping[str, Any], feed_url: str) -> str | None:
    """Return the page of older items: the next one of a feed with pages, or the archive before this one (RFC 5005)."""
    links = {link.get("rel"): link.get("href") for link in reversed(channel.get("links", ()))}
    older = (_web_url(links.get(rel), feed_url) for rel in ("next", "prev-archive"))
    return next((url for url in older if url and url != feed_url), None)


def _guid(entry: Mapping[str, Any]) -> str | None:
    return (entry.get("id") or "").strip()[:MAX_GUID_CHARS] or None


def _show_notes(entry: Mapping[str, Any]) -> str:
    """Return the longest text of an item: feeds put an excerpt into one element and the notes into another."""
    texts = [content.get("value") or "" for content in entry.get("content", ())]
    return max([entry.get("summary") or "", *texts], key=len)[:MAX_NOTES_CHARS]


def _enclosures(entry: Mapping[str, Any], feed_url: str) -> Iterator[Enclosure]:
    """Yield an item's enclosures, then the audio and video of Media RSS, which some feeds use instead."""
    for link in entry.get("enclosures", ()):
        if url := _web_url(link.get("href"), feed_url):
            yield _enclosure(url, link.get("type"), link.get("length"))
    for content in entry.get("media_content", ()):
        if url := _web_url(content.get("url"), feed_url):
            enclosure = _enclosure(url, content.get("type"), content.get("filesize"))
            if media_kind(enclosure) in {"audio", "video"}:
                yield enclosure


def _enclosure(url: str, media_type: str | None, length: str | None) -> Enclosure:
    digits = (length or "").strip()
    is_length = digits.isascii() and digits.isdigit() and len(digits) <= 15 and int(digits) > 0
    return Enclosure(
        url=url,
        media_type=(media_type or "").partition(";")[0].strip().lower()[:100] or None,
        length_bytes=int(digits) if is_length else None,
    )


def _transcript_links(tags: ItemTags, feed_url: str) -> Iterator[TranscriptLink]:
    for link in tags.transcript_links:
        if url := _web_url(link.url, feed_url):
            yield TranscriptLink(url=url, media_type=link.media_type, language=_language(link.language))


def _persons(tags: ItemTags, feed_url: str) -> Iterator[Person]:
    for person in tags.persons:
        href = _web_url(person.href, feed_url)
        yield person if href == person.href else replace(person, href=href)


@lru_cache(ADDRESSES_KEPT)
def _web_url(written: str | None, feed_url: str) -> str | None:
    """Return an address made absolute, or None where it is not http or https; the hosts' are in every item."""
    text = (written or "").strip()
    if not text or len(text) > MAX_URL_CHARS or _CONTROL.search(text):
        return None
    try:
        url = urljoin(feed_url, text)
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname else None


def _language(written: str | None) -> str | None:
    text = (written or "").strip()
    return text.replace("_", "-") if _LANGUAGE.fullmatch(text) else None

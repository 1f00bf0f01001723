"""Lists of shows as OPML 2.0, the form in which podcast apps exchange them.

Files come from other programs: folders are nested, the same show stands in several of them, addresses are missing or
not of the web. What can be used is used, and the rest is said. Nothing here asks a feed.
"""

import codecs
import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from podcast_insights.errors import FeedError
from podcast_insights.feeds.identity import normalised_url

if TYPE_CHECKING:
    from lxml import etree

MAX_BYTES = 10 * 1024 * 1024
MAX_TITLE_CHARS = 200
MAX_URL_CHARS = 4000

_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# How files in UTF-16 begin; in them the bytes of a character are not those of ASCII.
_WIDE = (
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_BARE_AMPERSAND = re.compile(rb"&(?!#?\w{1,10};)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedShow:
    """One show of a list: the address of its feed, and what the list calls it."""

    url: str
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowList:
    """A list that was read, in its order, each show once; ``left_out`` says why entries were not used."""

    shows: tuple[ListedShow, ...]
    left_out: tuple[str, ...]


def read_opml(body: bytes) -> ShowList:
    """Return the shows of an OPML file.

    Raises:
        FeedError: It is not OPML, or larger than 10 MiB.
    """
    if len(body) > MAX_BYTES:
        raise FeedError(f"the list has {len(body)} bytes; an OPML file of more than {MAX_BYTES} is not read")
    shows: dict[str, ListedShow] = {}
    left_out: list[str] = []
    for outline in _root(body).iter("{*}outline"):
        title = _title(outline)
        url = (_attribute(outline, "xmlurl") or "").strip()
        if not url:
            # A folder; apps also list links and notes in this way.
            if outline.find("{*}outline") is None and title:
                left_out.append(f"{title}: it has no address of a feed (xmlUrl)")
        elif not url.lower().startswith(("http://", "https://")) or len(url) > MAX_URL_CHARS:
            left_out.append(f"{title or 'an entry'}: {url[:100]!r} is not an http or https address")
        else:
            shows.setdefault(normalised_url(url), ListedShow(url=url, title=title))
    return ShowList(shows=tuple(shows.values()), left_out=tuple(left_out))


def write_opml(shows: Sequence[ListedShow], *, title: str, now: datetime) -> bytes:
    """Return an OPML 2.0 file that lists ``shows`` in their order."""
    from lxml import etree

    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = _printable(title)
    etree.SubElement(head, "dateCreated").text = format_datetime(now)
    body = etree.SubElement(root, "body")
    for show in shows:
        name = _printable(show.title or show.url)
        etree.SubElement(body, "outline", type="rss", text=name, title=name, xmlUrl=_printable(show.url))
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def without_known(listed: Iterable[ListedShow], known_urls: Iterable[str]) -> Iterator[ListedShow]:
    """Yield the shows of a list that are not known yet under any spelling of their address."""
    known = {normalised_url(url) for url in known_urls}
    return (show for show in listed if normalised_url(show.url) not in known)


def _root(body: bytes) -> "etree._Element":
    from lxml import etree

    wide = next((encoding for start, encoding in _WIDE if body.startswith(start)), None)
    if wide:
        body = body.decode(wide, "replace").encode("utf-8", "replace")
    parser = etree.XMLParser(
        encoding="utf-8" if wide else None,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
    )
    try:
        # A bare "&", as some apps write it in addresses, would take what follows it with it.
        root = etree.fromstring(_BARE_AMPERSAND.sub(b"&amp;", body.lstrip()), parser)
    except (etree.LxmlError, ValueError):
        root = None
    # With recover=True, a body of which nothing could be recovered has no root, which lxml's types do not say.
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise FeedError("it is not an OPML file; podcast apps write one under a name such as 'Export subscriptions'")
    return root


def _title(outline: "etree._Element") -> str | None:
    written = _attribute(outline, "title") or _attribute(outline, "text") or ""
    return " ".join(written.split())[:MAX_TITLE_CHARS] or None


def _attribute(outline: "etree._Element", name: str) -> str | None:
    """Return an attribute by its name in lower case: apps write xmlUrl, xmlURL and xmlurl.

    One that is not Unicode, which lxml does not hand out, counts as not being there.
    """
    with contextlib.suppress(UnicodeDecodeError):
        written = next((key for key in outline.attrib if str(key).lower() == name), None)
        return None if written is None else outline.get(written)
    return None


def _printable(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return _NO_XML.sub("", text)

"""Shows and their published episodes become RSS 2.0 or Atom, newest first.

Every address on the demo's own server starts with ``{base}``, which the server replaces when it serves the feed. The
``podcast:guid`` is made of the show's website, so that a show stays the same show on whichever port it is served.
"""

import uuid
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import format_datetime

from demo_generator.scripts import EpisodeScript, ShowScript

BASE = "{base}"
AUDIO_TYPE = "audio/ogg"
TRANSCRIPT_TYPES = {"vtt": "text/vtt", "srt": "application/x-subrip", "json": "application/json"}

ATOM = "http://www.w3.org/2005/Atom"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
# The namespace that the podcast:guid specification prescribes for UUIDv5.
PODCAST_GUIDS = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """An episode with what is known of its audio (None where it has none)."""

    script: EpisodeScript
    duration_s: float | None
    size_bytes: int | None


def render_feed(show: ShowScript, listings: Sequence[Listing]) -> str:
    """Write the feed of a show."""
    ET.register_namespace("itunes", ITUNES)
    ET.register_namespace("podcast", PODCAST)
    newest_first = sorted(listings, key=lambda listing: listing.script.published_at, reverse=True)
    root = _atom(show, newest_first) if show.kind == "atom" else _rss(show, newest_first)
    ET.indent(root)
    xml = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{xml}\n'


def _rss(show: ShowScript, listings: Sequence[Listing]) -> ET.Element:
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    _text(channel, "title", show.title)
    _text(channel, "link", show.website)
    _text(channel, "description", show.description)
    _text(channel, "language", "en")
    _text(channel, "lastBuildDate", format_datetime(listings[0].script.published_at))
    _text(channel, f"{{{ITUNES}}}author", show.author)
    ET.SubElement(channel, f"{{{ITUNES}}}category", text=show.category)
    _text(channel, f"{{{PODCAST}}}guid", _podcast_guid(show))
    for listing in listings:
        _rss_item(ET.SubElement(channel, "item"), show, listing)
    return root


def _rss_item(item: ET.Element, show: ShowScript, listing: Listing) -> None:
    script = listing.script
    _text(item, "title", script.title)
    _text(item, "link", f"{show.website}/{script.slug}")
    guid = _text(item, "guid", script.guid)
    guid.set("isPermaLink", "true" if script.guid.startswith("https:") else "false")
    _text(item, "pubDate", format_datetime(script.published_at))
    _text(item, "description", script.notes_html)
    if listing.size_bytes is not None:
        ET.SubElement(
            item,
            "enclosure",
            url=f"{BASE}/{script.audio_path}",
            type=AUDIO_TYPE,
            length=str(listing.size_bytes),
        )
    _podcast_tags(item, listing)


def _atom(show: ShowScript, listings: Sequence[Listing]) -> ET.Element:
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    _text(root, "id", f"{show.website}/")
    _text(root, "title", show.title)
    _text(root, "subtitle", show.description)
    _text(root, "updated", listings[0].script.published_at.isoformat())
    ET.SubElement(root, "link", rel="alternate", href=show.website)
    ET.SubElement(root, "link", rel="self", href=f"{BASE}/feeds/{show.slug}.xml")
    _text(ET.SubElement(root, "author"), "name", show.author)
    _text(root, f"{{{PODCAST}}}guid", _podcast_guid(show))
    for listing in listings:
        _atom_entry(ET.SubElement(root, "entry"), show, listing)
    return root


def _atom_entry(entry: ET.Element, show: ShowScript, listing: Listing) -> None:
    script = listing.script
    _text(entry, "id", script.guid)
    _text(entry, "title", script.title)
    _text(entry, "published", script.published_at.isoformat())
    _text(entry, "updated", script.published_at.isoformat())
    _text(entry, "summary", script.notes_html).set("type", "html")
    ET.SubElement(entry, "link", rel="alternate", href=f"{show.website}/{script.slug}")
    if listing.size_bytes is not None:
        ET.SubElement(
            entry,
            "link",
            rel="enclosure",
            href=f"{BASE}/{script.audio_path}",
            type=AUDIO_TYPE,
            length=str(listing.size_bytes),
        )
    _podcast_tags(entry, listing)


def _podcast_tags(element: ET.Element, listing: Listing) -> None:
    if listing.duration_s is not None:
        minutes, seconds = divmod(round(listing.duration_s), 60)
        _text(element, f"{{{ITUNES}}}duration", f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}")
    path = listing.script.transcript_path
    if path is not None:
        media_type = TRANSCRIPT_TYPES[listing.script.transcript]
        ET.SubElement(element, f"{{{PODCAST}}}transcript", url=f"{BASE}/{path}", type=media_type, language="en")


def _podcast_guid(show: ShowScript) -> str:
    return str(uuid.uuid5(PODCAST_GUIDS, show.website.removeprefix("https://")))


def _text(parent: ET.Element, tag: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, tag)
    element.text = text
    return element

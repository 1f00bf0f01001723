"""What feedparser loses: every ``podcast:transcript`` of an item, ``podcast:guid`` and ``itunes:new-feed-url``.

feedparser keeps only the last of repeated elements and drops the text of those it does not know. One pass over the same
bytes with lxml reads them: no entity is resolved, no DTD or network address is loaded, and what is ill-formed is
recovered. The pass also refuses documents nested deeper than libxml2 allows (256), on which feedparser takes minutes.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast_insights.errors import FeedError
from podcast_insights.feeds.values import TranscriptLink

if TYPE_CHECKING:
    from lxml import etree

MAX_TRANSCRIPTS_PER_ITEM = 20
PODCAST_NAMESPACES = ("podcastindex.org/namespace/", "github.com/podcastindex-org/podcast-namespace")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTags:
    """The transcripts of one item, their addresses as written, and the item's guid to find it by."""

    guid: str | None
    transcript_links: tuple[TranscriptLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PodcastTags:
    """The tags of one feed body, its items in document order; ``podcast_guid`` is a UUID in lower case."""

    podcast_guid: str | None = None
    new_feed_url: str | None = None
    items: tuple[ItemTags, ...] = ()

    def of_items(self, guids: Sequence[str | None]) -> tuple[tuple[TranscriptLink, ...], ...]:
        """Return the transcripts of each item of another reading of the same body.

        The readings are joined by position; by guid where they disagree on how many items there are.

        Args:
            guids: The guids of the other reading's items, in its order.
        """
        if len(guids) == len(self.items):
            return tuple(item.transcript_links for item in self.items)
        by_guid = {item.guid: item.transcript_links for item in self.items if item.guid}
        return tuple(by_guid.get(guid or "", ()) for guid in guids)


def read_podcast_tags(body: bytes) -> PodcastTags:
    """Return the tags of a feed body; a body without a root element has none.

    Raises:
        FeedError: The document is nested too deeply, or is otherwise beyond the limits of the XML reader.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, remove_comments=True
    )
    try:
        root = etree.fromstring(body.lstrip(), parser)
    except (etree.LxmlError, ValueError):
        return PodcastTags()
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise FeedError("the document is nested too deeply to be a feed")
    # With recover=True, a body of which nothing could be recovered has no root, which lxml's types do not say.
    if root is None:
        return PodcastTags()
    channel = root if _local_name(root) == "feed" else next(iter(root.iterchildren("{*}channel")), root)
    return PodcastTags(
        podcast_guid=_podcast_guid(channel),
        new_feed_url=next((_text(child) for child in channel if _local_name(child) == "new-feed-url"), None),
        items=tuple(_item_tags(item) for item in root.iter("{*}item", "{*}entry")),
    )


def _item_tags(item: "etree._Element") -> ItemTags:
    guids = (_text(child) for child in item if _local_name(child) in {"guid", "id"})
    return ItemTags(guid=next(guids, None), transcript_links=tuple(_transcript_links(item)))


def _transcript_links(item: "etree._Element") -> Iterator[TranscriptLink]:
    written = (child for child in item if _is_podcast_tag(child, "transcript") and child.get("url", "").strip())
    for _, child in zip(range(MAX_TRANSCRIPTS_PER_ITEM), written, strict=False):
        yield TranscriptLink(
            url=child.get("url", "").strip(),
            media_type=child.get("type", "").strip().lower() or None,
            language=child.get("language", "").strip() or None,
        )


def _podcast_guid(channel: "etree._Element") -> str | None:
    """Return the show's guid where it is the UUID that the namespace asks for; anything else would tell nothing."""
    for child in channel:
        if _is_podcast_tag(child, "guid"):
            try:
                return str(uuid.UUID(_text(child) or ""))
            except ValueError:
                continue
    return None


def _is_podcast_tag(element: "etree._Element", name: str) -> bool:
    """Whether an element is ``podcast:<name>``: in one of its namespaces, or by the usual prefix left undeclared."""
    if not isinstance(element.tag, str):
        return False
    namespace, _, local = element.tag.rpartition("}")
    if not namespace:
        return local.lower() == f"podcast:{name}"
    address = namespace.lstrip("{").strip().lower().partition("://")[2]
    return local.lower() == name and address.removeprefix("www.").startswith(PODCAST_NAMESPACES)


def _local_name(element: "etree._Element") -> str:
    """Return an element's name without namespace or undeclared prefix; nothing for what is not an element."""
    if not isinstance(element.tag, str):
        return ""
    return element.tag.rpartition("}")[2].rpartition(":")[2].lower()


def _text(element: "etree._Element") -> str | None:
    return (element.text or "").strip() or None

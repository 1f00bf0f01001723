"""What feedparser loses of a body: the tags of each item, ``podcast:guid``, ``itunes:new-feed-url`` and the author.

feedparser keeps only the last of repeated elements and drops the text of those it does not know. One pass over the same
bytes with lxml reads them: no entity is resolved, no DTD or network address is loaded, and what is ill-formed is
recovered. The pass also refuses documents nested deeper than libxml2 allows (256), on which feedparser takes minutes.
What one item says is ``item_tags``.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from podcast_insights.errors import FeedError
from podcast_insights.feeds.item_tags import (
    Children,
    ItemTags,
    children_by_name,
    local_name,
    podcast_tags,
    read_item_tags,
    read_persons,
    tag_of,
    text_of,
)
from podcast_insights.feeds.titles import plain_text

NOTHING = ItemTags()


@dataclass(frozen=True, slots=True, kw_only=True)
class PodcastTags:
    """The tags of one feed body, its items in document order; ``podcast_guid`` is a UUID in lower case."""

    podcast_guid: str | None = None
    new_feed_url: str | None = None
    author: str | None = None
    items: tuple[ItemTags, ...] = ()

    def of_items(self, guids: Sequence[str | None]) -> tuple[ItemTags, ...]:
        """Return the tags of each item of another reading of the same body.

        The readings are joined by position; by guid where they disagree on how many items there are.

        Args:
            guids: The guids of the other reading's items, in its order.
        """
        if len(guids) == len(self.items):
            return self.items
        by_guid = {item.guid: item for item in self.items if item.guid}
        return tuple(by_guid.get(guid or "", NOTHING) for guid in guids)


def read_podcast_tags(body: bytes, *, encoding: str | None = None) -> PodcastTags:
    """Return the tags of a feed body; a body without a root element has none.

    Args:
        body: The feed body.
        encoding: The encoding of the body where it is known better than the document may say it.

    Raises:
        FeedError: The document is nested too deeply, or is otherwise beyond the limits of the XML reader.
    """
    from lxml import etree

    parser = etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(body.lstrip(), parser)
    except (etree.LxmlError, ValueError):
        return PodcastTags()
    limits = [entry.message for entry in parser.error_log if entry.type_name == "ERR_RESOURCE_LIMIT"]
    if any("depth" in message for message in limits):
        raise FeedError("the document is nested too deeply to be a feed")
    if limits:
        raise FeedError("one text in it is longer than 10 MB, as where a picture stands in the notes")
    # With recover=True, a body of which nothing could be recovered has no root, which lxml's types do not say.
    if root is None:
        return PodcastTags()
    channel = root if local_name(root) == "feed" else next(iter(root.iterchildren("{*}channel")), root)
    of_channel = children_by_name(channel)
    people = read_persons(of_channel)
    return PodcastTags(
        podcast_guid=_podcast_guid(of_channel),
        new_feed_url=next((text_of(child) for child in of_channel.get("new-feed-url", ())), None),
        author=_author(of_channel),
        items=tuple(read_item_tags(item, of_show=people) for item in root.iter("{*}item", "{*}entry")),
    )


def _author(named: Children) -> str | None:
    """Return who makes the show: ``itunes:author``, else what RSS or Atom call so where it is a plain text."""
    itunes_first = sorted(named.get("author", ()), key=lambda child: "itunes" not in tag_of(child).lower())
    written = [plain_text(text_of(child)) for child in itunes_first]
    return next((author for author in written if author), None)


def _podcast_guid(named: Children) -> str | None:
    """Return the show's guid where it is the UUID that the namespace asks for; anything else would tell nothing."""
    for child in podcast_tags(named, "guid"):
        try:
            return str(uuid.UUID(text_of(child) or ""))
        except ValueError:
            continue
    return None

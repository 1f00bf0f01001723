"""What one item says beyond what feedparser keeps: transcripts, chapters, people, soundbites and numbers.

The podcast namespace is known by its several addresses or by its usual prefix left undeclared. Everything is as it was
written but bounded; addresses are made absolute where the item is put together (``parse``).

A recovered document may hold names and texts that are not Unicode, which lxml refuses to hand out: such a one counts as
not being there. So elements are read through ``tag_of``, ``text_of`` and ``attribute_of`` only.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal

from podcast_insights.feeds.chapters import tidy_chapters
from podcast_insights.feeds.times import offset_s
from podcast_insights.feeds.titles import plain_text
from podcast_insights.feeds.values import Chapter, EpisodeType, Person, Soundbite, TranscriptLink

if TYPE_CHECKING:
    from lxml import etree

MAX_TRANSCRIPTS = 20
MAX_PERSONS = 50
MAX_SOUNDBITES = 20
MAX_NAME_CHARS = 200
LARGEST_NUMBER = 1_000_000
PODCAST_NAMESPACES = ("podcastindex.org/namespace/", "github.com/podcastindex-org/podcast-namespace")
CHAPTERS_NAMESPACE = "podlove.org/simple-chapters"
EPISODE_TYPES: dict[str, EpisodeType] = {"full": "full", "trailer": "trailer", "bonus": "bonus"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTags:
    """The tags of one item, their addresses as written, and the item's guid to find it by."""

    guid: str | None = None
    transcript_links: tuple[TranscriptLink, ...] = ()
    chapters_url: str | None = None
    chapters: tuple[Chapter, ...] = ()
    persons: tuple[Person, ...] = ()
    soundbites: tuple[Soundbite, ...] = ()
    season: int | None = None
    episode_number: int | None = None
    episode_type: EpisodeType | None = None


def read_item_tags(item: "etree._Element", *, of_show: tuple[Person, ...]) -> ItemTags:
    """Return the tags of an item; ``of_show`` are the people of the channel, who count where the item names nobody."""
    children = list(item)
    return ItemTags(
        guid=next((text_of(child) for child in children if local_name(child) in {"guid", "id"}), None),
        transcript_links=tuple(islice(_transcript_links(children), MAX_TRANSCRIPTS)),
        chapters_url=next(_links(children, "chapters"), None),
        chapters=_inline_chapters(children),
        persons=read_persons(children) or of_show,
        soundbites=tuple(islice(_soundbites(children), MAX_SOUNDBITES)),
        season=_number(children, "season"),
        episode_number=_number(children, "episode"),
        episode_type=_episode_type(children),
    )


def read_persons(children: "list[etree._Element]") -> tuple[Person, ...]:
    """Return the people that an item or a channel names, each role of each once; a role that is left out is host."""
    persons: dict[Person, None] = {}
    for child in islice((child for child in children if is_podcast_tag(child, "person")), MAX_PERSONS):
        name = plain_text(text_of(child))[:MAX_NAME_CHARS]
        role = plain_text(attribute_of(child, "role")).lower()[:MAX_NAME_CHARS] or "host"
        if name:
            persons[Person(name=name, role=role, href=attribute_of(child, "href"))] = None
    return tuple(persons)


def is_podcast_tag(element: "etree._Element", name: str) -> bool:
    """Whether an element is ``podcast:<name>``: in one of its namespaces, or by the usual prefix left undeclared."""
    namespace, _, local = tag_of(element).rpartition("}")
    if not namespace:
        return local.lower() == f"podcast:{name}"
    return local.lower() == name and _address(namespace).startswith(PODCAST_NAMESPACES)


def local_name(element: "etree._Element") -> str:
    """Return an element's name without namespace or undeclared prefix; nothing for what is not an element."""
    return tag_of(element).rpartition("}")[2].rpartition(":")[2].lower()


def tag_of(element: "etree._Element") -> str:
    """Return an element's name with its namespace; nothing for what is not an element, or has no name to read."""
    with contextlib.suppress(UnicodeDecodeError):
        return element.tag if isinstance(element.tag, str) else ""
    return ""


def text_of(element: "etree._Element") -> str | None:
    """Return the text directly within an element, or None where there is none."""
    with contextlib.suppress(UnicodeDecodeError):
        return (element.text or "").strip() or None
    return None


def attribute_of(element: "etree._Element", name: str) -> str | None:
    """Return an attribute of an element, or None where it is left out or blank."""
    with contextlib.suppress(UnicodeDecodeError):
        return element.get(name, "").strip() or None
    return None


def _address(namespace: str) -> str:
    return namespace.lstrip("{").strip().lower().partition("://")[2].removeprefix("www.")


def _links(children: "list[etree._Element]", name: str) -> Iterator[str]:
    return (url for child in children if is_podcast_tag(child, name) and (url := attribute_of(child, "url")))


def _transcript_links(children: "list[etree._Element]") -> Iterator[TranscriptLink]:
    for child in children:
        if is_podcast_tag(child, "transcript") and (url := attribute_of(child, "url")):
            media_type = attribute_of(child, "type")
            yield TranscriptLink(
                url=url, media_type=media_type and media_type.lower(), language=attribute_of(child, "language")
            )


def _inline_chapters(children: "list[etree._Element]") -> tuple[Chapter, ...]:
    """Return the Podlove Simple Chapters of an item."""
    for child in children:
        namespace = tag_of(child).rpartition("}")[0]
        if local_name(child) == "chapters" and _address(namespace).startswith(CHAPTERS_NAMESPACE):
            chapters = (each for each in child if local_name(each) == "chapter")
            return tidy_chapters(
                (offset_s(attribute_of(each, "start")), attribute_of(each, "title")) for each in chapters
            )
    return ()


def _soundbites(children: "list[etree._Element]") -> Iterator[Soundbite]:
    for child in children:
        if is_podcast_tag(child, "soundbite"):
            start_s, duration_s = offset_s(attribute_of(child, "startTime")), offset_s(attribute_of(child, "duration"))
            if start_s is not None and duration_s:
                yield Soundbite(start_s=start_s, duration_s=duration_s, title=plain_text(text_of(child)) or None)


def _number(children: "list[etree._Element]", name: Literal["season", "episode"]) -> int | None:
    """Return the first whole number of ``itunes:`` or ``podcast:``: an episode 3.5 has none."""
    for child in children:
        written = (text_of(child) or "") if local_name(child) == name else ""
        if written.isascii() and written.isdigit() and len(written) <= 9 and 0 < int(written) <= LARGEST_NUMBER:
            return int(written)
    return None


def _episode_type(children: "list[etree._Element]") -> EpisodeType | None:
    written = ((text_of(child) or "").lower() for child in children if local_name(child) == "episodetype")
    return next((EPISODE_TYPES[each] for each in written if each in EPISODE_TYPES), None)

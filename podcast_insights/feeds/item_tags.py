"""What one item says beyond what feedparser keeps: transcripts, chapters, people, soundbites and numbers.

The podcast namespace is known by its several addresses or by its usual prefix left undeclared. Everything is as it was
written but bounded; addresses are made absolute where the item is put together (``parse``).

A recovered document may hold names and texts that are not Unicode, which lxml refuses to hand out: such a one counts as
not being there. So elements are read through ``tag_of``, ``text_of`` and ``attribute_of`` only.
"""

from collections.abc import Iterator, Mapping, Sequence
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

Children = Mapping[str, "Sequence[etree._Element]"]


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
    named = children_by_name(item)
    return ItemTags(
        guid=_guid(named),
        transcript_links=tuple(islice(_transcript_links(named), MAX_TRANSCRIPTS)),
        chapters_url=next(_links(named, "chapters"), None),
        chapters=_inline_chapters(named),
        persons=read_persons(named) or of_show,
        soundbites=tuple(islice(_soundbites(named), MAX_SOUNDBITES)),
        season=_number(named, "season"),
        episode_number=_number(named, "episode"),
        episode_type=_episode_type(named),
    )


def children_by_name(element: "etree._Element") -> Children:
    """Return the children of an element by their ``local_name``, in document order.

    Asking each child for its name once for each tag that is looked for took longer than all else that is read here.
    """
    named: dict[str, list[etree._Element]] = {}
    for child in element:
        named.setdefault(local_name(child), []).append(child)
    return named


def read_persons(named: Children) -> tuple[Person, ...]:
    """Return the people that an item or a channel names, each role of each once; a role that is left out is host."""
    persons: dict[Person, None] = {}
    for child in islice(podcast_tags(named, "person"), MAX_PERSONS):
        name = plain_text(text_of(child))[:MAX_NAME_CHARS]
        role = plain_text(attribute_of(child, "role")).lower()[:MAX_NAME_CHARS] or "host"
        if name:
            persons[Person(name=name, role=role, href=attribute_of(child, "href"))] = None
    return tuple(persons)


def podcast_tags(named: Children, name: str) -> "Iterator[etree._Element]":
    """Yield the ``podcast:<name>`` of an element: in one of its namespaces, or by the usual prefix left undeclared."""
    for child in named.get(name, ()):
        namespace, _, local = tag_of(child).rpartition("}")
        if _address(namespace).startswith(PODCAST_NAMESPACES) if namespace else local.lower() == f"podcast:{name}":
            yield child


def local_name(element: "etree._Element") -> str:
    """Return an element's name without namespace or undeclared prefix; nothing for what is not an element."""
    return tag_of(element).rpartition("}")[2].rpartition(":")[2].lower()


def tag_of(element: "etree._Element") -> str:
    """Return an element's name with its namespace; nothing for what is not an element, or has no name to read."""
    try:
        name = element.tag
    except UnicodeDecodeError:
        return ""
    return name if isinstance(name, str) else ""


def text_of(element: "etree._Element") -> str | None:
    """Return the text directly within an element, or None where there is none."""
    try:
        return (element.text or "").strip() or None
    except UnicodeDecodeError:
        return None


def attribute_of(element: "etree._Element", name: str) -> str | None:
    """Return an attribute of an element, or None where it is left out or blank."""
    try:
        return element.get(name, "").strip() or None
    except UnicodeDecodeError:
        return None


def _address(namespace: str) -> str:
    return namespace.lstrip("{").strip().lower().partition("://")[2].removeprefix("www.")


def _guid(named: Children) -> str | None:
    """Return the text of the first ``guid`` or ``id``, whichever comes first in the item."""
    found = [*named.get("guid", ()), *named.get("id", ())]
    if len(found) > 1:
        parent = found[0].getparent()
        found.sort(key=parent.index if parent is not None else None)
    return text_of(found[0]) if found else None


def _links(named: Children, name: str) -> Iterator[str]:
    return (url for child in podcast_tags(named, name) if (url := attribute_of(child, "url")))


def _transcript_links(named: Children) -> Iterator[TranscriptLink]:
    for child in podcast_tags(named, "transcript"):
        if url := attribute_of(child, "url"):
            media_type = attribute_of(child, "type")
            yield TranscriptLink(
                url=url, media_type=media_type and media_type.lower(), language=attribute_of(child, "language")
            )


def _inline_chapters(named: Children) -> tuple[Chapter, ...]:
    """Return the Podlove Simple Chapters of an item."""
    for child in named.get("chapters", ()):
        if _address(tag_of(child).rpartition("}")[0]).startswith(CHAPTERS_NAMESPACE):
            chapters = (each for each in child if local_name(each) == "chapter")
            return tidy_chapters(
                (offset_s(attribute_of(each, "start")), attribute_of(each, "title")) for each in chapters
            )
    return ()


def _soundbites(named: Children) -> Iterator[Soundbite]:
    for child in podcast_tags(named, "soundbite"):
        start_s, duration_s = offset_s(attribute_of(child, "startTime")), offset_s(attribute_of(child, "duration"))
        if start_s is not None and duration_s:
            yield Soundbite(start_s=start_s, duration_s=duration_s, title=plain_text(text_of(child)) or None)


def _number(named: Children, name: Literal["season", "episode"]) -> int | None:
    """Return the first whole number of ``itunes:`` or ``podcast:``: an episode 3.5 has none."""
    for child in named.get(name, ()):
        written = text_of(child) or ""
        if written.isascii() and written.isdigit() and len(written) <= 9 and 0 < int(written) <= LARGEST_NUMBER:
            return int(written)
    return None


def _episode_type(named: Children) -> EpisodeType | None:
    written = ((text_of(child) or "").lower() for child in named.get("episodetype", ()))
    return next((EPISODE_TYPES[each] for each in written if each in EPISODE_TYPES), None)

"""What the site holds: every page there is, and which insights stand on it. Nothing is rendered here.

Of an insight that stands in the digests of two days, the later one counts. Shows, episodes and topics get a page when
they have an insight, topics from two insights on: a page of one would only repeat that insight's own.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from podcast_insights.delivery.links import (
    ALL_DIGITS,
    FEW_DIGITS,
    episode_page,
    insight_page,
    show_page,
    topic_page,
)
from podcast_insights.delivery.views import shown_episode, shown_show, shown_topics
from podcast_insights.digest.values import Digest, DigestEntry, RelatedInsight
from podcast_insights.feeds.values import Chapter
from podcast_insights.settings import DeliverySettings

FEWEST_OF_A_TOPIC = 2
# How many insights are asked how they write a topic.
MOST_COMPARED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A page that collects insights: of a show, an episode or a topic; newest first."""

    title: str
    page: str
    entries: tuple[DigestEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """All that the pages are made of.

    ``digests`` are newest first, ``entries`` by page, ``shows`` and ``episodes`` by id, ``topics`` by their name
    with its case folded, ``related`` has the neighbours of an insight by its id, ``chapters`` those of an episode.
    """

    settings: DeliverySettings
    zone: ZoneInfo
    digests: tuple[Digest, ...]
    entries: Mapping[str, DigestEntry]
    shows: Mapping[str, Shelf]
    episodes: Mapping[str, Shelf]
    topics: Mapping[str, Shelf]
    related: Mapping[str, Sequence[RelatedInsight]]
    chapters: Mapping[str, Sequence[Chapter]]

    def show_of(self, entry: DigestEntry) -> Shelf:
        """Return the show of an insight."""
        return self.shows[entry.candidate.insight.show_id]

    def episode_of(self, entry: DigestEntry) -> Shelf:
        """Return the episode of an insight."""
        return self.episodes[entry.candidate.insight.episode_id]

    def topics_of(self, entry: DigestEntry) -> tuple[tuple[str, str | None], ...]:
        """Return the topics of an insight, each with its page where it has one."""
        shelves = ((topic, self.topics.get(topic.casefold())) for topic in shown_topics(entry.candidate))
        return tuple((topic, shelf.page if shelf else None) for topic, shelf in shelves)

    def related_to(self, entry: DigestEntry) -> tuple[tuple[DigestEntry, RelatedInsight], ...]:
        """Return the neighbours of an insight that have a page, nearest first, with how they are related."""
        relations = self.related.get(entry.candidate.insight.insight_id, ())
        pages = ((insight_page(one.related_insight_id), one) for one in relations)
        return tuple((self.entries[page], one) for page, one in pages if page in self.entries)

    @property
    def months(self) -> Mapping[str, tuple[DigestEntry, ...]]:
        """The insights by the month of their digest, such as ``2026-11``, newest first."""
        return _grouped(self.entries.values(), lambda entry: [f"{entry.digest_date:%Y-%m}"])


def contents_of(
    digests: Sequence[Digest],
    *,
    related: Mapping[str, Sequence[RelatedInsight]],
    chapters: Mapping[str, Sequence[Chapter]],
    settings: DeliverySettings,
    zone: ZoneInfo,
) -> Contents:
    """Return what the site holds.

    Args:
        digests: The digest of each day that has one, in any order.
        related: The neighbours of an insight, nearest first, by its id.
        chapters: The chapters of an episode, by its id; an episode without any may be missing.
        settings: The site's title and, where it is published, its address.
        zone: The digest's time zone, in which times are shown.
    """
    newest_first = tuple(sorted(digests, key=lambda digest: digest.digest_date, reverse=True))
    entries: dict[str, DigestEntry] = {}
    for digest in newest_first:
        for entry in digest.entries:
            entries.setdefault(insight_page(entry.candidate.insight.insight_id), entry)
    return Contents(
        settings=settings,
        zone=zone,
        digests=newest_first,
        entries=entries,
        shows=_shows(entries.values()),
        episodes=_episodes(entries.values()),
        topics=_topics(entries.values()),
        related=related,
        chapters=chapters,
    )


def _shows(entries: Iterable[DigestEntry]) -> Mapping[str, Shelf]:
    grouped = _grouped(entries, lambda entry: [entry.candidate.insight.show_id])
    # The page is named by the oldest title known, so that a show that changes its title keeps its address.
    oldest = {show_id: found[-1] for show_id, found in grouped.items()}
    pages = _pages(oldest, lambda show_id, digits: show_page(shown_show(oldest[show_id].candidate), show_id, digits))
    shelves = {
        show_id: Shelf(title=shown_show(found[0].candidate), page=pages[show_id], entries=found)
        for show_id, found in grouped.items()
    }
    return dict(sorted(shelves.items(), key=lambda item: (item[1].title.casefold(), item[0])))


def _episodes(entries: Iterable[DigestEntry]) -> Mapping[str, Shelf]:
    grouped = _grouped(entries, lambda entry: [entry.candidate.insight.episode_id])
    oldest = {episode_id: found[-1] for episode_id, found in grouped.items()}
    pages = _pages(oldest, lambda name, digits: episode_page(shown_episode(oldest[name].candidate), name, digits))
    return {
        episode_id: Shelf(title=shown_episode(found[0].candidate), page=pages[episode_id], entries=found)
        for episode_id, found in grouped.items()
    }


def _topics(entries: Iterable[DigestEntry]) -> Mapping[str, Shelf]:
    grouped = _grouped(entries, lambda entry: [topic.casefold() for topic in shown_topics(entry.candidate)])
    shelves = {
        name: found
        for name, found in sorted(grouped.items(), key=lambda item: (-len(item[1]), item[0]))
        if len(found) >= FEWEST_OF_A_TOPIC
    }
    pages = _pages({name: found[-FEWEST_OF_A_TOPIC] for name, found in shelves.items()}, topic_page)
    return {
        name: Shelf(title=_written(name, found), page=pages[name], entries=found) for name, found in shelves.items()
    }


def _pages(since: Mapping[str, DigestEntry], page_of: Callable[[str, int], str]) -> Mapping[str, str]:
    """Return the page of each name; where two would have the same, the one that was there first keeps it.

    Titles in scripts other than Latin give no slug, so the few digits beside it are all that tells them apart.
    """
    pages: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(since, key=lambda name: (since[name].digest_date, name)):
        page = page_of(name, FEW_DIGITS)
        pages[name] = page if page not in taken else page_of(name, ALL_DIGITS)
        taken.add(pages[name])
    return pages


def _written(name: str, found: Sequence[DigestEntry]) -> str:
    """Return a topic as most of its newest insights write it: folded, "Fußball" is "fussball" and "AI" is "ai"."""
    topics = (topic for entry in found[:MOST_COMPARED] for topic in shown_topics(entry.candidate))
    spellings = Counter(topic for topic in topics if topic.casefold() == name)
    return max(spellings, key=lambda topic: (spellings[topic], topic == name))


def _grouped(
    entries: Iterable[DigestEntry], names_of: Callable[[DigestEntry], Iterable[str]]
) -> dict[str, tuple[DigestEntry, ...]]:
    found: dict[str, list[DigestEntry]] = {}
    for entry in entries:
        for name in names_of(entry):
            found.setdefault(name, []).append(entry)
    return {name: tuple(grouped) for name, grouped in found.items()}

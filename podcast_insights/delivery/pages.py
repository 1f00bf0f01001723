"""The pages in HTML: what each kind shows. Which there are, and when one is made again, is ``site.py``'s business."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from podcast_insights.delivery.contents import Contents, Shelf
from podcast_insights.delivery.lines import DayLine, chapter_line, day_line, insight_line, related_line
from podcast_insights.delivery.links import (
    ABOUT_PAGE,
    ARCHIVE_PAGE,
    HOME_PAGE,
    NOT_FOUND_PAGE,
    SEARCH_PAGE,
    TOPICS_PAGE,
    absolute_link,
    card_of,
    day_page,
    insight_page,
    relative_link,
    rooted_link,
)
from podcast_insights.delivery.structured import as_script_data, day_data, insight_data
from podcast_insights.delivery.templating import render
from podcast_insights.delivery.text import NAME_LENGTH, clean_text
from podcast_insights.delivery.trend import BASE, HEIGHT, WIDTH, trend_of, written_date
from podcast_insights.delivery.views import (
    PART_MEANINGS,
    counted,
    digest_view,
    entry_view,
)
from podcast_insights.digest.score import WEIGHTS
from podcast_insights.digest.values import DigestEntry

EARLIER_DAYS_SHOWN = 7
MOST_LISTED = 200
MOST_CHAPTERS = 200


class Pages:
    """Renders the pages of one state of the site."""

    def __init__(self, contents: Contents) -> None:
        """Render what ``contents`` holds."""
        self._contents = contents
        self._title = clean_text(contents.settings.site_title, NAME_LENGTH)

    @staticmethod
    def agreeing_pages(entry: DigestEntry) -> Sequence[str]:
        """Return the pages of the insights of other shows that say the same, whether they exist or not."""
        return [insight_page(insight_id) for insight_id, _ in entry.also_said_by]

    def home(self) -> bytes:
        """Return the front page: the latest day, and the days before it."""
        digests = self._contents.digests
        if not digests:
            return self._page(HOME_PAGE, "home.html", title="", day=None, earlier=[])
        earlier = [day_line(digest) for digest in digests[1 : 1 + EARLIER_DAYS_SHOWN]]
        return self._page(HOME_PAGE, "home.html", title="", **self._day(0), earlier=earlier)

    def archive(self) -> bytes:
        """Return the list of all days and shows."""
        contents = self._contents
        lines = [day_line(digest) for digest in contents.digests]
        return self._page(
            ARCHIVE_PAGE,
            "archive.html",
            title="Archive",
            months=_by_month(lines),
            counts=(len(lines), len(contents.entries), len(contents.shows)),
            shows=tuple(contents.shows.values()),
        )

    def topics(self) -> bytes:
        """Return the list of topics, the most frequent first."""
        return self._page(TOPICS_PAGE, "topics.html", title="Topics", topics=tuple(self._contents.topics.values()))

    def about(self) -> bytes:
        """Return how insights are chosen."""
        return self._page(
            ABOUT_PAGE, "about.html", title="How insights are chosen", weights=WEIGHTS, meanings=PART_MEANINGS
        )

    def search(self) -> bytes:
        """Return the page that searches in everything; the only one that runs a script."""
        return self._page(SEARCH_PAGE, "search.html", title="Search")

    def not_found(self) -> bytes:
        """Return what most hosts show where there is no page, under the address that was asked for."""
        return self._page(NOT_FOUND_PAGE, "not_found.html", title="Nothing is here")

    def day(self, place: int) -> bytes:
        """Return the page of the digest at ``place`` (0 is the latest)."""
        digests = self._contents.digests
        later = day_line(digests[place - 1]) if place else None
        earlier = day_line(digests[place + 1]) if place + 1 < len(digests) else None
        shown = self._day(place)
        day = shown["day"]
        return self._page(
            day.page,
            "day.html",
            title=day.title,
            description=f"{day.summary} {self._title}.",
            structured=as_script_data(day_data(day, self._contents.settings.site_url)),
            has_card=True,
            later=later,
            earlier=earlier,
            **shown,
        )

    def insight(self, entry: DigestEntry) -> bytes:
        """Return the permanent page of an insight."""
        contents = self._contents
        view = entry_view(entry)
        related = contents.related_to(entry)
        return self._page(
            view.insight.page,
            "insight.html",
            title=view.insight.claim,
            description=view.insight.explanation or view.insight.quote,
            structured=as_script_data(insight_data(view, contents.settings.site_url)),
            has_card=True,
            entry=view,
            show_page=contents.show_of(entry).page,
            episode_page=contents.episode_of(entry).page,
            day_page=day_page(entry.digest_date),
            topics=contents.topics_of(entry),
            related=[related_line(*pair) for pair in related if not _is_same_show(pair[0], entry)],
            more=[related_line(*pair) for pair in related if _is_same_show(pair[0], entry)],
        )

    def show(self, show: Shelf) -> bytes:
        """Return the page of a show: its insights, newest first, by episode."""
        listed = show.entries[:MOST_LISTED]
        episodes = dict.fromkeys(entry.candidate.insight.episode_id for entry in listed)
        of_episode = {
            self._contents.episodes[episode_id]: [
                insight_line(entry) for entry in listed if entry.candidate.insight.episode_id == episode_id
            ]
            for episode_id in episodes
        }
        return self._page(
            show.page,
            "show.html",
            title=show.title,
            description=f"{counted(len(show.entries), 'insight')} from {show.title}.",
            show=show,
            episodes=list(of_episode.items()),
            left_out=len(show.entries) - len(listed),
        )

    def episode(self, episode_id: str) -> bytes:
        """Return the page of an episode: its insights in the order in which they were said, and its chapters."""
        contents = self._contents
        episode = contents.episodes[episode_id]
        newest = episode.entries[0]
        chapters = list(contents.chapters.get(episode_id, ()))[:MOST_CHAPTERS]
        in_order = sorted(episode.entries, key=lambda entry: entry.candidate.insight.start_s)
        show = contents.show_of(newest)
        return self._page(
            episode.page,
            "episode.html",
            title=episode.title,
            description=f"{counted(len(in_order), 'insight')} from {episode.title}, {show.title}.",
            episode=entry_view(newest).insight,
            show=show,
            entries=[entry_view(entry) for entry in in_order],
            chapters=[chapter_line(chapter, newest.candidate.audio_url) for chapter in chapters],
        )

    def topic(self, topic: Shelf) -> bytes:
        """Return the page of a topic: how often it came up week by week, and its insights."""
        trend = trend_of(entry.digest_date for entry in topic.entries)
        return self._page(
            topic.page,
            "topic.html",
            title=topic.title,
            description=f"{counted(len(topic.entries), 'insight')} about {topic.title}.",
            topic=topic,
            shows=len({entry.candidate.insight.show_id for entry in topic.entries}),
            trend=trend,
            size=(WIDTH, HEIGHT, BASE),
            ends=[written_date(week.monday) for week in (trend.weeks[0], trend.weeks[-1])],
            lines=[insight_line(entry) for entry in topic.entries[:MOST_LISTED]],
            left_out=max(0, len(topic.entries) - MOST_LISTED),
        )

    def _day(self, place: int) -> dict[str, Any]:
        """Return a digest as pages show it, with the pages of its shows and whether other pages exist."""
        digest = self._contents.digests[place]
        built = digest.built_at.astimezone(self._contents.zone)
        return {
            "day": digest_view(digest),
            "show_pages": {entry.rank: self._contents.show_of(entry).page for entry in digest.entries},
            "built": f"{built:%H:%M on} {built.date().isoformat()} ({self._contents.zone.key})",
        }

    def _page(
        self, page: str, template: str, *, title: str, description: str = "", has_card: bool = False, **context: object
    ) -> bytes:
        site_url = self._contents.settings.site_url
        is_somewhere = page != NOT_FOUND_PAGE
        return render(
            template,
            page=page,
            title=title,
            description=clean_text(description, NAME_LENGTH),
            canonical=absolute_link(site_url, page) if site_url and is_somewhere else None,
            picture=absolute_link(site_url, card_of(page)) if site_url and has_card else None,
            site_title=self._title,
            exists=self._contents.entries.__contains__,
            link=partial(relative_link, page) if is_somewhere else partial(rooted_link, site_url),
            **{"structured": None} | context,
        ).encode()


def _is_same_show(one: DigestEntry, other: DigestEntry) -> bool:
    return one.candidate.insight.show_id == other.candidate.insight.show_id


def _by_month(lines: Sequence[DayLine]) -> list[tuple[str, list[DayLine]]]:
    months: dict[str, list[DayLine]] = {}
    for line in lines:
        months.setdefault(f"{line.digest_date:%B %Y}", []).append(line)
    return list(months.items())

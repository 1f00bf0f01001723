"""The site: every digest as static pages that work on a server, under a sub-path and opened from disk.

Pure: digests in, files out, the same bytes for the same input. Writing them is ``publish.py``'s work. Pages ask
nothing of any other host except, when the reader presses play, the publisher's audio.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from podcast_insights.delivery.feeds_out import atom_feed, json_feed
from podcast_insights.delivery.links import (
    ABOUT_PAGE,
    ARCHIVE_PAGE,
    ATOM_FILE,
    HOME_PAGE,
    JSON_FEED_FILE,
    STYLE_FILE,
    absolute_link,
    relative_link,
    show_page,
)
from podcast_insights.delivery.templating import render, stylesheet
from podcast_insights.delivery.text import NAME_LENGTH, clean_text
from podcast_insights.delivery.views import (
    PART_MEANINGS,
    DigestView,
    EntryView,
    InsightView,
    counted,
    digest_view,
    insight_view,
)
from podcast_insights.digest.score import WEIGHTS
from podcast_insights.digest.values import Candidate, Digest
from podcast_insights.settings import DeliverySettings

EARLIER_DAYS_SHOWN = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class _Show:
    """A show that had insights in digests, with them, newest first."""

    title: str
    page: str
    entries: tuple[EntryView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    """All that the pages are made of: days newest first, shows by id, insights by page."""

    settings: DeliverySettings
    days: tuple[DigestView, ...]
    shows: Mapping[str, _Show]
    entries: Mapping[str, EntryView]
    related: Mapping[str, tuple[InsightView, ...]]
    built: Mapping[str, str]


def build_site(
    digests: Sequence[Digest],
    *,
    related: Mapping[str, Sequence[Candidate]],
    settings: DeliverySettings,
    zone: ZoneInfo,
) -> Mapping[str, bytes]:
    """Return the content of each file of the site by its path relative to the site's folder.

    Args:
        digests: The digest of each day that has one, in any order.
        related: The neighbours of an insight, nearest first, by its id; an insight without any may be missing.
        settings: The site's title and, where it is published, its address.
        zone: The digest's time zone, in which times are shown.
    """
    newest_first = sorted(digests, key=lambda digest: digest.digest_date, reverse=True)
    site = _site(newest_first, related, settings, zone)
    pages = {page: html.encode() for page, html in _pages(site)}
    pages[ATOM_FILE] = atom_feed(newest_first, settings=settings, zone=zone)
    pages[JSON_FEED_FILE] = json_feed(newest_first, settings=settings, zone=zone)
    pages[STYLE_FILE] = stylesheet()
    if settings.site_url:
        pages["robots.txt"] = (
            f"User-agent: *\nAllow: /\nSitemap: {absolute_link(settings.site_url, 'sitemap.xml')}\n".encode()
        )
        pages["sitemap.xml"] = _sitemap(settings.site_url, [page for page in pages if page.endswith(".html")])
    return pages


def _site(
    digests: Sequence[Digest], related: Mapping[str, Sequence[Candidate]], settings: DeliverySettings, zone: ZoneInfo
) -> _Site:
    days = tuple(digest_view(digest) for digest in digests)
    entries: dict[str, EntryView] = {}
    for day in days:
        for entry in day.entries:
            entries.setdefault(entry.insight.page, entry)
    return _Site(
        settings=settings,
        days=days,
        shows=_shows(entries),
        entries=entries,
        related={id_: tuple(insight_view(candidate) for candidate in found) for id_, found in related.items()},
        built={
            digest_view(digest).page: f"{digest.built_at.astimezone(zone):%H:%M on} "
            f"{digest.built_at.astimezone(zone).date().isoformat()} ({zone.key})"
            for digest in digests
        },
    )


def _shows(entries: Mapping[str, EntryView]) -> Mapping[str, _Show]:
    by_show: dict[str, list[EntryView]] = {}
    for entry in entries.values():
        by_show.setdefault(entry.show_id, []).append(entry)
    # The page is named by the oldest title known, so that a show that changes its title keeps its address.
    shows = {
        show_id: _Show(
            title=found[0].insight.show_title,
            page=show_page(found[-1].insight.show_title, show_id),
            entries=tuple(found),
        )
        for show_id, found in by_show.items()
    }
    return dict(sorted(shows.items(), key=lambda item: (item[1].title.casefold(), item[0])))


def _pages(site: _Site) -> Iterator[tuple[str, str]]:
    title = site.settings.site_title
    yield _page(site, HOME_PAGE, "home.html", title="", earlier=site.days[1 : 1 + EARLIER_DAYS_SHOWN])
    yield _page(site, ARCHIVE_PAGE, "archive.html", title="Archive")
    yield _page(
        site, ABOUT_PAGE, "about.html", title="How insights are chosen", weights=WEIGHTS, meanings=PART_MEANINGS
    )
    for place, day in enumerate(site.days):
        later = site.days[place - 1] if place else None
        earlier = site.days[place + 1] if place + 1 < len(site.days) else None
        description = f"{day.summary} {title}."
        yield _page(
            site, day.page, "day.html", title=day.title, description=description, day=day, later=later, earlier=earlier
        )
    for page, entry in site.entries.items():
        insight = entry.insight
        related = site.related.get(insight.insight_id, ())
        yield _page(
            site,
            page,
            "insight.html",
            title=insight.claim,
            description=insight.explanation or insight.quote,
            entry=entry,
            related=related,
        )
    for show in site.shows.values():
        found = counted(len(show.entries), "insight")
        yield _page(
            site, show.page, "show.html", title=show.title, description=f"{found} from {show.title}.", show=show
        )


def _page(
    site: _Site, page: str, template: str, *, title: str, description: str = "", **context: object
) -> tuple[str, str]:
    site_url = site.settings.site_url
    html = render(
        template,
        page=page,
        title=title,
        description=clean_text(description, NAME_LENGTH),
        canonical=absolute_link(site_url, page) if site_url else None,
        site_title=clean_text(site.settings.site_title, NAME_LENGTH),
        site=site,
        link=partial(relative_link, page),
        **context,
    )
    return page, html


def _sitemap(site_url: str, pages: Sequence[str]) -> bytes:
    locations = "".join(f"<url><loc>{escape(absolute_link(site_url, page))}</loc></url>\n" for page in sorted(pages))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{locations}</urlset>\n'
    ).encode()

"""The site: every file there is, what each is made of, and how to make it.

Pure: digests in, files out, the same bytes for the same input. A file is made only when it is asked for, and its key
says whether it would be the same as last time, so that a new day costs what a new day changes. Writing is
``publish.py``'s work. Pages ask nothing of any other host except, when the reader presses play, the publisher's audio.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache, partial
from importlib.metadata import version
from importlib.resources import files

from podcast_insights.delivery import api, cards, feeds_out, search_index
from podcast_insights.delivery.contents import Contents
from podcast_insights.delivery.links import (
    ABOUT_PAGE,
    API_INDEX,
    API_SCHEMA,
    ARCHIVE_PAGE,
    ATOM_FILE,
    DIGESTS_ATOM_FILE,
    DIGESTS_JSON_FILE,
    HOME_PAGE,
    JSON_FEED_FILE,
    NOT_FOUND_PAGE,
    SEARCH_LIST,
    SEARCH_PAGE,
    SEARCH_SCRIPT,
    STYLE_FILE,
    TOPICS_PAGE,
    api_day,
    card_of,
    day_page,
    search_month,
)
from podcast_insights.delivery.pages import EARLIER_DAYS_SHOWN, MOST_LISTED, Pages
from podcast_insights.delivery.sitemap import sitemap_files
from podcast_insights.delivery.text import NAME_LENGTH, clean_text
from podcast_insights.delivery.values import SiteFile
from podcast_insights.delivery.views import long_date, shown_claim, shown_show
from podcast_insights.digest.score import WEIGHTS
from podcast_insights.digest.values import Digest, DigestEntry

Parts = tuple[object, ...]

# What pages are made with beside this package: the weights that they show, days, and how addresses are made of ids.
MADE_WITH = ("days.py", "digest/score.py", "digest/values.py", "feeds/values.py", "fingerprints.py")
MADE_WITH_LIBRARIES = ("feedgenerator", "Jinja2", "matplotlib", "pillow", "pydantic", "rapidfuzz")


def site_files(contents: Contents) -> tuple[SiteFile, ...]:
    """Return every file of the site, each with the key of what it is made of."""
    site = _Site(contents)
    found = [*site.pages(), *site.feeds(), *site.for_programs(), *site.assets()]
    if contents.settings.site_url:
        pages = [file.path for file in found if file.path.endswith(".html") and file.path != NOT_FOUND_PAGE]
        found += [*site.cards(), *map(_made_again_with_other_code, sitemap_files(contents.settings.site_url, pages))]
    return tuple(found)


def _made_again_with_other_code(file: SiteFile) -> SiteFile:
    return replace(file, key=_key(_code_key(), file.key))


class _Site:
    """The files of one state of the site; entries and digests are hashed once."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._pages = Pages(contents)
        self._entry_keys: dict[tuple[date, int], str] = {}
        self._neighbourhoods: dict[tuple[date, int], Parts] = {}
        self._common = (_code_key(), contents.settings.site_title, contents.settings.site_url, contents.zone.key)
        self._digest_keys = {digest.digest_date: self._digest_key(digest) for digest in contents.digests}

    def pages(self) -> Iterator[SiteFile]:
        contents, pages = self._contents, self._pages
        newest = contents.digests[:1]
        earlier = contents.digests[1 : 1 + EARLIER_DAYS_SHOWN]
        yield self._file(HOME_PAGE, (self._of_days(newest), _headlines(earlier)), pages.home)
        shelves = [(show.title, show.page, len(show.entries)) for show in contents.shows.values()]
        yield self._file(ARCHIVE_PAGE, (_headlines(contents.digests), shelves), pages.archive)
        topics = [(topic.title, topic.page, len(topic.entries)) for topic in contents.topics.values()]
        yield self._file(TOPICS_PAGE, (topics,), pages.topics)
        yield self._file(ABOUT_PAGE, (repr(WEIGHTS),), pages.about)
        yield self._file(SEARCH_PAGE, (), pages.search)
        yield self._file(NOT_FOUND_PAGE, (), pages.not_found)
        for place, digest in enumerate(contents.digests):
            near = [one.digest_date for one in contents.digests[max(0, place - 1) : place + 2]]
            parts = (self._of_days((digest,)), near)
            yield self._file(day_page(digest.digest_date), parts, partial(pages.day, place))
        for page, entry in contents.entries.items():
            yield self._file(page, self._of_insight(page, entry), partial(pages.insight, entry))
        for show in contents.shows.values():
            episodes = [contents.episode_of(entry).page for entry in show.entries[:MOST_LISTED]]
            yield self._file(show.page, (show.title, self._of(show.entries), episodes), partial(pages.show, show))
        for episode_id, episode in contents.episodes.items():
            chapters = contents.chapters.get(episode_id, ())
            show = contents.show_of(episode.entries[0])
            agreeing = [self._agreeing(entry) for entry in episode.entries]
            made_of = (episode.title, self._of(episode.entries), repr(chapters), show.title, show.page, agreeing)
            yield self._file(episode.page, made_of, partial(pages.episode, episode_id))
        for topic in contents.topics.values():
            yield self._file(topic.page, (self._of(topic.entries),), partial(pages.topic, topic))

    def feeds(self) -> Iterator[SiteFile]:
        contents = self._contents
        latest = contents.digests[: feeds_out.DAYS_IN_FEED]
        parts = (self._of_days(latest),)
        for path, make in (
            (ATOM_FILE, feeds_out.atom_feed),
            (JSON_FEED_FILE, feeds_out.json_feed),
            (DIGESTS_ATOM_FILE, feeds_out.digests_atom_feed),
            (DIGESTS_JSON_FILE, feeds_out.digests_json_feed),
        ):
            yield self._file(path, parts, partial(make, latest, settings=contents.settings, zone=contents.zone))

    def for_programs(self) -> Iterator[SiteFile]:
        contents = self._contents
        days = [(digest.digest_date, len(digest.entries), digest.revision) for digest in contents.digests]
        yield self._file(API_INDEX, (days,), partial(api.index_json, contents.digests, contents.settings))
        yield self._file(API_SCHEMA, (), api.schema_json)
        for digest in contents.digests:
            parts = (self._of_days((digest,)), [self._related(entry) for entry in digest.entries])
            yield self._file(api_day(digest.digest_date), parts, partial(api.day_json, digest, contents))
        months = contents.months
        yield self._file(SEARCH_LIST, (list(months),), partial(search_index.months_json, list(months)))
        for month, entries in months.items():
            yield self._file(search_month(month), (self._of(entries),), partial(search_index.month_json, entries))

    def assets(self) -> Iterator[SiteFile]:
        for path in (STYLE_FILE, SEARCH_SCRIPT):
            yield self._file(path, (), partial(_asset, path))

    def cards(self) -> Iterator[SiteFile]:
        title = clean_text(self._contents.settings.site_title, NAME_LENGTH)
        for digest in self._contents.digests:
            headline = shown_claim(digest.entries[0].candidate) if digest.entries else "No insight was good enough"
            make = partial(cards.card, headline=headline, above=long_date(digest.digest_date), below=title)
            yield self._file(card_of(day_page(digest.digest_date)), (headline,), make)
        for page, entry in self._contents.entries.items():
            headline, show = shown_claim(entry.candidate), shown_show(entry.candidate)
            make = partial(cards.card, headline=headline, above=show, below=title)
            yield self._file(card_of(page), (headline, show), make)

    def _file(self, path: str, parts: Parts, make: Callable[[], bytes]) -> SiteFile:
        return SiteFile(path=path, key=_key(self._common, parts), make=make)

    def _digest_key(self, digest: Digest) -> str:
        keys = [self._entry_key(entry) for entry in digest.entries]
        numbers = (digest.considered, digest.shows_considered, digest.unfinished_episodes)
        return _key(digest.digest_date, numbers, digest.revision, digest.built_at, keys)

    def _entry_key(self, entry: DigestEntry) -> str:
        place = (entry.digest_date, entry.rank)
        if place not in self._entry_keys:
            self._entry_keys[place] = _key(entry)
        return self._entry_keys[place]

    def _of(self, entries: tuple[DigestEntry, ...]) -> list[str]:
        return [self._entry_key(entry) for entry in entries]

    def _of_days(self, digests: tuple[Digest, ...]) -> list[object]:
        """Return what the pages and files of days depend on, beside the words of the digests themselves."""
        return [
            (
                self._digest_keys[digest.digest_date],
                [self._neighbourhood(entry) for entry in digest.entries],
                self._contents.zone.key,
            )
            for digest in digests
        ]

    def _of_insight(self, page: str, entry: DigestEntry) -> Parts:
        return (page, self._entry_key(entry), self._related(entry), self._neighbourhood(entry))

    def _related(self, entry: DigestEntry) -> Parts:
        return tuple(
            (self._entry_key(other), relation.stance, relation.similarity_ratio, relation.compared_by)
            for other, relation in self._contents.related_to(entry)
        )

    def _neighbourhood(self, entry: DigestEntry) -> Parts:
        """Return the pages to which an insight links: they may come to exist after it."""
        place = (entry.digest_date, entry.rank)
        if place not in self._neighbourhoods:
            contents = self._contents
            pages = (contents.show_of(entry).page, contents.episode_of(entry).page, contents.topics_of(entry))
            self._neighbourhoods[place] = (*pages, self._agreeing(entry))
        return self._neighbourhoods[place]

    def _agreeing(self, entry: DigestEntry) -> list[bool]:
        """Return for each insight that says the same whether it has a page: such a link may come later, too."""
        return [page in self._contents.entries for page in self._pages.agreeing_pages(entry)]


def _headlines(digests: tuple[Digest, ...]) -> list[object]:
    strongest = ((one.digest_date, one.entries[0].candidate if one.entries else None) for one in digests)
    return [(day, found and (found.insight.claim, found.language)) for day, found in strongest]


def _key(*parts: object) -> str:
    return hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _asset(path: str) -> bytes:
    return files("podcast_insights.delivery").joinpath(path).read_bytes()


@cache
def _code_key() -> str:
    """Return the hash of all that turns values into pages: with another version, every page is made again."""
    package = files("podcast_insights")
    parts = [package.joinpath("delivery", *folder) for folder in ((), ("templates",), ("assets",))]
    found = sorted((file.name, file.read_bytes()) for part in parts for file in part.iterdir() if file.is_file())
    others = [(name, package.joinpath(*name.split("/")).read_bytes()) for name in MADE_WITH]
    return _key(found, others, [(name, version(name)) for name in MADE_WITH_LIBRARIES])

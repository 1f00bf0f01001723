"""The values of the feed stage: what a feed says, and what we know about a show and its episodes.

``Parsed*`` values are what one body says, without identity or memory. ``Show`` and ``Episode`` are what we know after
all polls so far. Nothing here reads or decides anything.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

# Part of what a feed's validators vouch for: raise it when more is read, and every feed is read in full once.
READING_RULES = 3

FeedStatus = Literal["active", "failing", "held", "gone"]
PollOutcome = Literal["changed", "unchanged", "not_modified", "stale", "older_pages", "failed", "held", "gone"]
EpisodeType = Literal["full", "trailer", "bonus"]
EpisodeDecision = Literal["process", "skip"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """The media file that an item points to; ``length_bytes`` and ``media_type`` are the feed's word only."""

    url: str
    media_type: str | None = None
    length_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptLink:
    """One ``podcast:transcript`` of an item, in the feed's order."""

    url: str
    media_type: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One chapter of an episode: where it begins, and what it is called."""

    start_s: float
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who takes part in an episode (``podcast:person``), with a role such as host or guest."""

    name: str
    role: str
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundbite:
    """A passage that the publisher recommends (``podcast:soundbite``)."""

    start_s: float
    duration_s: float
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedItem:
    """One item as the feed states it.

    ``published_at`` is None where the date is missing or implausible; ``raw_date`` keeps what was written.
    ``show_notes`` is untrusted HTML as it came. ``chapters`` are those that stand in the feed itself; those behind
    ``chapters_url`` are fetched with the episode's day.
    """

    guid: str | None
    title: str
    show_notes: str
    page_url: str | None
    published_at: datetime | None
    raw_date: str | None
    duration_s: float | None
    enclosure: Enclosure | None
    transcript_links: tuple[TranscriptLink, ...] = ()
    chapters_url: str | None = None
    chapters: tuple[Chapter, ...] = ()
    persons: tuple[Person, ...] = ()
    soundbites: tuple[Soundbite, ...] = ()
    season: int | None = None
    episode_number: int | None = None
    episode_type: EpisodeType | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedItem:
    """An item of which nothing could be used, with the reason."""

    position: int
    reason: str
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """One feed body: the channel's own facts, its items in feed order, and what was dropped.

    ``built_at`` is when the feed says that it was made; ``older_url`` is its next page of older items (RFC 5005).
    """

    title: str | None
    language: str | None
    page_url: str | None
    podcast_guid: str | None
    new_feed_url: str | None
    items: tuple[ParsedItem, ...]
    dropped: tuple[DroppedItem, ...] = ()
    author: str | None = None
    built_at: datetime | None = None
    older_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One episode of a show, as the catalogue knows it: one per ``episode_id`` for ever.

    ``episode_date`` is the day in the digest's time zone under which the episode is processed. It is set when the
    episode is first seen and never changes, whatever the feed does to the date later. ``gone_at`` is when the episode
    was first missing from its feed (None while it is listed).
    """

    episode_id: str
    show_id: str
    guid: str | None
    title: str
    show_notes: str
    page_url: str | None
    published_at: datetime
    has_plausible_date: bool
    episode_date: date
    duration_s: float | None
    enclosure: Enclosure | None
    transcript_links: tuple[TranscriptLink, ...]
    first_seen_at: datetime
    gone_at: datetime | None = None
    chapters_url: str | None = None
    chapters: tuple[Chapter, ...] = ()
    persons: tuple[Person, ...] = ()
    soundbites: tuple[Soundbite, ...] = ()
    season: int | None = None
    episode_number: int | None = None
    episode_type: EpisodeType | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeNotes:
    """What the catalogue knows an episode's words by: what its feed says of it, and when it was published."""

    episode_id: str
    title: str
    show_notes: str
    published_at: datetime
    chapters: tuple[Chapter, ...] = ()
    persons: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeChapters:
    """The chapters of one episode, in order.

    ``source_url`` is the publisher's file, None where they stood in the feed.
    """

    episode_id: str
    show_id: str
    source_url: str | None
    chapters: tuple[Chapter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """One show and the state of its feed: what the next poll needs, and what the last one found.

    ``feed_url`` is what is polled now, ``configured_url`` what the reader wrote, so that a show that moved is still
    recognised; ``aliases`` are the addresses that its feed left. ``language`` is the reader's word where there is one,
    else ``stated_language``, the feed's. ``moved_to`` is where the last poll was led for good: the next one that is led
    there moves the feed. ``items_fingerprint`` is the fingerprint of the episodes that the validators ``etag`` and
    ``last_modified`` vouch for: where the stored episodes differ, the feed is read in full again. ``built_at`` is when
    the last body says that it was made. ``held_at`` and ``stale_at`` are when the feed was first held, or first sent an
    older copy, since it was last read. ``said_gone_at`` is when it first answered 410 of ``gone_answers`` in a row.
    ``older_url`` is the page of older items at which reading back goes on, after
    ``older_pages`` of them.
    """

    show_id: str
    name: str
    title: str
    configured_url: str
    feed_url: str
    aliases: tuple[str, ...] = ()
    moved_to: str | None = None
    language: str | None = None
    page_url: str | None = None
    author: str | None = None
    status: FeedStatus = "active"
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    items_fingerprint: str | None = None
    listed_episodes: int = 0
    built_at: datetime | None = None
    held_at: datetime | None = None
    stale_at: datetime | None = None
    said_gone_at: datetime | None = None
    gone_answers: int = 0
    older_url: str | None = None
    older_pages: int = 0
    stated_language: str | None = None
    last_polled_at: datetime | None = None
    last_changed_at: datetime | None = None
    next_poll_at: datetime | None = None
    failures_in_a_row: int = 0
    last_error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPoll:
    """One poll of one feed: ``outcome`` is what a person would call it.

    ``failed`` is a poll whose ``error`` says why; ``stale`` one that brought an older copy; ``older_pages`` the reading
    back of a feed that has pages. ``new_episodes`` counts episodes never seen before; ``gone_episodes`` those no longer
    listed; ``dropped_items`` items of which nothing could be used.
    """

    show_id: str
    polled_at: datetime
    outcome: PollOutcome
    http_status: int | None
    body_bytes: int
    duration_s: float
    listed: int = 0
    new_episodes: int = 0
    changed_episodes: int = 0
    gone_episodes: int = 0
    dropped_items: int = 0
    drop_reasons: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedEpisode:
    """An episode of a day with the decision on it; ``reason`` says why in a code, ``message`` in a sentence."""

    episode: Episode
    decision: EpisodeDecision
    reason: str
    message: str

"""What a feed's body means for the catalogue, and which episodes are processed: values and ``now`` in, values out.

Episodes are never deleted: one that is no longer listed is marked as gone, and comes back when it is listed again. The
day of an episode is set when it is first seen and never moves, so a feed that edits dates cannot send an episode into
a digest twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from podcast_insights.days import day_of
from podcast_insights.errors import FeedError
from podcast_insights.feeds.identity import MatchedItem, match_items, normalised_url, reissues_most_guids
from podcast_insights.feeds.media import media_kind
from podcast_insights.feeds.values import DecidedEpisode, Episode, ParsedFeed, Show
from podcast_insights.fingerprints import fingerprint_of
from podcast_insights.settings import ShowSettings
from podcast_insights.skips import Skip
from podcast_insights.web_redact import redact_url

# Part of what the validators vouch for: raise it when the parser reads more, and every feed is read in full once.
READING_RULES = 1

MESSAGES = {
    "process": "The episode has audio or a publisher's transcript.",
    "show_not_followed": "The show is no longer listed in podcasts.yaml.",
    "show_paused": "The show is paused in podcasts.yaml.",
    "not_yet_published": "The episode's publication time is in the future.",
    "no_media": "The feed gives neither audio nor a transcript for the episode.",
    "video_only": "The episode is a video, and the feed gives no transcript for it.",
    "duplicate_media": "Another episode of the show has the same media on the same day.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogChange:
    """A show and all its episodes after a poll, and the ids of those that are new, changed (or back), and gone."""

    show: Show
    episodes: tuple[Episode, ...]
    new_ids: tuple[str, ...] = ()
    changed_ids: tuple[str, ...] = ()
    gone_ids: tuple[str, ...] = ()


def merge_feed(
    show: Show, known: Sequence[Episode], feed: ParsedFeed, *, timezone: ZoneInfo, now: datetime
) -> CatalogChange:
    """Return the show and its episodes as they are after reading ``feed``; known episodes first, then new ones.

    Raises:
        FeedError: The feed re-issued most of its guids, so it is held: nothing of it is taken over.
    """
    matched = match_items(known, feed.items, show.show_id)
    if reissues_most_guids(known, matched):
        raise FeedError(
            f"{show.name} ({redact_url(show.feed_url)}) is held: it gave most of its old episodes new guids, and "
            "would list them again as new. What is known stays; check whether the address still serves the same show"
        )
    listed = {match.episode_id: match for match in matched}
    after = [_after(episode, listed.get(episode.episode_id), timezone, now) for episode in known]
    new = [_first_seen(match, show.show_id, timezone, now) for match in matched if match.known is None]
    episodes = (*after, *new)
    changes = [(before, episode) for before, episode in zip(known, after, strict=True) if before != episode]
    gone = [episode.episode_id for before, episode in changes if episode.gone_at and not before.gone_at]
    has_changed = bool(changes or new)
    return CatalogChange(
        show=replace(
            show,
            title=feed.title or show.title,
            language=feed.language or show.language,
            page_url=feed.page_url or show.page_url,
            items_fingerprint=items_fingerprint(episodes),
            last_changed_at=now if has_changed else show.last_changed_at,
        ),
        episodes=episodes,
        new_ids=tuple(episode.episode_id for episode in new),
        changed_ids=tuple(each.episode_id for _, each in changes if each.episode_id not in gone),
        gone_ids=tuple(gone),
    )


def items_fingerprint(episodes: Sequence[Episode]) -> str:
    """Return the fingerprint of a show's stored episodes, whatever their order."""
    return fingerprint_of({"rules": READING_RULES, **{each.episode_id: asdict(each) for each in episodes}})


def decide_episodes(
    episodes: Sequence[Episode], shows: Mapping[str, ShowSettings], now: datetime
) -> tuple[DecidedEpisode, ...]:
    """Return each episode with the decision on it and the reason, in the order given.

    Args:
        episodes: The episodes of any number of shows and days.
        shows: The settings of the shows that are followed, by show_id.
        now: The present.
    """
    first_by_media: dict[tuple[object, ...], Episode] = {}
    for episode in sorted(episodes, key=lambda each: (each.first_seen_at, each.published_at, each.episode_id)):
        first_by_media.setdefault(_media_key(episode), episode)
    decided = []
    for episode in episodes:
        is_first = first_by_media[_media_key(episode)].episode_id == episode.episode_id
        reason = _reason(episode, shows.get(episode.show_id), now, is_first=is_first)
        decided.append(
            DecidedEpisode(
                episode=episode,
                decision="process" if reason == "process" else "skip",
                reason=reason,
                message=MESSAGES[reason],
            )
        )
    return tuple(decided)


def skips_of(decided: Sequence[DecidedEpisode]) -> tuple[Skip, ...]:
    """Return a record for each episode that is not processed."""
    return tuple(
        Skip(
            stage="episodes",
            show_id=item.episode.show_id,
            subject_id=item.episode.episode_id,
            reason=item.reason,
            message=item.message,
            retryable=item.reason == "not_yet_published",
        )
        for item in decided
        if item.decision == "skip"
    )


def _reason(episode: Episode, settings: ShowSettings | None, now: datetime, *, is_first: bool) -> str:
    """Return the first reason against an episode, or ``process``."""
    kind = media_kind(episode.enclosure) if episode.enclosure else None
    rules = {
        "show_not_followed": settings is None,
        "show_paused": settings is not None and settings.paused,
        "not_yet_published": episode.published_at > now,
        "no_media": kind is None and not episode.transcript_links,
        "video_only": kind == "video" and not episode.transcript_links,
        "duplicate_media": not is_first,
    }
    return next((reason for reason, holds in rules.items() if holds), "process")


def _media_key(episode: Episode) -> tuple[object, ...]:
    """Return what makes two episodes the same media; one without an enclosure is only itself."""
    media = normalised_url(episode.enclosure.url) if episode.enclosure else episode.episode_id
    return episode.show_id, episode.episode_date, media


def _after(episode: Episode, match: MatchedItem | None, timezone: ZoneInfo, now: datetime) -> Episode:
    """Return a known episode as its feed lists it now, or as gone where it does not."""
    if match is None:
        return episode if episode.gone_at else replace(episode, gone_at=now)
    listed = _first_seen(match, episode.show_id, timezone, now)
    return replace(
        listed,
        guid=listed.guid or episode.guid,
        published_at=listed.published_at if listed.has_plausible_date else episode.published_at,
        has_plausible_date=listed.has_plausible_date or episode.has_plausible_date,
        episode_date=episode.episode_date,
        first_seen_at=episode.first_seen_at,
    )


def _first_seen(match: MatchedItem, show_id: str, timezone: ZoneInfo, now: datetime) -> Episode:
    """Return an episode as it first stands in its feed; without a date to believe, it counts as published now."""
    item = match.item
    published_at = item.published_at or now
    return Episode(
        episode_id=match.episode_id,
        show_id=show_id,
        guid=item.guid,
        title=item.title,
        show_notes=item.show_notes,
        page_url=item.page_url,
        published_at=published_at,
        has_plausible_date=item.published_at is not None,
        episode_date=day_of(published_at, timezone),
        duration_s=item.duration_s,
        enclosure=item.enclosure,
        transcript_links=item.transcript_links,
        first_seen_at=now,
    )

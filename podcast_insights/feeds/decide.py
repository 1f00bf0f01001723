"""What a feed's body means for the catalogue, and which episodes are processed: values and ``now`` in, values out.

Episodes are never deleted: one that is no longer listed is marked as gone, and comes back when it is listed again. The
day of an episode is set when it is first seen and never moves, so a feed that edits dates cannot send an episode into
a digest twice. A feed that has pages is polled at the first one, so what is older than that page is not gone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from podcast_insights.days import day_of
from podcast_insights.feeds.held import held_error, is_accepted
from podcast_insights.feeds.identity import MatchedItem, match_items, normalised_url, reissues_most_guids
from podcast_insights.feeds.media import media_kind
from podcast_insights.feeds.stale import is_older_copy
from podcast_insights.feeds.values import DecidedEpisode, Episode, ParsedFeed, ParsedItem, Show
from podcast_insights.settings import ShowSettings
from podcast_insights.skips import Skip

FIRST_INSTANT = datetime.min.replace(tzinfo=UTC)
LAST_INSTANT = datetime.max.replace(tzinfo=UTC)

# Without dates, a new show's back catalogue would be today's episodes, all of them.
MOST_UNDATED_AT_ONCE = 5
# An episode that was first seen with its date is never filed that long after it.
OLD_NEWS = timedelta(days=7)

MESSAGES = {
    "process": "The episode has audio or a publisher's transcript.",
    "show_not_followed": "The show is no longer listed in podcasts.yaml.",
    "show_paused": "The show is paused in podcasts.yaml.",
    "not_yet_published": "The episode's publication time is in the future.",
    "undated": "The feed listed many episodes at once without dates to believe, so which are new cannot be told. "
    "Those that it adds later are processed.",
    "dated_late": "The feed listed it among many episodes without dates to believe, and gave it an old date later: it "
    "is no news of the day on which it was found.",
    "no_media": "The feed gives neither audio nor a transcript for the episode.",
    "video_only": "The episode is a video, and the feed gives no transcript for it.",
    "duplicate_media": "Another episode of the show has the same media on the same day.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogChange:
    """A show and all its episodes after a poll, and the ids of those that are new, changed (or back), and gone.

    ``is_stale`` says that the body was an older copy, of which nothing was taken over.
    """

    show: Show
    episodes: tuple[Episode, ...]
    new_ids: tuple[str, ...] = ()
    changed_ids: tuple[str, ...] = ()
    gone_ids: tuple[str, ...] = ()
    is_stale: bool = False

    @property
    def has_changed(self) -> bool:
        """Whether any episode is other than before."""
        return bool(self.new_ids or self.changed_ids or self.gone_ids)


def merge_feed(
    show: Show, known: Sequence[Episode], feed: ParsedFeed, *, settings: ShowSettings, timezone: ZoneInfo, now: datetime
) -> CatalogChange:
    """Return the show and its episodes as they are after reading ``feed``; known episodes first, then new ones.

    Raises:
        HeldFeedError: The feed re-issued most of its guids, and the reader did not accept it: nothing is taken over.
    """
    matched = match_items(known, feed.items, show.show_id)
    if is_older_copy(show, known, feed, matched, now):
        return CatalogChange(show=replace(show, stale_at=show.stale_at or now), episodes=tuple(known), is_stale=True)
    if reissues_most_guids(known, matched) and not is_accepted(show, settings, timezone=timezone, now=now):
        raise held_error(show, timezone=timezone, now=now)
    gone_from = _oldest_at(feed.items) if feed.older_url else FIRST_INSTANT
    change = _merged(show, known, matched, gone_from=gone_from, timezone=timezone, now=now)
    return replace(
        change,
        show=replace(
            change.show,
            title=feed.title or show.title,
            language=feed.language or show.language,
            stated_language=feed.language or show.stated_language,
            page_url=feed.page_url or show.page_url,
            author=feed.author or show.author,
            built_at=feed.built_at,
            held_at=None,
            stale_at=None,
        ),
    )


def merge_older_items(
    show: Show, known: Sequence[Episode], items: Sequence[ParsedItem], *, timezone: ZoneInfo, now: datetime
) -> CatalogChange:
    """Return the show and its episodes after reading pages of older items: nothing goes that is not on them."""
    matched = match_items(known, items, show.show_id, is_part=True)
    return _merged(show, known, matched, gone_from=LAST_INSTANT, timezone=timezone, now=now)


def _merged(
    show: Show,
    known: Sequence[Episode],
    matched: Sequence[MatchedItem],
    *,
    gone_from: datetime,
    timezone: ZoneInfo,
    now: datetime,
) -> CatalogChange:
    """Return what is known with the items that were found; an episode before ``gone_from`` need not be among them."""
    listed = {match.episode_id: match for match in matched}
    after = [_after(episode, listed.get(episode.episode_id), gone_from, timezone, now) for episode in known]
    new = [_first_seen(match, show.show_id, timezone, now) for match in matched if match.known is None]
    episodes = (*after, *new)
    changes = [(before, episode) for before, episode in zip(known, after, strict=True) if before != episode]
    gone = [episode.episode_id for before, episode in changes if episode.gone_at and not before.gone_at]
    return CatalogChange(
        show=replace(
            show,
            listed_episodes=sum(episode.gone_at is None for episode in episodes),
            last_changed_at=now if changes or new else _latest_news(show, known),
        ),
        episodes=episodes,
        new_ids=tuple(episode.episode_id for episode in new),
        changed_ids=tuple(each.episode_id for _, each in changes if each.episode_id not in gone),
        gone_ids=tuple(gone),
    )


def _latest_news(show: Show, known: Sequence[Episode]) -> datetime | None:
    # A poll that was killed after it had saved new episodes did not come to saving its show.
    times = [episode.first_seen_at for episode in known]
    return max([*times, show.last_changed_at] if show.last_changed_at else times, default=None)


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
    found_undated = Counter(_arrival(episode) for episode in episodes if _was_undated(episode))
    decided = []
    for episode in episodes:
        is_first = first_by_media[_media_key(episode)].episode_id == episode.episode_id
        is_backlog = _was_undated(episode) and found_undated[_arrival(episode)] > MOST_UNDATED_AT_ONCE
        reason = _reason(episode, shows.get(episode.show_id), now, is_first=is_first, is_backlog=is_backlog)
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


def _reason(episode: Episode, settings: ShowSettings | None, now: datetime, *, is_first: bool, is_backlog: bool) -> str:
    """Return the first reason against an episode, or ``process``."""
    kind = media_kind(episode.enclosure) if episode.enclosure else None
    rules = {
        "show_not_followed": settings is None,
        "show_paused": settings is not None and settings.paused,
        "not_yet_published": episode.published_at > now,
        "undated": is_backlog and not episode.has_plausible_date,
        "dated_late": is_backlog,
        "no_media": kind is None and not episode.transcript_links,
        "video_only": kind == "video" and not episode.transcript_links,
        "duplicate_media": not is_first,
    }
    return next((reason for reason, holds in rules.items() if holds), "process")


def _was_undated(episode: Episode) -> bool:
    """Whether an episode had no date to believe when it was found, also where its feed gave it an old one since."""
    if not episode.has_plausible_date:
        return True
    # Found with that date, it would be filed under it.
    found_on = episode.first_seen_at.astimezone(UTC).date()
    is_filed_as_found = abs(episode.episode_date - found_on) <= timedelta(days=1)
    return is_filed_as_found and episode.published_at + OLD_NEWS < episode.first_seen_at


def _media_key(episode: Episode) -> tuple[object, ...]:
    """Return what makes two episodes the same media; one without an enclosure is only itself."""
    media = normalised_url(episode.enclosure.url) if episode.enclosure else episode.episode_id
    return episode.show_id, episode.episode_date, media


def _arrival(episode: Episode) -> tuple[str, datetime]:
    """Return what episodes have in common that one poll found."""
    return episode.show_id, episode.first_seen_at


def _oldest_at(items: Sequence[ParsedItem]) -> datetime:
    return min((item.published_at for item in items if item.published_at), default=LAST_INSTANT)


def _after(
    episode: Episode, match: MatchedItem | None, gone_from: datetime, timezone: ZoneInfo, now: datetime
) -> Episode:
    """Return a known episode as its feed lists it now, or as gone where it does not."""
    if match is None:
        return episode if episode.gone_at or episode.published_at < gone_from else replace(episode, gone_at=now)
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
        chapters_url=item.chapters_url,
        chapters=item.chapters,
        persons=item.persons,
        soundbites=item.soundbites,
        season=item.season,
        episode_number=item.episode_number,
        episode_type=item.episode_type,
    )

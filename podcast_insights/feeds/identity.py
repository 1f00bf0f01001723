"""Which episode an item is: ids that last, whatever a feed does to titles, dates, addresses and guids.

The guid is the key: between two snapshots of real feeds every enclosure address had changed, and every title of one.
But guids are also blank, repeated within a feed, or re-issued for the same episode, so an item whose guid is unknown is
compared with the episodes whose guids are no longer listed (AntennaPod's rule). By title it is the one of that
day, kind and length; but a title or an address that several episodes of the show have, as bulletins do, tells none of
them, and then the two must have been published within minutes of each other. Everything here is pure.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import cache, partial
from urllib.parse import urlsplit, urlunsplit

from podcast_insights.feeds.media import media_kind
from podcast_insights.feeds.values import Enclosure, Episode, ParsedItem
from podcast_insights.fingerprints import short_id

SAME_DURATION_WITHIN_S = 600
# Bulletins come every half hour; one that is published again keeps its time, or nearly.
SAME_BULLETIN_WITHIN = timedelta(minutes=15)
HELD_FROM_EPISODES = 5
DEFAULT_PORTS = {"http": 80, "https": 443}

_Key = Callable[[Episode | ParsedItem], Hashable | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedItem:
    """An item with the id of its episode; ``known`` is the episode where it was seen before."""

    item: ParsedItem
    episode_id: str
    known: Episode | None


def show_id_for(feed_url: str, podcast_guid: str | None) -> str:
    """Return the id of a show: by its ``podcast:guid``, else by the first address of its feed."""
    if podcast_guid:
        return short_id("podcast:guid", podcast_guid.strip().lower())
    return short_id("feed", normalised_url(feed_url))


def normalised_url(url: str) -> str:
    """Return one form for addresses that differ in nothing but scheme, login, default port, fragment or final slash."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url.strip()
    if ":" in host:
        host = f"[{host}]"
    if port is not None and port != DEFAULT_PORTS.get(parts.scheme.lower()):
        host = f"{host}:{port}"
    return urlunsplit(("https", host, parts.path.rstrip("/"), parts.query, ""))


def episode_id_for(show_id: str, item: ParsedItem) -> str:
    """Return the id of an item seen for the first time: by its guid, else by its address and title."""
    if guid := _guid(item):
        return short_id(show_id, "guid", guid)
    return short_id(show_id, "item", _address(item), _folded(item.title))


def match_items(
    known: Sequence[Episode], items: Sequence[ParsedItem], show_id: str, *, is_part: bool = False
) -> tuple[MatchedItem, ...]:
    """Return each distinct item with its episode, in feed order; a second listing of the same item is left out.

    Args:
        known: The show's episodes.
        items: What its feed lists.
        show_id: The show.
        is_part: Whether the feed lists more than these items, on other pages: then an episode that is not among them
            need not have lost its guid, and only one of the same moment is known again under another.
    """
    distinct = _distinct(items)
    found = _found(known, distinct, is_part=is_part)
    taken = {episode.episode_id for episode in known}
    guids = Counter(_guid(item) for item in distinct)
    matched: list[MatchedItem] = []
    for position, item in enumerate(distinct):
        episode = found.get(position)
        if episode:
            episode_id = episode.episode_id
        else:
            is_sole = guids[_guid(item)] == 1 or _guid(item) is None
            episode_id = _free_id(show_id, item, taken, is_sole=is_sole)
        taken.add(episode_id)
        matched.append(MatchedItem(item=item, episode_id=episode_id, known=episode))
    return tuple(matched)


def marks_of(items: Iterable[ParsedItem | Episode]) -> set[str]:
    """Return what each item is most surely known by: its guid, else its address, else its title."""
    return {_guid(item) or _address(item) or _folded(item.title) for item in items}


def reissues_most_guids(known: Sequence[Episode], matched: Sequence[MatchedItem]) -> bool:
    """Whether a feed gave most of its old episodes new guids, so that they would be taken for new ones.

    That is: more than half of the listed episodes' guids have vanished, and more than half of the items are unknown
    although they are no newer than the newest known episode. New episodes and a longer back catalogue are neither.
    """
    listed = [episode for episode in known if episode.gone_at is None and episode.guid]
    if len(listed) < HELD_FROM_EPISODES or not matched:
        return False
    kept = {match.known.episode_id for match in matched if match.known}
    vanished = sum(episode.episode_id not in kept for episode in listed)
    newest_at = max(episode.published_at for episode in listed)
    posing = sum(
        match.known is None and match.item.published_at is not None and match.item.published_at <= newest_at
        for match in matched
    )
    return vanished * 2 > len(listed) and posing * 2 > len(matched)


def _distinct(items: Sequence[ParsedItem]) -> list[ParsedItem]:
    seen: set[tuple[str | None, str, str]] = set()
    distinct = []
    for item in items:
        guid = _guid(item)
        # A guid that stands at the same media twice is one item, even where the titles differ.
        key = (guid, _address(item), "" if guid and item.enclosure else _folded(item.title))
        if key not in seen:
            seen.add(key)
            distinct.append(item)
    return distinct


def _found(known: Sequence[Episode], items: Sequence[ParsedItem], *, is_part: bool) -> dict[int, Episode]:
    """Return the known episode of each item, by the item's position: surest rule first, each episode once.

    A show may have thousands of episodes, and a poll brings one: each rule looks at those only that it can be about.
    """
    found: dict[int, Episode] = {}
    pair = partial(_pair, found, items)
    folded = cache(_folded)
    guids = Counter(_guid(item) for item in items)
    by_guid = [(episode, _guid(episode)) for episode in known]

    listed = [episode for episode, guid in by_guid if guid and guid in guids]
    pair(listed, lambda each: _both(_guid(each), _address(each)), lambda _, __: True)
    pair(listed, lambda each: _both(_guid(each), folded(each.title)), lambda _, __: True)
    known_guids = Counter(guid for _, guid in by_guid)
    pair(listed, _guid, lambda episode, item: guids[_guid(item)] == 1 and known_guids[_guid(episode)] == 1)
    without_guid = [episode for episode, guid in by_guid if guid is None]
    pair(
        without_guid,
        lambda each: None if _guid(each) else (_address(each), folded(each.title)),
        lambda _, __: True,
    )
    # From here on the item's guid is unknown: it may have been re-issued, of an episode whose own is listed no more.
    abandoned = [episode for episode, guid in by_guid if guid is None or guid not in guids]

    def pair_abandoned(key_of: _Key, fits: Callable[[Episode, ParsedItem], bool]) -> None:
        if len(found) < len(items):
            of_several = _repeated(map(key_of, abandoned)) | _repeated(map(key_of, items))
            pair(
                abandoned,
                key_of,
                lambda episode, item: (
                    fits(episode, item)
                    and (not (is_part or key_of(item) in of_several) or _is_same_bulletin(episode, item))
                ),
            )

    pair_abandoned(_media_address, _is_same_by_address)
    pair_abandoned(lambda each: folded(each.title), _is_same_by_title)
    return found


def _pair(
    found: dict[int, Episode],
    items: Sequence[ParsedItem],
    among: Sequence[Episode],
    key_of: _Key,
    fits: Callable[[Episode, ParsedItem], bool],
) -> None:
    """Add to ``found`` the items that are left and have the key of one ``among`` the episodes, where the two fit."""
    left = [(position, item, key_of(item)) for position, item in enumerate(items) if position not in found]
    wanted = {key for _, _, key in left if key is not None}
    if not wanted:
        return
    claimed = {episode.episode_id for episode in found.values()}
    candidates: defaultdict[Hashable, list[Episode]] = defaultdict(list)
    for episode in among:
        if episode.episode_id not in claimed and (key := key_of(episode)) in wanted:
            candidates[key].append(episode)
    for position, item, key in left:
        fitting = next((each for each in candidates[key] if fits(each, item)), None)
        if fitting:
            candidates[key].remove(fitting)
            found[position] = fitting


def _repeated(keys: Iterable[Hashable | None]) -> set[Hashable | None]:
    return {key for key, count in Counter(keys).items() if count > 1}


def _is_same_by_address(episode: Episode, item: ParsedItem) -> bool:
    """Whether the same media address means the same episode; a fixed address may serve another episode each day."""
    return _folded(episode.title) == _folded(item.title) or _is_same_day(episode, item)


def _is_same_by_title(episode: Episode, item: ParsedItem) -> bool:
    """Whether the same title means the same episode: on the same day, of the same kind, about as long."""
    if not _is_same_day(episode, item) or _kind(episode.enclosure) != _kind(item.enclosure):
        return False
    if episode.duration_s is None or item.duration_s is None:
        return True
    return abs(episode.duration_s - item.duration_s) <= SAME_DURATION_WITHIN_S


def _is_same_bulletin(episode: Episode, item: ParsedItem) -> bool:
    """Whether what several episodes may have means the same one: published at the same time, give or take."""
    if item.published_at is None or not episode.has_plausible_date:
        return False
    return abs(episode.published_at - item.published_at) < SAME_BULLETIN_WITHIN


def _is_same_day(episode: Episode, item: ParsedItem) -> bool:
    if item.published_at is None or not episode.has_plausible_date:
        return item.published_at is None and not episode.has_plausible_date
    return episode.published_at.astimezone(UTC).date() == item.published_at.astimezone(UTC).date()


def _free_id(show_id: str, item: ParsedItem, taken: Iterable[str], *, is_sole: bool) -> str:
    """Return an id that no other episode has; a repeated guid is told apart by address and title."""
    episode_id = episode_id_for(show_id, item)
    if is_sole and episode_id not in taken:
        return episode_id
    parts = [show_id, "repeated", _guid(item) or "", _address(item), _folded(item.title)]
    while (episode_id := short_id(*parts)) in taken:
        parts.append("again")
    return episode_id


def _both(guid: str | None, other: str) -> tuple[str, str] | None:
    return (guid, other) if guid and other else None


def _guid(each: Episode | ParsedItem) -> str | None:
    return (each.guid or "").strip() or None


def _address(each: Episode | ParsedItem) -> str:
    """Return what an item points to, in one form: its media, else its page."""
    return _media_address(each) or (normalised_url(each.page_url) if each.page_url else "")


def _media_address(each: Episode | ParsedItem) -> str | None:
    return normalised_url(each.enclosure.url) if each.enclosure else None


def _kind(enclosure: Enclosure | None) -> str | None:
    return media_kind(enclosure) if enclosure else None


def _folded(title: str) -> str:
    return " ".join(title.casefold().split())

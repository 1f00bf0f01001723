"""Episodes keep their identity, whatever a feed does to them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast_insights.feeds.decide import merge_feed, merge_older_items
from podcast_insights.feeds.identity import (
    episode_id_for,
    marks_of,
    match_items,
    normalised_url,
    reissues_most_guids,
    show_id_for,
)
from podcast_insights.feeds.values import Enclosure, Episode, ParsedItem
from podcast_insights.settings import ShowSettings
from podcast_insights_tests.feeds.fakes import NOW, feed, item, show

SHOW_ID = "show-1"
AT_NOON = datetime(2024, 8, 13, 12, tzinfo=UTC)


def known(*items: ParsedItem) -> tuple[Episode, ...]:
    """Return the episodes of a first poll."""
    settings_ = ShowSettings(url="https://example.com/feed")
    return merge_feed(show(), (), feed(*items), settings=settings_, timezone=ZoneInfo("UTC"), now=NOW).episodes


def media(url: str, media_type: str = "audio/mpeg") -> Enclosure:
    return Enclosure(url=url, media_type=media_type)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://Example.com/feed", "https://example.com/feed"),
        ("https://example.com:443/feed/", "https://example.com/feed"),
        ("https://ann:pw@example.com/feed#top", "https://example.com/feed"),
        ("http://example.com:80", "https://example.com/"),
        ("https://example.com./feed", "https://example.com/feed"),
    ],
)
def test_spellings_of_an_address_are_one(one: str, other: str) -> None:
    assert normalised_url(one) == normalised_url(other)
    assert show_id_for(one, None) == show_id_for(other, None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.com/feed?id=1", "https://example.com/feed?id=2"),
        ("https://example.com/Feed", "https://example.com/feed"),
        ("https://example.com:8080/feed", "https://example.com/feed"),
        ("http://[::1/a", "http://[::1/b"),
    ],
)
def test_different_addresses_stay_different(one: str, other: str) -> None:
    assert normalised_url(one) != normalised_url(other)


def test_a_podcast_guid_outlives_the_address() -> None:
    assert show_id_for("https://old.example.com", "ABC") == show_id_for("https://new.example.com", "abc")
    assert show_id_for("https://old.example.com", "abc") != show_id_for("https://old.example.com", "abd")


def test_ids_are_those_of_every_earlier_version() -> None:
    """Another id would be another show and another episode, and everything of them would be made and sent again."""
    address = "https://example.com/feed"
    assert show_id_for(address, None) == "4d915d4efc760b1c"
    assert show_id_for(address, " ABC ") == "db25b8e8679d2d1b"
    assert episode_id_for(SHOW_ID, item(1)) == "7a4f22fb195dc8ed"
    assert episode_id_for(SHOW_ID, item(1, guid=None)) == "b3240fc0ae11202f"


def test_an_episode_id_is_of_the_show_and_the_guid() -> None:
    assert episode_id_for("a", item(1)) == episode_id_for("a", replace(item(2), guid="guid-1"))
    assert episode_id_for("a", item(1)) != episode_id_for("b", item(1))


def test_without_a_guid_an_episode_id_is_of_the_address_and_the_title() -> None:
    nameless = item(1, guid=None)
    assert episode_id_for("a", nameless) == episode_id_for("a", item(1, guid=" ", show_notes="other"))
    assert episode_id_for("a", nameless) != episode_id_for("a", item(1, guid=None, title="Other"))
    assert episode_id_for("a", nameless) != episode_id_for("a", item(1, guid=None, enclosure=media("https://x/y.mp3")))


@st.composite
def edited_feeds(draw: st.DrawFn) -> tuple[list[ParsedItem], list[ParsedItem]]:
    """Draw a feed, and the same feed after its publisher reordered it and edited everything but the guids."""
    numbers = draw(st.lists(st.integers(1, 80), unique=True, min_size=1, max_size=12))
    before = [item(number) for number in numbers]
    after = [
        replace(
            each,
            title=draw(st.sampled_from([each.title, "Same for all", ""])),
            published_at=draw(st.sampled_from([each.published_at, None, NOW, NOW - timedelta(days=900)])),
            enclosure=draw(
                st.sampled_from([each.enclosure, None, media("https://x/all.mp3"), media(f"https://y/{n}")])
            ),
            duration_s=draw(st.sampled_from([each.duration_s, None, 7.0])),
            page_url=None,
        )
        for n, each in enumerate(before)
    ]
    return before, draw(st.permutations(after))


@given(edited_feeds())
@settings(max_examples=60, deadline=None)
def test_edits_and_reordering_make_no_new_episode(feeds: tuple[list[ParsedItem], list[ParsedItem]]) -> None:
    before, after = feeds
    episodes = known(*before)
    matched = match_items(episodes, after, SHOW_ID)
    assert all(match.known for match in matched)
    assert {match.item.guid: match.episode_id for match in matched} == {each.guid: each.episode_id for each in episodes}


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_sequence_of_polls_makes_an_episode_new_twice_or_moves_its_day(data: st.DataObject) -> None:
    numbers = list(range(1, 13))
    settings_ = ShowSettings(url="https://example.com/feed", accept_new_guids=NOW.date())
    at, episodes, seen = show(), known(*[item(number) for number in numbers]), {f"guid-{n}" for n in numbers}
    days = {episode.episode_id: episode.episode_date for episode in episodes}
    for round_ in range(1, 5):
        kept = data.draw(st.lists(st.sampled_from(numbers), unique=True, max_size=12))
        listed = [
            item(
                number,
                title=data.draw(st.sampled_from(["Same for all", f"Episode {number}", ""])),
                published_at=data.draw(st.sampled_from([None, NOW, item(number).published_at])),
                enclosure=data.draw(st.sampled_from([media("https://x/all.mp3"), media(f"https://y/{round_}"), None])),
            )
            for number in data.draw(st.permutations(kept))
        ]
        now = NOW + timedelta(days=round_)
        change = merge_feed(at, episodes, feed(*listed), settings=settings_, timezone=ZoneInfo("UTC"), now=now)
        at, episodes = change.show, change.episodes
        assert change.new_ids == ()
        assert {episode.guid for episode in episodes} == seen
        assert {episode.episode_id: episode.episode_date for episode in episodes} == days


@given(st.lists(st.sampled_from(["a", "b", "", None]), max_size=10), st.data())
@settings(max_examples=60, deadline=None)
def test_ids_are_unique_and_stable_with_blank_and_repeated_guids(guids: list[str | None], data: st.DataObject) -> None:
    items = [item(number, guid=guid) for number, guid in enumerate(guids)]
    episodes = known(*items)
    assert len({each.episode_id for each in episodes}) == len(items)
    matched = match_items(episodes, data.draw(st.permutations(items)), SHOW_ID)
    by_title = {each.title: each.episode_id for each in episodes}
    assert {match.item.title: match.episode_id for match in matched} == by_title


@pytest.mark.parametrize("enclosure", [media("https://x/1.mp3"), None])
def test_without_a_guid_the_address_and_title_find_the_episode(enclosure: Enclosure | None) -> None:
    (old,) = known(item(1, guid=None, enclosure=enclosure))
    (match,) = match_items([old], [item(1, guid=None, enclosure=enclosure, published_at=NOW)], SHOW_ID)
    assert match.known == old


def test_a_second_listing_of_the_same_item_is_left_out() -> None:
    assert len(match_items((), [item(1), item(1, title="Again"), item(2)], SHOW_ID)) == 2


def test_a_new_item_under_an_old_guid_does_not_take_its_episode() -> None:
    (old,) = known(item(1))
    new_item = item(2, guid="guid-1")
    first, second = match_items([old], [new_item, item(1)], SHOW_ID)
    assert first.known is None
    assert first.episode_id != old.episode_id
    assert second.known == old


@pytest.mark.parametrize(
    ("reissued", "is_same"),
    [
        (item(1, guid="new"), True),
        (item(1, guid="new", title="Retitled"), True),
        (item(1, guid=None), True),
        (item(1, guid="new", enclosure=media("https://other/1.mp3"), title=" episode  1"), True),
        (item(1, guid="new", enclosure=media("https://other/1.mp3"), duration_s=1800.0 + 600), True),
        (item(1, guid="new", enclosure=media("https://other/1.mp3"), duration_s=None), True),
        (item(1, guid="new", enclosure=media("https://other/1.mp3"), duration_s=1800.0 + 601), False),
        (item(1, guid="new", enclosure=media("https://other/1.mp4", "video/mp4")), False),
        (item(1, guid="new", enclosure=media("https://other/1.mp3"), published_at=NOW), False),
        (item(1, guid="new", enclosure=media("https://other/1.mp3"), title="Other"), False),
        # a fixed address that serves another episode each day
        (item(1, guid="new", title="Other", published_at=NOW), False),
    ],
)
def test_a_reissued_guid_is_recognised(reissued: ParsedItem, is_same: bool) -> None:
    (old,) = known(item(1))
    (match,) = match_items([old], [reissued], SHOW_ID)
    assert (match.known == old) is is_same
    assert (match.episode_id == old.episode_id) is is_same


@pytest.mark.parametrize(
    ("first_at", "second_at", "is_same"),
    [
        (None, None, True),
        (None, AT_NOON, False),
        (AT_NOON, None, False),
        (AT_NOON, AT_NOON + timedelta(hours=11), True),
        # One moment that is two days on the clocks of the two.
        (AT_NOON, AT_NOON.astimezone(ZoneInfo("Pacific/Kiritimati")), True),
        (AT_NOON, AT_NOON.astimezone(ZoneInfo("Pacific/Kiritimati")) + timedelta(hours=12), False),
    ],
)
def test_a_title_is_known_again_on_its_day_or_where_there_never_was_one(
    first_at: datetime | None, second_at: datetime | None, is_same: bool
) -> None:
    (old,) = known(item(1, published_at=first_at))
    again = item(1, guid="new", enclosure=media("https://other/1.mp3"), published_at=second_at)
    (match,) = match_items([old], [again], SHOW_ID)
    assert (match.known == old) is is_same


def bulletin(hour: float, *, day: int = 13, guid: str | None = None) -> ParsedItem:
    at = datetime(2024, 8, day, tzinfo=UTC) + timedelta(hours=hour)
    name = guid or f"{at:%d %H:%M}"
    return item(
        1, guid=name, title="The News", published_at=at, enclosure=media(f"https://x/{name}.mp3"), duration_s=60
    )


def test_bulletins_of_a_day_under_one_title_are_episodes_of_their_own() -> None:
    """A feed that lists the last bulletin alone: each takes the place of the one before."""
    settings_ = ShowSettings(url="https://example.com/feed")
    at, episodes = show(), known(bulletin(20, day=12))
    for hour in (6, 6.5, 7, 12):
        listed = feed(bulletin(hour))
        now = bulletin(hour).published_at or NOW
        change = merge_feed(at, episodes, listed, settings=settings_, timezone=ZoneInfo("UTC"), now=now)
        at, episodes = change.show, change.episodes
    assert [episode.guid for episode in episodes] == ["12 20:00", "13 06:00", "13 06:30", "13 07:00", "13 12:00"]


@pytest.mark.parametrize(
    ("again", "place"),
    [
        (bulletin(6, guid="new"), 0),
        (bulletin(6.2, guid="new"), 0),
        (bulletin(6.9, guid="new"), 1),
        (bulletin(6.5, guid="new"), None),
        (replace(bulletin(6, guid="new"), published_at=None), None),
    ],
)
def test_a_bulletin_that_is_published_again_is_known_by_its_time(again: ParsedItem, place: int | None) -> None:
    episodes = known(bulletin(6), bulletin(7))
    (match,) = match_items(episodes, [again], SHOW_ID)
    assert match.known == (None if place is None else episodes[place])


def test_one_that_the_feed_lists_beside_others_of_its_title_is_one_of_them() -> None:
    (old,) = known(bulletin(6))
    first, second = match_items([old], [bulletin(8), bulletin(9)], SHOW_ID)
    assert (first.known, second.known) == (None, None)


FIXED = media("https://x/latest.mp3")


@pytest.mark.parametrize(("again", "place"), [(9, None), (7.1, 1)])
def test_a_fixed_address_under_one_title_tells_no_bulletin_from_another(again: float, place: int | None) -> None:
    episodes = known(*(replace(bulletin(hour), enclosure=FIXED) for hour in (6, 7)))
    (match,) = match_items(episodes, [replace(bulletin(again, guid="new"), enclosure=FIXED)], SHOW_ID)
    assert match.known == (None if place is None else episodes[place])


@pytest.mark.parametrize(
    ("on_the_first_page", "on_the_second", "is_same"),
    [
        (bulletin(8), bulletin(7), False),
        (bulletin(8), bulletin(8, guid="new"), True),
        (replace(bulletin(8), enclosure=FIXED), replace(bulletin(7), enclosure=FIXED), False),
        (replace(bulletin(8), enclosure=FIXED), replace(bulletin(7, day=12), enclosure=FIXED), False),
        (replace(bulletin(8), enclosure=FIXED), replace(bulletin(8, guid="new"), enclosure=FIXED), True),
    ],
)
def test_an_older_page_takes_no_episode_of_the_first(
    on_the_first_page: ParsedItem, on_the_second: ParsedItem, is_same: bool
) -> None:
    episodes = known(on_the_first_page)
    change = merge_older_items(show(), episodes, [on_the_second], timezone=ZoneInfo("UTC"), now=NOW)
    guids = [episode.guid for episode in change.episodes]
    assert guids == ([on_the_second.guid] if is_same else [on_the_first_page.guid, on_the_second.guid])


def test_without_media_on_either_side_a_title_is_known_again() -> None:
    (old,) = known(item(1, enclosure=None))
    (match,) = match_items([old], [item(1, guid="new", enclosure=None)], SHOW_ID)
    assert match.known == old


def test_an_item_is_marked_by_its_guid_else_its_address_else_its_title() -> None:
    nameless = item(2, guid=None, enclosure=media("http://Example.com/2.mp3"))
    bare = item(3, guid=" ", enclosure=None, page_url=None, title=" A  Title")
    assert marks_of([item(1), nameless, bare]) == {"guid-1", normalised_url("http://Example.com/2.mp3"), "a title"}


def test_an_episode_that_is_still_listed_is_nobody_elses() -> None:
    (old,) = known(item(1))
    new, same = match_items([old], [item(1, guid="new"), item(1)], SHOW_ID)
    assert new.known is None
    assert same.known == old


def test_an_id_is_never_given_twice() -> None:
    (old,) = known(item(1))
    moved = replace(old, guid="new")
    kept, other = match_items([moved], [item(1, guid="new"), item(9, guid="guid-1")], SHOW_ID)
    assert kept.episode_id == old.episode_id
    assert other.known is None
    assert other.episode_id != old.episode_id


def reissued(number: int) -> ParsedItem:
    return item(number, guid=f"new-{number}", title=f"Renamed {number}", enclosure=media(f"https://other/{number}.mp3"))


@pytest.mark.parametrize(
    ("listed", "is_held"),
    [
        ([reissued(n) for n in range(1, 11)], True),
        ([reissued(n) for n in range(1, 9)] + [item(9), item(10)], True),
        ([reissued(n) for n in range(1, 5)] + [item(n) for n in range(5, 11)], False),
        ([item(n, guid=f"new-{n}") for n in range(1, 11)], False),
        ([item(n) for n in range(11, 21)], False),
        ([item(n) for n in range(-30, 11)], False),
        ([], False),
    ],
    ids=["all", "most", "some", "all, recognised by media", "a new page", "a longer back catalogue", "emptied"],
)
def test_a_feed_that_reissues_most_guids_is_held(listed: list[ParsedItem], is_held: bool) -> None:
    episodes = known(*[item(number) for number in range(1, 11)])
    assert reissues_most_guids(episodes, match_items(episodes, listed, SHOW_ID)) is is_held

"""What a feed means for the catalogue, and which episodes are processed."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from podcast_insights.errors import HeldFeedError
from podcast_insights.feeds.decide import CatalogChange, decide_episodes, merge_feed
from podcast_insights.feeds.values import Enclosure, Episode, ParsedFeed, TranscriptLink
from podcast_insights.settings import ShowSettings
from podcast_insights_tests.feeds.fakes import NOW, feed, item, show

BERLIN = ZoneInfo("Europe/Berlin")
LATER = NOW + timedelta(hours=1)
FOLLOWED = {"show-1": ShowSettings(url="https://example.com/feed")}


def merged(known: tuple[Episode, ...], listed: ParsedFeed, now: datetime = NOW) -> CatalogChange:
    return merge_feed(show(), known, listed, settings=FOLLOWED["show-1"], timezone=BERLIN, now=now)


def test_an_episode_is_new_then_changed_then_gone_then_back() -> None:
    first = merged((), feed(item(1), item(2)))
    assert len(first.new_ids) == 2
    one, _ = first.new_ids

    same = merged(first.episodes, feed(item(2), item(1)), LATER)
    assert (same.new_ids, same.changed_ids, same.gone_ids) == ((), (), ())
    # Also where the poll that found them was killed before it had saved its show.
    assert same.show.last_changed_at == NOW
    assert same.episodes == first.episodes

    changed = merged(first.episodes, feed(item(1, title="Better"), item(2)), LATER)
    assert (changed.new_ids, changed.changed_ids, changed.gone_ids) == ((), (one,), ())
    assert changed.episodes[0].title == "Better"
    assert changed.episodes[0].first_seen_at == NOW
    assert changed.show.last_changed_at == LATER

    gone = merged(changed.episodes, feed(item(2)), LATER)
    assert (gone.new_ids, gone.changed_ids, gone.gone_ids) == ((), (), (one,))
    assert gone.episodes[0].gone_at == LATER

    still_gone = merged(gone.episodes, feed(item(2)), LATER + timedelta(days=1))
    assert still_gone.gone_ids == ()
    assert still_gone.episodes[0].gone_at == LATER

    back = merged(gone.episodes, feed(item(1, title="Better"), item(2)), LATER)
    assert (back.new_ids, back.changed_ids, back.gone_ids) == ((), (one,), ())
    assert back.episodes[0].gone_at is None


def test_an_episode_that_was_purged_long_ago_never_comes_back_as_new() -> None:
    first = merged((), feed(*[item(n) for n in range(1, 8)]))
    purged = merged(first.episodes, feed(*[item(n) for n in range(5, 8)]), LATER)
    years_later = NOW + timedelta(days=800)
    back = merged(purged.episodes, feed(*[item(n, title="Repeat") for n in range(1, 9)]), years_later)
    assert len(purged.gone_ids) == 4
    assert back.new_ids == (back.episodes[-1].episode_id,), "only the eighth was never seen"
    assert [each.episode_date for each in back.episodes[:7]] == [each.episode_date for each in first.episodes]


def test_the_day_is_in_the_readers_zone_and_never_moves() -> None:
    late = NOW.replace(day=18, hour=23, minute=30)
    first = merged((), feed(item(1, published_at=late)))
    assert first.episodes[0].episode_date == date(2024, 11, 19)
    moved = merged(first.episodes, feed(item(1, published_at=late - timedelta(days=9))), LATER)
    assert moved.episodes[0].episode_date == date(2024, 11, 19)
    assert moved.episodes[0].published_at == late - timedelta(days=9)


def test_a_bad_date_counts_as_published_when_first_seen() -> None:
    first = merged((), feed(item(1, published_at=None)))
    assert first.episodes[0].published_at == NOW
    assert first.episodes[0].episode_date == date(2024, 11, 20)
    assert not first.episodes[0].has_plausible_date

    still_bad = merged(first.episodes, feed(item(1, published_at=None)), LATER)
    assert still_bad.changed_ids == ()

    repaired = merged(first.episodes, feed(item(1)), LATER)
    assert repaired.episodes[0].has_plausible_date
    assert repaired.episodes[0].published_at == item(1).published_at
    assert repaired.episodes[0].episode_date == date(2024, 11, 20)


def test_the_show_takes_over_what_the_channel_says() -> None:
    change = merged((), feed(title="New Title", language="de", page_url=None))
    assert (change.show.title, change.show.language, change.show.page_url) == ("New Title", "de", None)
    assert merged((), feed(title=None)).show.title == "A Show"


def test_a_feed_that_reissues_most_guids_is_held() -> None:
    known = merged((), feed(*[item(n) for n in range(1, 8)])).episodes
    reissued = [item(n, guid=f"new-{n}", title="T", enclosure=None) for n in range(1, 8)]
    with pytest.raises(HeldFeedError, match=r"A Show .* is held.*accept_new_guids: 2024-11-20"):
        merged(known, feed(*reissued))


AUDIO = Enclosure(url="https://x/1.mp3", media_type="audio/mpeg")
VIDEO = Enclosure(url="https://x/1.mp4", media_type="video/mp4")
UNKNOWN = Enclosure(url="https://x/play?id=1")
LINKS = (TranscriptLink(url="https://x/1.vtt"),)


@pytest.mark.parametrize(
    ("enclosure", "links", "reason"),
    [
        (AUDIO, (), "process"),
        (AUDIO, LINKS, "process"),
        (UNKNOWN, (), "process"),
        (None, LINKS, "process"),
        (VIDEO, LINKS, "process"),
        (VIDEO, (), "video_only"),
        (None, (), "no_media"),
    ],
)
def test_an_episode_is_processed_where_it_has_words_to_read(
    enclosure: Enclosure | None, links: tuple[TranscriptLink, ...], reason: str
) -> None:
    (episode,) = merged((), feed(item(1, enclosure=enclosure, transcript_links=links))).episodes
    (decided,) = decide_episodes([episode], FOLLOWED, NOW)
    assert (decided.reason, decided.decision) == (reason, "process" if reason == "process" else "skip")
    assert decided.message.endswith(".")


def test_shows_that_are_paused_or_not_followed_are_skipped() -> None:
    (episode,) = merged((), feed(item(1))).episodes
    paused = {"show-1": ShowSettings(url="https://example.com/feed", paused=True)}
    assert decide_episodes([episode], paused, NOW)[0].reason == "show_paused"
    assert decide_episodes([episode], {}, NOW)[0].reason == "show_not_followed"


def test_an_episode_waits_for_its_publication() -> None:
    (episode,) = merged((), feed(item(1, published_at=LATER))).episodes
    assert decide_episodes([episode], FOLLOWED, NOW)[0].reason == "not_yet_published"
    assert decide_episodes([episode], FOLLOWED, LATER)[0].reason == "process"


def test_a_back_catalogue_without_dates_is_not_todays_and_what_comes_later_is() -> None:
    undated = [item(number, published_at=None) for number in range(1, 8)]
    first = merged((), feed(*undated[:6], item(99))).episodes
    reasons = [each.reason for each in decide_episodes(first, FOLLOWED, NOW)]
    assert reasons == ["undated"] * 6 + ["process"]

    later = merged(first, feed(*undated, item(99)), LATER).episodes
    assert [each.reason for each in decide_episodes(later, FOLLOWED, LATER)] == [*reasons, "process"]


def test_a_back_catalogue_that_is_dated_later_does_not_become_the_news_of_the_day_on_which_it_was_found() -> None:
    first = merged((), feed(*[item(number, published_at=None) for number in range(1, 9)])).episodes
    old = [item(number) for number in range(1, 7)]
    dated = merged(first, feed(*old, item(7, published_at=NOW), item(8, published_at=None)), LATER).episodes
    reasons = [each.reason for each in decide_episodes(dated, FOLLOWED, LATER)]
    assert reasons == ["dated_late"] * 6 + ["process", "undated"]


def test_few_that_are_dated_later_stay_what_they_were() -> None:
    first = merged((), feed(*[item(number, published_at=None) for number in range(1, 6)])).episodes
    dated = merged(first, feed(*[item(number) for number in range(1, 6)]), LATER).episodes
    assert {each.reason for each in decide_episodes(dated, FOLLOWED, LATER)} == {"process"}


def test_a_back_catalogue_with_dates_is_processed_under_its_days() -> None:
    known = merged((), feed(*[item(number) for number in range(1, 12)])).episodes
    assert {each.reason for each in decide_episodes(known, FOLLOWED, NOW)} == {"process"}


def test_few_episodes_without_dates_are_todays() -> None:
    few = merged((), feed(*[item(number, published_at=None) for number in range(1, 6)])).episodes
    assert {each.reason for each in decide_episodes(few, FOLLOWED, NOW)} == {"process"}


def test_the_same_media_twice_on_a_day_is_processed_once() -> None:
    day = item(1).published_at
    twice = merged((), feed(item(1), item(2, enclosure=item(1).enclosure, published_at=day), item(3))).episodes
    reasons = sorted(each.reason for each in decide_episodes(twice, FOLLOWED, NOW))
    assert reasons == ["duplicate_media", "process", "process"]
    backwards = decide_episodes(twice[::-1], FOLLOWED, NOW)
    assert {each.episode.episode_id: each.reason for each in backwards} == {
        each.episode.episode_id: each.reason for each in decide_episodes(twice, FOLLOWED, NOW)
    }


def test_the_same_media_on_another_day_is_processed() -> None:
    both = merged((), feed(item(1), item(2, enclosure=item(1).enclosure))).episodes
    assert [each.reason for each in decide_episodes(both, FOLLOWED, NOW)] == ["process", "process"]

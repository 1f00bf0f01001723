"""Which insights may enter a digest, and what a reader is told of their source."""

from dataclasses import replace

import pytest

from podcast_insights.digest.candidates import candidates_of
from podcast_insights.settings import ShowSettings
from podcast_insights_tests.storage.examples import a_show, an_episode, an_insight

INSIGHT, EPISODE, SHOW = an_insight("i1"), an_episode("episode1"), a_show("show1", language="de")
PAGE = "https://show1.example.org/episodes/1"
FOLLOWED = ShowSettings(url="https://show1.example.org/feed.xml")


def candidates(*insights, episode=EPISODE, show=SHOW, followed=FOLLOWED, left_out=()):
    return candidates_of(
        insights or (INSIGHT,),
        episodes={"episode1": episode} if episode else {},
        shows={"show1": show} if show else {},
        followed={"show1": followed} if followed else {},
        left_out=left_out,
    )


def test_a_candidate_says_where_its_insight_is_from() -> None:
    (one,) = candidates(episode=replace(EPISODE, page_url=PAGE))

    assert one.insight == INSIGHT
    assert (one.show_title, one.language, one.show_priority) == (SHOW.title, "de", 1.0)
    assert (one.episode_title, one.episode_date) == (EPISODE.title, EPISODE.episode_date)
    assert (one.published_at, one.episode_url) == (EPISODE.published_at, PAGE)
    assert one.audio_url == EPISODE.enclosure.url


def test_what_the_settings_say_of_a_show_stands_above_what_its_feed_says() -> None:
    own = ShowSettings(url=FOLLOWED.url, name="Our name", language="fr", priority=2.0)

    (one,) = candidates(followed=own)

    assert (one.show_title, one.language, one.show_priority) == ("Our name", "fr", 2.0)


def test_a_show_without_a_title_has_its_name_and_an_episode_without_audio_no_address() -> None:
    (one,) = candidates(show=replace(SHOW, title=None), episode=replace(EPISODE, enclosure=None))

    assert (one.show_title, one.audio_url) == (SHOW.name, None)


@pytest.mark.parametrize(
    "missing",
    [{"episode": None}, {"show": None}, {"followed": None}, {"left_out": ["i1"]}, {"left_out": ["episode1"]}],
    ids=["an unknown episode", "an unknown show", "no longer followed", "set aside", "its episode set aside"],
)
def test_what_lacks_its_source_or_broke_a_rule_stays_out(missing) -> None:
    assert candidates(**missing) == ()


def test_one_that_stays_out_does_not_keep_out_the_others() -> None:
    found = candidates(an_insight("i1"), an_insight("i2"), an_insight("i3"), left_out={"i1"})

    assert [one.insight.insight_id for one in found] == ["i2", "i3"]

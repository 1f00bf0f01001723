"""Whose words a transcript holds, on a show of six episodes that each name things of their own."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcast_insights.feeds.values import Chapter, Person
from podcast_insights.transcripts.belongs import foreign_words, nearest_in_time, said_words, telling_words, text_about
from podcast_insights_tests.audio.fakes import episode, notes_of
from podcast_insights_tests.transcripts.fakes import WORDS, segment

EPISODES = tuple(f"episode{number}" for number in range(1, 7))
COMMON = "Welcome to the show, write to us, and thanks to our sponsors for the support."
# Forty invented words for each episode, of which the talk has every second one.
THINGS = {
    name: ["".join(parts) for parts in product((letter,), "aeiou", "bdlmnrst", ("ka",))]
    for name, letter in zip(EPISODES, "bdfgkm", strict=True)
}
EVERY_THING = [thing for things in THINGS.values() for thing in things]
NOTES = {name: f"{COMMON} {' '.join(things)}" for name, things in THINGS.items()}
TITLES = {name: f"All about {things[0]}" for name, things in THINGS.items()}


def talk_of(name: str, *, chance: int = 4) -> str:
    """What is said in an episode: half of its things, and a few of each other one by chance."""
    others = (things[-chance:] for other, things in THINGS.items() if other != name)
    return " ".join([WORDS, *THINGS[name][::2], *(word for things in others for word in things)])


def refusal(text: str, name: str, notes: dict[str, str] = NOTES) -> str | None:
    return foreign_words(
        said_words([segment(text, 0, 600)]),
        episode_id=name,
        telling=telling_words(notes),
        titles={**TITLES, "ep": "Ep"},
    )


@pytest.mark.parametrize("name", EPISODES)
def test_an_episodes_own_words_are_believed(name: str) -> None:
    assert refusal(talk_of(name), name) is None


@pytest.mark.parametrize(("said", "given"), [pair for pair in product(EPISODES, EPISODES) if pair[0] != pair[1]])
def test_the_words_of_another_episode_are_refused_and_it_is_named(said: str, given: str) -> None:
    reason = refusal(talk_of(said), given)

    assert reason == (
        f'it has 4 of the 40 words by which its notes are known, but 20 of the 40 of another episode ("{TITLES[said]}")'
    )


def test_words_that_fit_no_episode_of_the_show_are_refused() -> None:
    reason = refusal(" ".join([WORDS, *(word for things in THINGS.values() for word in things[-4:])]), "episode1")

    assert reason == "it has 4 of the 40 words by which its notes are known, no more than of any other episode (10%)"


def test_an_episode_without_notes_is_not_judged() -> None:
    assert refusal(talk_of("episode2"), "episode1", {**NOTES, "episode1": ""}) is None
    assert refusal(talk_of("episode2"), "episode1", {**NOTES, "episode1": COMMON}) is None


def test_a_show_that_says_the_same_of_every_episode_is_not_judged() -> None:
    assert refusal(talk_of("episode2"), "episode1", dict.fromkeys(EPISODES, NOTES["episode1"])) is None


def test_the_only_episode_is_not_judged() -> None:
    assert refusal(talk_of("episode2"), "episode1", {"episode1": NOTES["episode1"]}) is None
    assert refusal(talk_of("episode2"), "unlisted") is None


def test_a_few_words_of_notes_are_no_reason_against_a_text() -> None:
    few = {name: " ".join(things[1:18:2]) for name, things in THINGS.items()}

    assert refusal(talk_of("episode1"), "episode1", few) is None


def test_notes_in_another_language_are_no_reason_against_a_text() -> None:
    assert refusal(WORDS, "episode1") is None, "the text has none of any notes' words"


def test_the_second_part_of_an_episode_with_the_same_notes_is_believed() -> None:
    again = {**NOTES, "again": NOTES["episode1"]}

    assert refusal(talk_of("episode1"), "again", again) is None
    assert refusal(talk_of("episode1"), "episode1", again) is None


@given(
    st.sampled_from(EPISODES),
    st.sets(st.sampled_from([thing for things in THINGS.values() for thing in things]), max_size=60),
)
def test_whoever_says_most_of_what_its_notes_name_is_believed(name: str, besides: set[str]) -> None:
    text = " ".join([WORDS, *THINGS[name], *sorted(besides)])

    assert refusal(text, name) is None


def test_what_a_feed_says_is_title_notes_chapters_and_people_without_markup_and_addresses() -> None:
    told = replace(
        episode(3),
        show_notes='<p>On <a href="https://example.org/kerbs">kerbs</a> &amp; parking: https://example.org/p</p>',
        chapters=(Chapter(start_s=0, title="Turnover"),),
        persons=(Person(name="Oskar Imani", role="guest"),),
    )

    assert " ".join(text_about(told).split()) == "Episode 3 On kerbs & parking: Turnover Oskar Imani"


def test_only_what_few_episodes_have_is_telling() -> None:
    found = telling_words({f"ep{number}": f"sponsor{number // 6} thing{number} of it" for number in range(60)})

    assert found["ep7"] == {"thing7"}
    assert telling_words({"one": "On kerbs", "other": "Kerbs and parking"}) == {
        "one": set(),
        "other": {"and", "parking"},
    }


def test_the_nearest_episodes_are_compared() -> None:
    first = notes_of(episode(1))
    many = [
        replace(first, episode_id=str(days), published_at=first.published_at + timedelta(days=days))
        for days in range(-600, 600)
    ]

    near = nearest_in_time(many, first.published_at)

    assert {int(one.episode_id) for one in near} == set(range(-250, 250))

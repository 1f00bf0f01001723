import pytest

from podcast_insights.insights.topics import TopicFinder

EPISODE = (
    "The parking space is the most expensive room in a city. Every parking space costs money, and the city pays.",
    "A city with fewer parking spaces has a calm street. The street belongs to children. Ann Hill counts the street.",
    "Drivers quickly look for a parking space. They think of the street as a place for cars.",
)


def test_topics_are_the_nouns_that_the_episode_comes_back_to() -> None:
    topics = TopicFinder(EPISODE, ["Ann Hill"]).topics_of(EPISODE[1])
    assert set(topics) == {"parking space", "street", "city"}


def test_names_of_speakers_small_words_and_numbers_are_no_topics() -> None:
    finder = TopicFinder(["Ann Hill said that the ten of them really walked with Ann Hill to the hill."], ["Ann Hill"])
    assert finder.topics_of("Ann Hill said that the ten of them really walked.") == ()


def test_a_plural_is_folded_only_into_a_word_that_the_episode_says() -> None:
    both = TopicFinder(["The bus is late in the city. Many buses of the cities are late. The buses wait."])
    assert set(both.topics_of("The buses of the cities.")) == {"bus", "city"}
    plural_only = TopicFinder(["The buses carry the species. Some of the buses wait for the species."])
    assert set(plural_only.topics_of("The buses carry the species.")) == {"buses", "species"}


@pytest.mark.parametrize("weak", ["seventy", "newest", "demoted", "irreversible", "whatever", "facts"])
def test_weak_words_are_no_topics(weak: str) -> None:
    finder = TopicFinder([f"The queue is full. The {weak}, of the {weak}. A queue and the {weak}."])
    assert finder.topics_of(f"The queue of the {weak}.") == ("queue",)


def test_where_nothing_passes_for_a_noun_the_best_guess_is_given() -> None:
    finder = TopicFinder(["The calendar shows it. The calendar tells it. A calendar gives it."])
    assert finder.topics_of("The calendar shows it.") == ("calendar",)


def test_no_words_have_no_topics() -> None:
    assert TopicFinder([]).topics_of("") == ()

import pytest

from podcast_insights.insights.cue_score import BEST_SCORE, cues_of
from podcast_insights.insights.headlines import explaining, headline_score, leans_on_others, strongest
from podcast_insights.insights.passages import (
    Passage,
    choose_passages,
    explanation_cost,
    find_passages,
    hosts_of,
    opens_unclearly,
    refusal_of_explanation,
    windows,
)
from podcast_insights.transcripts.sentences import sentences_of
from podcast_insights_tests.insights.samples import GUEST, HOST, IDEAS, talk, timed


def test_windows_are_two_to_five_sentences_of_one_turn_with_the_length_of_a_passage() -> None:
    sentences = sentences_of(talk())
    found = list(windows(sentences))
    assert found
    for first, last in found:
        words = sum(len(one.text.split()) for one in sentences[first : last + 1])
        assert 1 <= last - first <= 4
        assert 35 <= words <= 110
        assert len({one.turn for one in sentences[first : last + 1]}) == 1


def test_who_asks_is_the_host() -> None:
    assert hosts_of(sentences_of(talk())) == {HOST}
    assert hosts_of(sentences_of(talk(speaker=None, host=None))) == frozenset()


def test_ideas_score_above_anecdotes_and_what_is_off_limits_is_refused() -> None:
    sentences = sentences_of(talk())
    search = find_passages(sentences, [False] * len(sentences))
    best = max(search.passages, key=lambda one: one.score)
    assert any(best.cleaned[0] in idea for idea in IDEAS)
    nothing = find_passages(sentences, [True] * len(sentences))
    assert nothing.passages == ()
    assert dict(nothing.refused)["ad"] > 0


def test_the_edges_of_an_episode_are_left_out() -> None:
    long_talk = sentences_of(timed([(GUEST, idea) for idea in IDEAS * 15]))
    search = find_passages(long_talk, [False] * len(long_talk))
    assert min(one.first for one in search.passages) >= 0.04 * len(long_talk)
    assert dict(search.refused)["edge"] > 0


def passage(first: int, score: float) -> Passage:
    return Passage(first, first + 2, ("a", "b", "c"), 0, ("b", "c"), score)


def test_chosen_passages_keep_their_distance_and_the_best_come_first() -> None:
    found = [passage(10, 2.0), passage(12, 2.5), passage(15, 1.0), passage(30, 0.8), passage(50, 2.2)]
    chosen = choose_passages(found, limit=3, sentence_count=200)
    assert [one.first for one in chosen] == [12, 50, 30]
    assert choose_passages(found, limit=0, sentence_count=200) == ()


def test_a_short_episode_may_have_passages_side_by_side() -> None:
    found = [passage(10, 2.0), passage(14, 1.0)]
    assert len(choose_passages(found, limit=5, sentence_count=200)) == 1
    assert len(choose_passages(found, limit=5, sentence_count=50)) == 2


def test_above_the_best_score_less_is_better() -> None:
    found = [passage(10, BEST_SCORE + 2), passage(30, BEST_SCORE + 0.1), passage(50, BEST_SCORE - 0.1)]
    assert [one.first for one in choose_passages(found, limit=3, sentence_count=200)] == [30, 10, 50]


def test_the_headline_stands_alone_is_finished_and_short() -> None:
    cleaned = (
        "They always fail because most companies never measure traffic and revenue.",
        "Most companies fail because nobody measures traffic and revenue.",
        "Most companies fail because nobody measures traffic...",
        "Fail early.",
    )
    scores = [headline_score(one, cues_of(one)) for one in cleaned]
    assert [score is None for score in scores] == [True, False, True, True]
    assert strongest(scores) == 1


def test_of_two_headlines_the_stronger_and_of_equals_the_earlier_is_taken() -> None:
    assert strongest([0.5, None, 1.5]) == 2
    assert strongest([None, 0.5, 0.5]) == 1
    assert strongest([None, None]) is None


CLAIM = "Narrow streets are faster than wide ones in every city that measured both."
REASON = "Drivers change lanes more often when lanes are wide, and each change slows the cars behind."
FIGURE = "A city that removed two metres of asphalt saw its travel times fall by about a tenth."
WAIT = "Cars wait longer at every light."
LEANING = "That is why they do it."


@pytest.mark.parametrize(
    ("cleaned", "headline", "explanation"),
    [
        ((CLAIM, REASON, FIGURE), 0, (REASON, FIGURE)),
        ((REASON, FIGURE, CLAIM), 2, (REASON, FIGURE)),
        ((REASON, CLAIM, FIGURE), 1, (REASON, CLAIM, FIGURE)),
        ((CLAIM, REASON), 0, (CLAIM, REASON)),
        ((CLAIM, LEANING, REASON), 0, (CLAIM, LEANING, REASON)),
        ((CLAIM, "Cars wait longer.", "Shops lose nothing."), 0, (CLAIM, "Cars wait longer.", "Shops lose nothing.")),
        (
            ("Second, cars wait longer at every light.", REASON, CLAIM),
            1,
            ("Cars wait longer at every light.", REASON, CLAIM),
        ),
    ],
)
def test_an_explanation_leaves_its_headline_out_where_enough_stands_alone(
    cleaned: tuple[str, ...], headline: int, explanation: tuple[str, ...]
) -> None:
    assert explaining(cleaned, headline) == explanation


def test_every_explanation_has_two_to_four_sentences_and_a_clear_beginning() -> None:
    sentences = sentences_of(talk())
    found = find_passages(sentences, [False] * len(sentences)).passages
    assert found
    assert all(2 <= len(one.explanation) <= 4 for one in found)
    assert not any(opens_unclearly(one.cleaned[one.headline], one.explanation) for one in found)


@pytest.mark.parametrize(
    "sentence",
    ["They fail for a reason that nobody knows.", "Fail early.", "Streets are slow because...", f"{CLAIM} " * 3],
)
def test_a_sentence_that_leans_or_trails_off_or_has_the_wrong_length_is_no_headline(sentence: str) -> None:
    assert headline_score(sentence, cues_of(sentence)) is None
    assert headline_score(CLAIM, cues_of(CLAIM)) is not None


def test_a_sentence_leans_on_others_after_trimming_too() -> None:
    assert leans_on_others("Because they are faster.")
    assert leans_on_others("But this street is slow.")
    assert not leans_on_others("Streets get slow in winter.")


def test_a_passage_without_a_headline_makes_no_insight() -> None:
    lost = "They never did that because it was too slow for him. It kept everyone away from those streets for months. "
    sentences = sentences_of(timed([(GUEST, lost + IDEAS[0]), (HOST, "Why?"), (GUEST, lost * 2)] * 6))
    search = find_passages(sentences, [False] * len(sentences))
    assert all("They never did that" not in one.cleaned[one.headline] for one in search.passages)
    assert {"no_headline", "points_back"} & dict(search.refused).keys()


def test_an_explanation_that_reads_like_speech_costs_points() -> None:
    smooth = explanation_cost(CLAIM, (REASON, FIGURE))
    assert smooth < explanation_cost(CLAIM, (REASON, "A city that removed — and then two metres fell..."))
    assert smooth < explanation_cost(CLAIM, ("He changed those back then.", FIGURE))


def test_an_explanation_that_is_about_something_else_costs_points() -> None:
    about_lanes = explanation_cost("Narrow lanes are faster than wide avenues.", (REASON, FIGURE))
    assert about_lanes < explanation_cost("Bread dough tastes better after a cold night.", (REASON, FIGURE))


HEADLINE = "Narrow streets slow drivers down."


@pytest.mark.parametrize(
    ("reason", "explanation"),
    [
        (None, ("A driver who sees parked cars on both sides lifts the foot.", "The street does what no sign can do.")),
        (None, ("If you build in a narrow street, you do have to leave the trees.", "Drivers look at trees.")),
        ("points_back", ("She said that the buses of the city are slow.", "Drivers were slower.")),
        ("fragment", ("A rapidly growing number of drivers worldwide.", "The street does what no sign can do.")),
        ("fragment", ("Just the way that people acquire skills.", "The street does what no sign can do.")),
        ("dangling_end", ("Drivers see the parked cars and the trees...", "The street does what no sign can do.")),
        ("dangling_end", ("Drivers see the parked cars and the trees.", "The street does what no sign...")),
        ("length", ("Drivers see the parked cars and the trees.",) * 5),
    ],
)
def test_what_stands_below_a_headline_can_be_read(reason: str | None, explanation: tuple[str, ...]) -> None:
    assert refusal_of_explanation(HEADLINE, explanation) == reason


def test_an_explanation_that_keeps_to_its_headline_costs_less() -> None:
    about_it = ("Narrow streets make drivers look at parked cars.", "Whoever looks slows.")
    about_all = ("Parked cars make whoever passes look.", "Whoever looks lifts the foot.")
    assert explanation_cost(HEADLINE, about_it) < 0 < explanation_cost(HEADLINE, about_all)

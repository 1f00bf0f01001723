from dataclasses import replace

import pytest

from podcast_insights.delivery.views import counted, digest_view, entry_view, insight_view
from podcast_insights_tests.digest.fakes import a_candidate, an_entry
from podcast_insights_tests.storage.examples import a_digest


@pytest.mark.parametrize(
    ("claim", "explanation", "shown"),
    [
        ("Bread waits.", "Flour is old.", "Flour is old."),
        ("Bread waits.", "Bread waits.", ""),
        ("Bread waits.", "Bread waits. Flour is old.", "Flour is old."),
        ("Bread waits.", "Because bread waits. Flour is old.", "Flour is old."),
        ("Bread waits.", "Flour is old, so bread waits. Or not.", "Flour is old, so bread waits. Or not."),
        ("Straße waits.", "Straße waits. Flour is old.", "Straße waits. Flour is old."),
        ("Bread can", "Bread cannot wait.", "Bread cannot wait."),
        ("Art is free.", "Smart is free, too.", "Smart is free, too."),
        ("面包会等。", "面包会等。面粉老了。", "面粉老了。"),
        ("面包会等。", "面包会等，因为面粉老了。", "因为面粉老了。"),
    ],
)
def test_an_explanation_does_not_begin_with_the_claim_above_it(claim, explanation, shown):
    assert insight_view(a_candidate("a", claim=claim, explanation=explanation)).explanation == shown


@pytest.mark.parametrize(
    ("quote", "repeats"),
    [
        ("bread, uh, waits because flour is old", True),
        ("flour is old", True),
        ("the baker never owed anybody an oven", False),
        ("", True),
    ],
)
def test_a_quote_repeats_what_is_already_in_its_words(quote, repeats):
    candidate = a_candidate("a", claim="Bread waits because flour is old.", explanation="", quote=quote)
    assert insight_view(candidate).quote_repeats is repeats


def test_what_is_missing_is_named_or_left_out():
    candidate = replace(
        a_candidate("a", speaker="\u202e", topics=("\x00", "bread")), show_title=" ", episode_title="", language="x y"
    )
    view = insight_view(candidate)
    assert (view.speaker, view.topics, view.language) == (None, ("bread",), None)
    assert (view.show_title, view.episode_title) == ("Untitled show", "Untitled episode")
    agreed = replace(an_entry(candidate), also_said_by=(("b", "\u200b"),))
    assert entry_view(agreed).also_said_by == (("Untitled show", "insights/b/index.html"),)


@pytest.mark.parametrize(
    ("number", "text"), [(0, "no shows"), (1, "one show"), (10, "ten shows"), (11, "11 shows"), (2100, "2,100 shows")]
)
def test_small_numbers_are_words(number, text):
    assert counted(number, "show") == text


@pytest.mark.parametrize(
    ("unfinished", "said"),
    [
        (0, "came from your shows."),
        (1, "One episode of the day was not ready in time and may be in a later digest."),
        (12, "12 episodes of the day were not ready in time and may be in a later digest."),
    ],
)
def test_a_digest_says_what_is_not_in_it(unfinished, said):
    assert digest_view(a_digest(entries=0, considered=0, unfinished_episodes=unfinished)).summary.endswith(said)

import pytest

from podcast_insights.digest.memory import Memory

from .fakes import a_candidate


@pytest.mark.parametrize(
    ("term", "matches"),
    [
        ("Energy", True),  # a topic
        ("heat  pumps", True),  # words of the claim
        ("the grid hour", True),  # the show
        ("ÅSA BERG", True),  # the speaker
        ("pump", False),  # half a word
        ("berg energy", False),  # across two fields
        ("c++", True),
        ("", False),
        (".*", False),
    ],
)
def test_terms_match_whole_words_in_topics_claim_show_and_speaker(term, matches):
    candidate = a_candidate(
        "a", claim="Heat pumps pay in C++ too.", topics=("energy",), speaker="Åsa Berg", show="The Grid Hour"
    )
    assert Memory(mute=[term]).is_muted(candidate) is matches
    assert bool(Memory(follow=[term]).followed_terms(candidate)) is matches


def test_preference_is_neutral_without_a_follow_and_grows_with_each():
    candidate = a_candidate("a", topics=("energy", "markets"))
    ratios = [Memory(follow=terms).preference_ratio(candidate) for terms in ([], ["energy"], ["energy", "markets"])]
    assert ratios == pytest.approx([0.5, 0.9, 0.98])


@pytest.mark.parametrize(("priority", "ratio"), [(0.1, 0.0909), (1.0, 0.5), (3.0, 0.75)])
def test_a_shows_priority_moves_the_preference(priority, ratio):
    assert Memory().preference_ratio(a_candidate("a", priority=priority)) == pytest.approx(ratio, abs=1e-3)

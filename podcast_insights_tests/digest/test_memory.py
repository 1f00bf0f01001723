from datetime import UTC, datetime, timedelta

import pytest

from podcast_insights.digest.memory import Memory, vote_strength
from podcast_insights.digest.values import Preference
from podcast_insights.settings import DigestSettings

from .fakes import DAY, a_candidate

TODAY = datetime(DAY.year, DAY.month, DAY.day, 7, tzinfo=UTC)


def a_vote(kind="like", *, days_ago=0, show_id="s1", topics=("energy",)):
    said_at = TODAY - timedelta(days=days_ago)
    return Preference(
        subject=f"{kind}-{days_ago}", kind=kind, label="A claim.", said_at=said_at, show_id=show_id, topics=topics
    )


def preference(*said, **changes):
    insight = {"show_id": "s1", "topics": ("energy",), **changes}
    return Memory.of(DigestSettings(), said, day=DAY).preference_ratio(a_candidate("a", **insight))


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


@pytest.mark.parametrize(
    ("term", "claim", "matches"),
    [
        ("加密货币", "投资加密货币的风险很大。", True),
        ("睡眠", "睡眠は大切です。", True),
        ("คริปโต", "การลงทุนคริปโตมีความเสี่ยง", True),
        ("AI", "AI模型改变了一切。", True),
        ("AI", "MAINS模型", False),
        ("비트코인", "비트코인 가격이 올랐다.", True),
        ("睡眠", "水", False),
        ("pump", "heat pumps pay", False),
    ],
)
def test_terms_match_within_scripts_that_have_no_spaces_between_words(term, claim, matches):
    assert Memory(mute=[term]).is_muted(a_candidate("a", claim=claim, topics=())) is matches


def test_preference_is_neutral_without_a_follow_and_grows_with_each():
    candidate = a_candidate("a", topics=("energy", "markets"))
    ratios = [Memory(follow=terms).preference_ratio(candidate) for terms in ([], ["energy"], ["energy", "markets"])]
    assert ratios == pytest.approx([0.5, 0.9, 0.98])


@pytest.mark.parametrize(("priority", "ratio"), [(0.1, 0.0909), (1.0, 0.5), (3.0, 0.75)])
def test_a_shows_priority_moves_the_preference(priority, ratio):
    assert Memory().preference_ratio(a_candidate("a", priority=priority)) == pytest.approx(ratio, abs=1e-3)


def test_what_was_said_counts_beside_the_settings():
    said = [
        Preference(subject="Energy", kind="follow", label="Energy", said_at=TODAY),
        Preference(subject="crypto", kind="mute", label="crypto", said_at=TODAY),
    ]
    memory = Memory.of(DigestSettings(follow=("markets",)), said, day=DAY)
    assert memory.followed_terms(a_candidate("a", topics=("energy", "markets"))) == ("markets", "Energy")
    assert memory.is_muted(a_candidate("a", topics=("crypto",)))


def test_a_vote_moves_its_show_and_its_topics_and_nothing_else():
    assert preference(a_vote()) == pytest.approx(2 / 3)
    assert preference(a_vote("dislike")) == pytest.approx(1 / 3)
    assert preference(a_vote(), topics=()) == preference(a_vote(), show_id="s2") > 0.5
    assert preference(a_vote(), topics=("Energy",)) == pytest.approx(2 / 3)
    assert preference(a_vote(), show_id="s2", topics=("sleep",)) == 0.5
    assert preference(a_vote(), a_vote("dislike")) == pytest.approx(0.5)


def test_votes_fade_and_add_up_to_a_limit():
    assert vote_strength(a_vote(days_ago=60), DAY) == pytest.approx(0.5)
    assert vote_strength(a_vote(days_ago=-3), DAY) == 1.0
    assert 0.5 < preference(a_vote(days_ago=120)) < preference(a_vote(days_ago=60)) < preference(a_vote())
    assert preference(*(a_vote() for _ in range(50))) == pytest.approx(0.8)


def test_a_vote_is_a_reason_only_where_it_is_fresh_and_near():
    candidate = a_candidate("a", show_id="s1", topics=("energy",))
    assert Memory.of(DigestSettings(), [a_vote()], day=DAY).is_like_liked(candidate)
    assert not Memory.of(DigestSettings(), [a_vote(days_ago=90)], day=DAY).is_like_liked(candidate)
    assert not Memory.of(DigestSettings(), [a_vote("dislike")], day=DAY).is_like_liked(candidate)

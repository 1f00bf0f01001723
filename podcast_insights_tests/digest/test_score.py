import math
from datetime import timedelta

import pytest

from podcast_insights.digest.memory import Memory
from podcast_insights.digest.score import (
    comparable_values,
    freshness_ratio,
    novelty_ratio,
    score_candidates,
    shortlist,
    supporting_shows,
)
from podcast_insights.digest.similarity import TextSpace, insight_text

from .fakes import DAY, a_candidate, an_insight


@pytest.mark.parametrize(("cosine", "novelty"), [(0.0, 1.0), (0.45, 1.0), (0.635, 0.5), (0.82, 0.0), (1.0, 0.0)])
def test_novelty_falls_between_the_two_cosines(cosine, novelty):
    assert novelty_ratio(cosine) == pytest.approx(novelty)


@pytest.mark.parametrize(("age_days", "freshness"), [(-1, 1.0), (0, 1.0), (2, math.exp(-1))])
def test_freshness_decays_by_days(age_days, freshness):
    assert freshness_ratio(DAY - timedelta(days=age_days), DAY) == pytest.approx(freshness)


def test_few_of_a_kind_keep_their_value_and_many_are_mixed_with_their_percentile():
    llm = [an_insight(f"l{i}", value_ratio=0.8) for i in range(19)]
    embedded = [an_insight(f"e{i:02}", extractor="embedded", model=None, value_ratio=i / 100) for i in range(20)]
    values = comparable_values([*llm, *embedded])
    assert values["l0"] == 0.8
    assert values["e00"] == pytest.approx((0.0 + 0.5 / 20) / 2)
    assert values["e19"] == pytest.approx((0.19 + 19.5 / 20) / 2)


def test_models_are_percentiles_among_themselves():
    a = [an_insight(f"a{i}", model="a", value_ratio=0.9) for i in range(20)]
    b = [an_insight(f"b{i}", model="b", value_ratio=0.1) for i in range(20)]
    values = comparable_values([*a, *b])
    assert values["a0"] == pytest.approx(0.7)
    assert values["b0"] == pytest.approx(0.3)


def test_support_counts_other_shows_that_use_words_of_their_own():
    claim = {"claim": "Batteries earn more from steadying the grid", "explanation": ""}
    candidates = [
        a_candidate("a", show_id="s1", **claim),
        a_candidate("b", show_id="s2", **claim),
        a_candidate("c", show_id="s1", **claim),
        a_candidate("rerun", show_id="s3", quote="Quote  A", **claim),
        a_candidate("z", show_id="s4"),
    ]
    shows = supporting_shows(candidates, TextSpace([insight_text(c.insight) for c in candidates]))
    assert shows["a"] == {"s2"}
    assert shows["c"] == {"s2", "s3"}
    assert shows["z"] == frozenset()


def test_the_total_is_the_weighted_sum_of_its_parts():
    candidate = a_candidate("a", day=DAY - timedelta(days=2), topics=("energy",))
    text = insight_text(candidate.insight)
    parts = score_candidates(
        [candidate],
        values={"a": 0.6},
        history_texts=[text],
        day=DAY,
        memory=Memory(follow=["energy"]),
        space=TextSpace([text]),
    )["a"]
    assert (parts.value, parts.novelty, parts.support) == (0.6, 0.0, 0.0)
    assert parts.total == pytest.approx(0.5 * 0.6 + 0.2 * 0.9 + 0.1 * math.exp(-1))


def test_a_large_day_is_cut_so_that_every_show_keeps_its_best_ten():
    busy = [a_candidate(f"b{i:03}", show_id="busy", value_ratio=0.9) for i in range(50)]
    small = [a_candidate(f"s{i:03}", show_id="small", value_ratio=0.4) for i in range(15)]
    values = {c.insight.insight_id: c.insight.value_ratio for c in [*busy, *small]}
    kept = shortlist([*small, *busy], values=values, day=DAY, memory=Memory(), most=25)
    assert [c.insight.insight_id for c in kept] == [f"b{i:03}" for i in range(10)] + [f"s{i:03}" for i in range(10)] + [
        f"b{i:03}" for i in range(10, 15)
    ]


def test_of_the_same_value_what_is_followed_and_what_is_fresh_is_compared_first():
    old, fresh, followed = (
        a_candidate("a-old", day=DAY - timedelta(days=2)),
        a_candidate("b-fresh"),
        a_candidate("c-followed", topics=("energy",)),
    )
    candidates, memory = [old, fresh, followed], Memory(follow=["energy"])
    values = dict.fromkeys(("a-old", "b-fresh", "c-followed"), 0.5)
    kept = {most: shortlist(candidates, values=values, day=DAY, memory=memory, most=most) for most in (1, 2, 3)}
    assert kept == {1: (followed,), 2: (followed, fresh), 3: (old, fresh, followed)}


@pytest.mark.parametrize(("shows", "support"), [(1, 0.0), (2, 1 / 3), (4, 1.0), (5, 1.0)])
def test_every_part_adds_to_the_score_and_three_other_shows_are_full_support(shows, support):
    said = [
        a_candidate(f"i{n}", show_id=f"s{n}", claim="batteries steady the grid", explanation="", quote=f"so says {n}")
        for n in range(shows)
    ]
    values = {candidate.insight.insight_id: 0.6 for candidate in said}
    space = TextSpace([insight_text(candidate.insight) for candidate in said])
    parts = score_candidates(said, values=values, history_texts=[], day=DAY, memory=Memory(), space=space)["i0"]
    assert (parts.value, parts.novelty, parts.preference, parts.freshness) == (0.6, 1.0, 0.5, 1.0)
    assert parts.support == pytest.approx(support)
    assert parts.total == pytest.approx(0.5 * 0.6 + 0.2 + 0.2 * 0.5 + 0.1 + 0.05 * support)

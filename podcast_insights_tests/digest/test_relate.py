from collections import Counter

from podcast_insights.digest.relate import related_insights

from .fakes import an_insight


def pairs(related):
    return [(relation.insight_id, relation.related_insight_id) for relation in related]


def test_neighbours_are_symmetric_and_of_other_shows_first():
    batteries = {"explanation": ""}
    insights = [
        an_insight("a", show_id="s1", claim="home batteries steady the grid", **batteries),
        an_insight("b", show_id="s2", claim="batteries in a home pay twice", **batteries),
        an_insight("c", show_id="s1", claim="home batteries steady the grid today", **batteries),
        an_insight("z", show_id="s3", claim="bread wants patience", **batteries),
    ]
    related = related_insights(insights, most=1)
    # c is much closer to a, and of the same show.
    assert pairs(related) in ([("a", "b"), ("b", "a")], [("b", "c"), ("c", "b")])
    everything = related_insights(insights)
    assert set(pairs(everything)) == {(y, x) for x, y in pairs(everything)}
    assert [other for one, other in pairs(everything) if one == "a"] == ["b", "c"]
    assert "z" not in dict(pairs(everything))


def test_nobody_gets_more_than_asked_and_no_neighbour_of_the_same_episode():
    crowd = [an_insight(f"i{n}", claim="batteries steady the grid", explanation=f"reason{n}") for n in range(8)]
    assert max(Counter(one for one, _ in pairs(related_insights(crowd, most=3))).values()) == 3
    same_episode = [an_insight(i, episode_id="e", claim="batteries steady the grid") for i in "ab"]
    assert related_insights(same_episode) == ()


def test_below_the_threshold_there_is_nothing():
    insights = [an_insight(i, claim=f"batteries {i}", explanation=f"{i}x {i}y {i}z {i}w {i}v") for i in ("one", "two")]
    assert related_insights(insights, at_least=0.5) == ()
    assert len(related_insights(insights, at_least=0.01)) == 2

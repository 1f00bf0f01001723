from collections import Counter

from podcast_insights.digest.relate import related_insights
from podcast_insights.digest.values import Near, Neighbourhood
from podcast_insights_tests.digest.fakes import an_insight
from podcast_insights_tests.digest.subjects import SUBJECTS, passages_of_the_demo


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


def test_a_pair_that_is_near_by_vectors_and_by_words_is_there_once():
    insights = [
        an_insight("a", show_id="s1", claim="home batteries steady the grid", explanation=""),
        an_insight("b", show_id="s2", claim="batteries in a home pay twice", explanation=""),
    ]
    near = {"a": Neighbourhood(insight_id="a", near=(Near(insight_id="b", similarity_ratio=0.8),))}
    related = related_insights(insights, near=near, model="m")
    assert [(*pair, one.compared_by) for pair, one in zip(pairs(related), related, strict=True)] == [
        ("a", "b", "m"),
        ("b", "a", "m"),
    ]


def test_nobody_gets_more_than_asked_and_no_neighbour_of_the_same_episode():
    crowd = [an_insight(f"i{n}", claim="batteries steady the grid", explanation=f"reason{n}") for n in range(8)]
    assert max(Counter(one for one, _ in pairs(related_insights(crowd, most=3))).values()) == 3
    same_episode = [an_insight(i, episode_id="e", claim="batteries steady the grid") for i in "ab"]
    assert related_insights(same_episode) == ()


def test_below_the_threshold_there_is_nothing():
    insights = [
        an_insight(i, claim="grid batteries", explanation=" ".join(f"{i}{letter}" for letter in "vwxyz"))
        for i in ("one", "two")
    ]
    assert related_insights(insights, at_least=0.5) == ()
    assert len(related_insights(insights, at_least=0.01)) == 2


def test_what_is_about_one_subject_finds_each_other_among_two_hundred_others():
    subjects = [
        an_insight(f"{subject}-{number}", claim=claim, explanation=explanation)
        for subject, said in SUBJECTS.items()
        for number, (claim, explanation) in enumerate(said)
    ]
    others = passages_of_the_demo(200)
    related = pairs(related_insights([*subjects, *others]))
    of_subjects = [(one, other) for one, other in related if one.partition("-")[0] in SUBJECTS]
    right = [(one, other) for one, other in of_subjects if one.partition("-")[0] == other.partition("-")[0]]

    # Each has three to find.
    assert len(right) >= 0.8 * 3 * len(subjects)
    assert len(right) >= 0.95 * len(of_subjects)
    assert len({one for one, _ in right}) >= 0.9 * len(subjects)


def test_vectors_relate_what_shares_no_word_and_words_relate_what_no_vector_finds():
    insights = [
        an_insight("a", show_id="s1", claim="physicians listen", explanation=""),
        an_insight("b", show_id="s2", claim="doctors interrupt", explanation=""),
        an_insight("c", show_id="s3", claim="physicians listen well", explanation=""),
    ]
    near = {
        "a": Neighbourhood(insight_id="a", near=(Near(insight_id="gone", similarity_ratio=0.99),)),
        "b": Neighbourhood(insight_id="b", near=(Near(insight_id="a", similarity_ratio=0.6),)),
    }
    related = related_insights(insights, near=near, model="m", at_least=0.1)
    assert {(one.insight_id, one.related_insight_id, one.compared_by) for one in related} == {
        ("a", "b", "m"),
        ("b", "a", "m"),
        ("a", "c", "words"),
        ("c", "a", "words"),
    }
    assert pairs(related_insights(insights[:2], near=near, model="m", at_least_by_vectors=0.7)) == []


def test_two_that_have_vectors_are_compared_by_their_words_as_well():
    insights = [
        an_insight("a", show_id="s1", claim="home batteries steady the grid", explanation=""),
        an_insight("b", show_id="s2", claim="batteries in a home pay twice", explanation=""),
    ]
    near = {
        "a": Neighbourhood(insight_id="a", near=(Near(insight_id="b", similarity_ratio=0.1),)),
        "b": Neighbourhood(insight_id="b", near=()),
    }
    assert [one.compared_by for one in related_insights(insights, near=near, model="m")] == ["words", "words"]


def test_words_do_not_relate_two_that_have_vectors_and_are_not_among_the_nearest_by_them():
    insights = [
        an_insight("a", show_id="s1", claim="test your agents before they act", explanation=""),
        an_insight("b", show_id="s2", claim="travel agents act on a hunch", explanation=""),
    ]
    assert len(related_insights(insights, near={}, model="m")) == 2
    near = {name: Neighbourhood(insight_id=name, near=()) for name in "ab"}
    assert related_insights(insights, near=near, model="m") == ()
    near.pop("b")
    assert len(related_insights(insights, near=near, model="m")) == 2


def test_with_room_for_one_the_pair_is_taken_that_is_close_by_both():
    insights = [
        an_insight("a", show_id="s1", claim="home batteries steady the grid", explanation=""),
        an_insight("b", show_id="s2", claim="home batteries rattle", explanation="attic"),
        an_insight("c", show_id="s2", claim="home batteries rattle", explanation="cellar"),
    ]
    near = {"a": Neighbourhood(insight_id="a", near=(Near(insight_id="c", similarity_ratio=0.4),))}
    related = related_insights(insights, near=near, model="m", most=1)
    assert ("a", "c", "words") in {(one.insight_id, one.related_insight_id, one.compared_by) for one in related}
    assert ("a", "b") in pairs(related_insights(insights, most=1))


def test_with_thresholds_of_nothing_everything_is_related():
    insights = [an_insight(name, claim=f"about {name} {name}", explanation="") for name in ("ants", "bees", "cows")]
    near = {"ants": Neighbourhood(insight_id="ants", near=(Near(insight_id="bees", similarity_ratio=0.0),))}
    related = related_insights(insights, near=near, model="m", at_least=0, at_least_by_vectors=0)
    assert pairs(related) == [("ants", "bees"), ("bees", "ants")]


class MemoryOfPairs:
    """What is kept between two days."""

    def __init__(self) -> None:
        self.content: bytes | None = None
        self.writes = 0

    def read(self) -> bytes | None:
        return self.content

    def write(self, content: bytes) -> None:
        self.content = content
        self.writes += 1


def test_with_a_memory_each_day_finds_what_all_days_at_once_find():
    memory = MemoryOfPairs()
    everything = passages_of_the_demo(60)
    for published in range(5, 60, 5):
        assert related_insights(everything[:published], memory=memory) == related_insights(everything[:published])
    related_insights(everything[:55], memory=memory)

    assert memory.writes == 11


def test_a_pair_says_how_alike_it_is_and_the_closest_go_first() -> None:
    about = {"explanation": ""}
    insights = [
        an_insight("a", claim="home batteries steady the grid in winter", **about),
        an_insight("b", claim="batteries in the attic rattle", **about),
        an_insight("c", claim="home batteries steady the grid in summer", **about),
        an_insight("z", claim="bread wants patience", **about),
    ]

    (of_a, *_) = (one for one in related_insights(insights, most=1, at_least=0.01) if one.insight_id == "a")

    assert of_a.related_insight_id == "c"
    assert 0.5 < of_a.similarity_ratio < 1

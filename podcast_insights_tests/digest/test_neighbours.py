from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from podcast_insights.digest.neighbours import Published, best_matches, nearest, neighbourhoods
from podcast_insights.digest.values import Digest, DigestEntry, PublishedInsight
from podcast_insights_tests.digest.fakes import DAY, an_insight
from podcast_insights_tests.insights.fakes import MemoryCache
from podcast_insights_tests.storage.examples import a_digest, an_entry


def unit(numbers: Sequence[float]) -> np.ndarray:
    vector = np.array(numbers, dtype="<f4")
    return vector / np.linalg.norm(vector)


class FakeVectors:
    """Vectors in memory; counts the scans."""

    def __init__(self, vectors: Mapping[str, np.ndarray], *, rows_at_a_time: int = 7) -> None:
        self.vectors = dict(vectors)
        self.scans = 0
        self._rows = rows_at_a_time

    def some(self, wanted, *, model, days):
        return {one: self.vectors[one].tobytes() for one in wanted if one in self.vectors}

    def blocks(self, wanted, *, model, dimensions):
        self.scans += 1
        found = [(place, self.vectors[one]) for place, one in enumerate(wanted) if one in self.vectors]
        for start in range(0, len(found), self._rows):
            part = found[start : start + self._rows]
            yield np.array([place for place, _ in part]), np.stack([vector for _, vector in part])


def published(*ids: str, day: date = DAY) -> Digest:
    entries = tuple(entry_of(one, day, rank) for rank, one in enumerate(ids, start=1))
    return replace(a_digest(day), entries=entries)


def published_in(digests: Sequence[Digest]) -> Published:
    return Published.of(PublishedInsight.of(entry) for digest in digests for entry in digest.entries)


def entry_of(insight_id: str, day: date, rank: int = 1) -> DigestEntry:
    insight = an_insight(insight_id, show_id=insight_id[0], episode_id=f"{insight_id[0]}-{day}")
    entry = an_entry(1)
    return replace(
        entry, digest_date=day, rank=rank, candidate=replace(entry.candidate, insight=insight, episode_date=day)
    )


@pytest.mark.parametrize("rows_at_a_time", [1, 7, 500])
def test_the_nearest_are_those_that_comparing_each_with_each_finds(rows_at_a_time: int) -> None:
    chance = np.random.default_rng(3)
    everything = [an_insight(f"i{n:03}", show_id=f"s{n % 5}", episode_id=f"e{n % 40}") for n in range(120)]
    vectors = {one.insight_id: unit(chance.standard_normal(16)) for one in everything}
    source = FakeVectors(vectors, rows_at_a_time=rows_at_a_time)
    asked = everything[:9]
    queries = np.stack([vectors[one.insight_id] for one in asked])
    wanted = [one.insight_id for one in everything]

    found = nearest(asked, queries, everything, source.blocks(wanted, model="m", dimensions=16), most=4)

    for one, near in zip(asked, found, strict=True):
        cosines = [float(vectors[one.insight_id] @ vectors[other.insight_id]) for other in everything]
        best = sorted(range(120), key=lambda place: -cosines[place])
        others = [at for at in best if everything[at].show_id != one.show_id][:4]
        own = [
            at for at in best if everything[at].show_id == one.show_id and everything[at].episode_id != one.episode_id
        ]
        expected = [at for at in [*others, *own[:4]] if cosines[at] > 0]
        assert [at for at, ratio in near if ratio > 0] == expected
        assert [ratio for _, ratio in near if ratio > 0] == pytest.approx([cosines[at] for at in expected], abs=1e-5)


def test_only_new_days_are_compared_and_a_second_run_compares_nothing() -> None:
    digests = [published("a1", "b1"), published("c1", day=DAY + timedelta(days=1))]
    source = FakeVectors({one: unit([1.0, n]) for n, one in enumerate(("a1", "b1", "c1", "d1"))})
    cache: MemoryCache = MemoryCache()

    first = neighbourhoods(published_in(digests), source=source, model="m", cache=cache)
    again = neighbourhoods(published_in(digests), source=source, model="m", cache=cache)
    digests.append(published("d1", day=DAY + timedelta(days=2)))
    more = neighbourhoods(published_in(digests), source=source, model="m", cache=cache)

    assert first == again
    assert first.keys() == {"a1", "b1", "c1"}
    assert [near.insight_id for near in first["a1"].near] == ["b1", "c1"]
    assert source.scans == 2
    assert more == {**first, "d1": more["d1"]}
    assert [near.insight_id for near in more["d1"].near] == ["c1", "b1", "a1"]


def test_another_model_or_other_words_compare_a_day_anew() -> None:
    source = FakeVectors({one: unit([1.0, 1.0]) for one in ("a1", "b1")})
    cache: MemoryCache = MemoryCache()
    digest = published("a1", "b1")
    neighbourhoods(published_in([digest]), source=source, model="m", cache=cache)
    neighbourhoods(published_in([digest]), source=source, model="other", cache=cache)
    insight = digest.entries[0].candidate.insight
    remade = replace(insight, claim="Said in other words now.", fingerprint="made anew")
    reworded = replace(digest.entries[0].candidate, insight=remade)
    changed = replace(digest, entries=(replace(digest.entries[0], candidate=reworded), digest.entries[1]))
    neighbourhoods(published_in([changed]), source=source, model="m", cache=cache)
    assert source.scans == 3


def test_a_day_with_a_missing_vector_is_compared_again_until_it_is_there() -> None:
    digest = published("a1", "b1")
    source = FakeVectors({"a1": unit([1.0, 0.0])})
    cache: MemoryCache = MemoryCache()
    without = neighbourhoods(published_in([digest]), source=source, model="m", cache=cache)
    assert (without.keys(), without["a1"].near) == ({"a1"}, ())
    source.vectors["b1"] = unit([1.0, 1.0])
    complete = neighbourhoods(published_in([digest]), source=source, model="m", cache=cache)
    assert [near.insight_id for near in complete["a1"].near] == ["b1"]


def test_without_any_vector_nothing_is_scanned() -> None:
    source = FakeVectors({})
    assert neighbourhoods(published_in([published("a1")]), source=source, model="m", cache=MemoryCache()) == {}
    assert source.scans == 0


def test_an_insight_of_two_digests_belongs_to_the_later_one() -> None:
    later = DAY + timedelta(days=1)
    found = published_in([published("a1", day=later), published("a1", "b1")])
    assert {day: [one.insight_id for one in insights] for day, insights in found.by_day.items()} == {
        later: ["a1"],
        DAY: ["b1"],
    }
    assert [one.insight_id for one in found.insights] == ["a1", "b1"]
    assert [one.insight_id for one in found.in_order] == ["b1", "a1"]


def test_the_best_matches_of_a_query_are_above_the_floor_and_no_more_than_asked_for() -> None:
    vectors = {f"i{n}": unit([1.0, n / 4]) for n in range(9)}
    blocks = FakeVectors(vectors, rows_at_a_time=2).blocks(list(vectors), model="m", dimensions=2)
    found = best_matches(unit([1.0, 0.0]).tobytes(), blocks, most=3, at_least=0.95)
    assert found == pytest.approx({0: 1.0, 1: 0.970143}, abs=1e-5)


def test_of_two_texts_of_one_insight_the_nearer_counts_once() -> None:
    blocks = [(np.array([0, 1, 0]), np.stack([unit([0.0, 1.0]), unit([1.0, 1.0]), unit([1.0, 0.0])]))]
    assert best_matches(unit([1.0, 0.0]).tobytes(), blocks, most=3, at_least=0.0) == pytest.approx(
        {0: 1.0, 1: 0.707107}
    )

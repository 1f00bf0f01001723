from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast_insights.digest.build import build_digest
from podcast_insights.settings import DigestSettings

from .fakes import DAY, NOW, a_candidate, an_entry, real_candidates


def built(candidates, *, used=(), later=(), history=(), previous=None, now=NOW, **digest_settings):
    return build_digest(
        DAY,
        candidates,
        used_insight_ids=frozenset(used),
        published_later=frozenset(later),
        history=history,
        previous=previous,
        settings=DigestSettings(**digest_settings),
        now=now,
    )


def ids(digest):
    return [entry.candidate.insight.insight_id for entry in digest.entries]


def test_a_real_day_has_five_different_shows_and_names_who_agrees():
    digest = built(real_candidates())
    assert [entry.rank for entry in digest.entries] == [1, 2, 3, 4, 5]
    assert len({entry.candidate.show_title for entry in digest.entries}) == 5
    assert [title for entry in digest.entries for _, title in entry.also_said_by] == ["Kilowatt"]
    assert (digest.considered, digest.eligible, digest.shows_considered) == (7, 7, 7)
    assert len({entry.reason for entry in digest.entries}) > 2


def test_few_good_ones_make_a_short_digest_and_none_an_empty_one():
    candidates = [a_candidate("good"), *(a_candidate(f"poor{n}", value_ratio=0.1) for n in range(30))]
    assert ids(built(candidates)) == ["good"]
    empty = built(candidates[1:])
    assert (empty.entries, empty.considered, empty.eligible) == ((), 30, 0)
    assert built([]).considered == 0


def test_only_unused_insights_of_the_last_days_are_considered():
    candidates = [
        a_candidate("today"),
        a_candidate("used"),
        a_candidate("edge", day=DAY - timedelta(days=2)),
        a_candidate("old", day=DAY - timedelta(days=3)),
        a_candidate("tomorrow", day=DAY + timedelta(days=1)),
    ]
    digest = built(candidates, used=["used"], lookback_days=3)
    assert sorted(ids(digest)) == ["edge", "today"]
    assert digest.considered == 2


def test_a_past_day_takes_nothing_that_a_later_digest_holds_and_stays_as_it_was():
    candidates = [a_candidate(f"i{n}", show_id=f"show{n}") for n in range(8)]
    first = built(candidates)
    left = sorted({candidate.insight.insight_id for candidate in candidates} - set(ids(first)))
    again = built(candidates, later=left, previous=first)
    assert again == first
    # Without the rule, the best of those left would take the place of one that is gone.
    gone = ids(first)[0]
    fewer = [candidate for candidate in candidates if candidate.insight.insight_id != gone]
    assert ids(built(fewer, later=left[:1]))[-1] != left[0]
    assert len(ids(built(fewer, later=left))) == 4


@pytest.mark.parametrize(("age_days", "is_chosen"), [(0, True), (1, False), (30, False), (31, True)])
def test_a_repeat_of_a_recent_digest_is_not_published_again(age_days, is_chosen):
    day = DAY - timedelta(days=age_days)
    published = an_entry(a_candidate("first", claim="Batteries steady the grid", explanation=""), day=day)
    again = a_candidate("again", claim="Batteries steady the grid", explanation="")
    assert bool(ids(built([again], history=[published], novelty_days=30))) is is_chosen


def test_a_followed_topic_wins_and_the_reason_says_so():
    candidates = [a_candidate("a"), a_candidate("b", topics=("Python",), value_ratio=0.65)]
    digest = built(candidates, follow=("python",))
    assert ids(digest) == ["b", "a"]
    assert digest.entries[0].reason.startswith("Chosen because this digest follows python")


def test_a_rebuild_that_chooses_the_same_changes_nothing_and_another_is_a_revision():
    candidates = real_candidates()
    first = built(candidates)
    later = NOW + timedelta(hours=3)
    assert built(candidates, previous=first, now=later) == first
    revised = built(candidates[1:], previous=first, now=later)
    assert (revised.revision, revised.built_at) == (2, later)
    assert revised.fingerprint != first.fingerprint


def test_a_changed_word_is_a_revision_and_a_changed_score_is_not():
    candidates = real_candidates()
    first = built(candidates)
    reworded = [replace(c, insight=replace(c.insight, claim=c.insight.claim + " indeed")) for c in candidates]
    assert built(reworded, previous=first).revision == 2
    rescored = [replace(c, insight=replace(c.insight, raw_score=9.0)) for c in candidates]
    assert built(rescored, previous=first).revision == 1


@settings(max_examples=15, deadline=None)
@given(st.permutations(real_candidates()))
def test_the_order_of_the_candidates_changes_nothing(candidates):
    assert built(candidates) == built(real_candidates())


def test_a_large_day_is_built_from_its_best():
    many = [a_candidate(f"c{n:04}", value_ratio=0.4, show_id=f"s{n % 40}") for n in range(1100)]
    best = [a_candidate(f"best{n}", value_ratio=0.95) for n in range(5)]
    digest = built([*many, *best])
    assert sorted(ids(digest)) == [f"best{n}" for n in range(5)]
    assert digest.eligible == 1105
    assert digest.entries[0].reason == (
        "Chosen because it is worth more than 99 % of the 1105 insights considered and its episode came out that day."
    )

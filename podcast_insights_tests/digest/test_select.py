import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast_insights.digest.memory import Memory
from podcast_insights.digest.score import are_independent
from podcast_insights.digest.select import Choice, eligible_candidates, select_candidates, without_repeats
from podcast_insights.digest.similarity import TextSpace, insight_text, is_duplicate
from podcast_insights.digest.values import ScoreParts
from podcast_insights.settings import DigestSettings

from .fakes import DAY, a_candidate

WORDS = ["solar", "battery", "grid", "market", "tariff", "roof", "storage", "price", "winter", "heat"]


def scored(total):
    return ScoreParts(value=total, novelty=1, preference=0.5, freshness=1, support=0, total=total)


def chosen(candidates, totals, *, published_later=frozenset(), **digest_settings):
    space = TextSpace([insight_text(candidate.insight) for candidate in candidates])
    scores = {c.insight.insight_id: scored(total) for c, total in zip(candidates, totals, strict=True)}
    return select_candidates(
        candidates,
        scores,
        space=space,
        settings=DigestSettings(**digest_settings),
        published_later=published_later,
    )


def ids(choices):
    return [choice.candidate.insight.insight_id for choice in choices]


def naive_selection(candidates, scores, digest_settings):
    """The same rules once more, as slowly and plainly as they can be written."""
    space = TextSpace([insight_text(c.insight) for c in candidates])

    def likeness(a, b):
        return float(space.cosines([insight_text(a.insight)], [insight_text(b.insight)])[0, 0])

    def same(a, b):
        if a.insight.claim.casefold().split() == b.insight.claim.casefold().split():
            return True
        return is_duplicate(insight_text(a.insight), insight_text(b.insight), likeness(a, b))

    shows = {c.insight.show_id for c in candidates}
    episodes = {c.insight.episode_id for c in candidates}
    per_show = digest_settings.max_per_show or (1 if len(shows) >= 5 else 2)
    per_episode = digest_settings.max_per_episode or (1 if len(episodes) >= 5 else 2)
    left, result = list(candidates), []
    while len(result) < digest_settings.top_n:
        used_shows = Counter(choice.candidate.insight.show_id for choice in result)
        used_episodes = Counter(choice.candidate.insight.episode_id for choice in result)
        left = [
            c
            for c in left
            if used_shows[c.insight.show_id] < per_show and used_episodes[c.insight.episode_id] < per_episode
        ]
        if not left:
            break

        def gain(c):
            nearest = max((likeness(choice.candidate, c) for choice in result), default=0.0)
            return -round(0.72 * scores[c.insight.insight_id].total + 0.28 * (1 - nearest), 9), c.insight.insight_id

        best = min(left, key=gain)
        others, named = [], set()
        for c in sorted(candidates, key=lambda c: (-scores[c.insight.insight_id].total, c.insight.insight_id)):
            if c is best or not same(best, c) or not are_independent(best.insight, c.insight):
                continue
            if c.insight.show_id not in named:
                named.add(c.insight.show_id)
                others.append((c.insight.insight_id, c.show_title))
        left = [c for c in left if c is not best and not same(best, c)]
        result.append(Choice(candidate=best, also_said_by=tuple(others)))
    return tuple(result)


@st.composite
def days(draw):
    candidates = []
    for number in range(draw(st.integers(0, 14))):
        words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6))
        show = draw(st.integers(0, 6))
        candidates.append(
            a_candidate(
                f"i{number:02}",
                show_id=f"show{show}",
                episode_id=f"show{show}-{draw(st.integers(0, 1))}",
                claim=" ".join(words),
                explanation="",
            )
        )
    totals = draw(
        st.lists(st.sampled_from([0.2, 0.4, 0.5, 0.5001, 0.8]), min_size=len(candidates), max_size=len(candidates))
    )
    digest_settings = DigestSettings(
        top_n=draw(st.integers(1, 6)),
        max_per_episode=draw(st.none() | st.integers(1, 2)),
        max_per_show=draw(st.none() | st.integers(1, 3)),
    )
    return candidates, totals, digest_settings, draw(st.randoms(use_true_random=False))


@settings(max_examples=60, deadline=None)
@given(days())
def test_selection_is_what_the_plain_rules_say_in_any_order(day):
    candidates, totals, digest_settings, rng = day
    scores = {c.insight.insight_id: scored(total) for c, total in zip(candidates, totals, strict=True)}
    space = TextSpace([insight_text(c.insight) for c in candidates])
    expected = naive_selection(candidates, scores, digest_settings)
    shuffled = rng.sample(candidates, len(candidates))
    assert select_candidates(shuffled, scores, space=space, settings=digest_settings) == expected


@pytest.mark.parametrize(
    ("shows", "cap", "expected"),
    [
        (["a", "a", "a", "b"], None, {"a": 2, "b": 1}),
        (["a", "a", "b", "c", "d", "e"], None, {"a": 1, "b": 1, "c": 1, "d": 1, "e": 1}),
        (["a", "a", "a", "a"], 3, {"a": 3}),
    ],
)
def test_caps_per_show(shows, cap, expected):
    candidates = [a_candidate(f"i{n}", show_id=show) for n, show in enumerate(shows)]
    choices = chosen(candidates, [0.5] * len(shows), top_n=10, max_per_show=cap)
    assert Counter(choice.candidate.insight.show_id for choice in choices) == expected


@pytest.mark.parametrize(
    ("episodes", "cap", "expected"),
    [
        (["a", "a", "a", "b"], None, {"a": 2, "b": 1}),
        (["a", "a", "b", "c", "d", "e"], None, {"a": 1, "b": 1, "c": 1, "d": 1, "e": 1}),
        (["a", "a", "b"], 1, {"a": 1, "b": 1}),
        (["a", "a", "a", "a"], 3, {"a": 3}),
    ],
)
def test_caps_per_episode(episodes, cap, expected):
    candidates = [a_candidate(f"i{n}", show_id="a", episode_id=episode) for n, episode in enumerate(episodes)]
    choices = chosen(candidates, [0.5] * len(episodes), top_n=10, max_per_show=10, max_per_episode=cap)
    assert Counter(choice.candidate.insight.episode_id for choice in choices) == expected


def test_what_a_later_digest_holds_is_compared_with_and_never_chosen():
    claim = {"claim": "Batteries earn more from steadying the grid", "explanation": ""}
    candidates = [
        a_candidate("here", show="Grid Hour", **claim),
        a_candidate("later", show="Kilowatt", **claim),
        a_candidate("other"),
    ]
    choices = chosen(candidates, [0.6, 0.9, 0.1], published_later=frozenset({"later"}))
    assert [(choice.candidate.insight.insight_id, choice.also_said_by) for choice in choices] == [
        ("here", (("later", "Kilowatt"),)),
        ("other", ()),
    ]


def test_what_says_the_same_is_merged_into_the_best_one():
    claim = {"claim": "Batteries earn more from steadying the grid", "explanation": ""}
    candidates = [
        a_candidate("worse", show="Kilowatt", **claim),
        a_candidate("best", show="Grid Hour", **claim),
        a_candidate("other"),
    ]
    choices = chosen(candidates, [0.6, 0.9, 0.1])
    assert ids(choices) == ["best", "other"]
    assert choices[0].also_said_by == (("worse", "Kilowatt"),)


def test_one_headline_stands_in_a_day_once_however_it_is_explained():
    reasons = ("Wages grow faster than services produce.", "Rents climb because too few houses are built.")
    claims = ("Rates will stay high for longer", "Rates will stay  high for LONGER")
    same = [
        a_candidate(f"s{n}", claim=claim, explanation=reason)
        for n, (claim, reason) in enumerate(zip(claims, reasons, strict=True))
    ]
    choices = chosen([*same, a_candidate("other")], [0.9, 0.8, 0.5])
    assert ids(choices) == ["s0", "other"]
    assert choices[0].also_said_by == (("s1", "Show show-of-s1"),)


def test_the_same_recording_on_another_show_is_merged_without_being_named():
    claim = {"claim": "Batteries earn more from steadying the grid", "explanation": "", "quote": "one recording"}
    choices = chosen([a_candidate("a", **claim), a_candidate("b", **claim)], [0.6, 0.9])
    assert ids(choices) == ["b"]
    assert choices[0].also_said_by == ()


def test_something_else_is_preferred_to_more_of_the_same():
    candidates = [
        a_candidate("a", claim="solar roofs and batteries pay in winter", explanation=""),
        a_candidate("b", claim="solar roofs and tariffs cost in summer", explanation=""),
        a_candidate("c", claim="bread wants patience", explanation=""),
    ]
    assert ids(chosen(candidates, [0.8, 0.79, 0.75])) == ["a", "c", "b"]


def test_ties_go_to_the_smaller_id():
    candidates = [a_candidate(f"i{n}") for n in range(8)]
    random.Random(4).shuffle(candidates)
    assert ids(chosen(candidates, [0.5] * 8, top_n=3)) == ["i0", "i1", "i2"]


def test_the_floor_and_the_mutes_decide_who_is_eligible():
    candidates = [
        a_candidate("good", value_ratio=0.2),
        a_candidate("poor", value_ratio=0.1999),
        a_candidate("muted", topics=("Crypto",)),
    ]
    settings = DigestSettings(mute=("crypto",))
    eligible = eligible_candidates(candidates, memory=Memory.of(settings, day=DAY), settings=settings)
    assert [c.insight.insight_id for c in eligible] == ["good"]


def test_what_was_published_before_is_left_out():
    candidates = [a_candidate("a"), a_candidate("b")]
    published = [insight_text(candidates[0].insight)]
    space = TextSpace([*published, *(insight_text(c.insight) for c in candidates)])
    left = without_repeats(candidates, history_texts=published, space=space)
    assert [c.insight.insight_id for c in left] == ["b"]

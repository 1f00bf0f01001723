"""Each part that is turned off lets through what it is there to keep out, and is back afterwards."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from evaluation.ablation import Outcome, as_markdown, outcomes_of, policies, with_reruns
from podcast_insights.digest import build, select
from podcast_insights.digest.values import Candidate
from podcast_insights_tests.digest.fakes import a_candidate

FIRST = date(2026, 11, 2)
POINT = "Parking turnover tells a city more than the number of its parking spaces does."


def week() -> Mapping[date, list[Candidate]]:
    """Return three days: one show has five good points, two shows say one of them, and a re-run comes on each day."""
    days = {}
    for number in range(3):
        day = FIRST + timedelta(days=number)
        topics = ("glaciers melt", "bees dance", "violins age", "bridges sag", "bakers rise")
        points = [(f"{topic} on tuesday{number} because of reason{number}{topic[0]}.", "busy") for topic in topics]
        points += [(POINT, "first"), (f"{POINT} Always.", "second")]
        days[day] = [
            a_candidate(
                f"d{number}-{place}",
                day=day,
                claim=claim,
                explanation="",
                quote=f"{number} {place}",
                show_id=show,
                episode_id=f"e{number}-{place}",
                value_ratio=0.9 if show == "busy" else 0.89,
            )
            for place, (claim, show) in enumerate(points)
        ]
    return days


@pytest.fixture(scope="module")
def outcomes() -> Mapping[str, Outcome]:
    return outcomes_of(week())


def test_the_whole_ranking_repeats_nothing(outcomes: Mapping[str, Outcome]) -> None:
    whole = outcomes["all of it"]
    assert (whole.repeats_in_a_day, whole.repeats_across_days) == (0, 0)
    assert whole.most_of_a_show == 2
    assert whole.merged == 1


def test_each_part_keeps_something_out(outcomes: Mapping[str, Outcome]) -> None:
    assert outcomes["no novelty"].repeats_across_days > 0
    assert outcomes["no caps"].most_of_a_show > 2
    assert outcomes["no merging"].merged == 0
    assert outcomes["neither of both"].repeats_in_a_day > 0
    assert outcomes["value alone"].repeats_across_days > 0


def test_the_code_is_as_before_afterwards(outcomes: Mapping[str, Outcome]) -> None:
    assert select.DIVERSITY_WEIGHT > 0
    assert build.select_candidates is select.select_candidates
    assert select.is_duplicate("the same words", "the same words", 1.0)
    assert as_markdown("set", outcomes).count("\n| ") == len(policies())


def test_each_third_insight_is_said_again_by_its_show_in_another_episode() -> None:
    days = with_reruns({FIRST: [a_candidate(f"i{number}", day=FIRST) for number in range(4)]})
    again = days[FIRST + timedelta(days=4)]
    assert [one.insight.insight_id for one in again] == ["re-i0", "re-i3"]
    assert again[0].insight.show_id == days[FIRST][0].insight.show_id
    assert again[0].insight.episode_id != days[FIRST][0].insight.episode_id

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from podcast_insights.errors import LLMBudgetError
from podcast_insights.insights.budget import Budget, Prices, estimated_tokens, fewest_tokens
from podcast_insights.insights.make import day_budget
from podcast_insights.insights.values import LLMCall
from podcast_insights.settings import InsightSettings


def test_tokens_are_estimated_rather_too_high() -> None:
    assert estimated_tokens(["x" * 4340]) > 1000


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Städte zählen Parkplätze, café naïve – “so” …", 12),
        ("城市通常统计停车位的数量。", 13),
        ("都市は駐車スペースを数えます。", 15),
        ("도시는주차공간을셉니다", 11),
        ("เมืองนับที่จอดรถ", 16),
        ("Города считают места", 9),
        ("Οι πόλεις μετρούν", 8),
        ("المدن تحسب", 5),
        ("ערים סופרות", 5),
        ("शहर गिनते", 4),
        ("Thành phố", 3),
        ("ქალაქები", 8),
        ("🙂🙂🙂🙂", 4),
        ("用 GPT-4 统计停车位", 8),
    ],
)
def test_tokens_are_estimated_by_script(text: str, tokens: int) -> None:
    assert estimated_tokens([text * 100]) == pytest.approx(100 * tokens, rel=0.1)


def test_what_a_text_of_another_script_costs_at_least_is_no_more_than_it_would_in_latin() -> None:
    assert fewest_tokens(["城市" * 1000]) == 501 == fewest_tokens(["ab" * 1000])


def test_a_cost_needs_both_prices() -> None:
    prices = Prices(prompt_usd_per_million=2.0, completion_usd_per_million=8.0)
    assert prices.cost_usd(500_000, 250_000) == pytest.approx(3.0)
    assert Prices(prompt_usd_per_million=2.0).cost_usd(1, 1) is None


def test_calls_stop_at_their_cap_and_the_message_names_the_setting() -> None:
    budget = Budget(max_calls=2, max_usd=None)
    budget.reserve(None)
    budget.reserve(None)
    with pytest.raises(LLMBudgetError, match=r"insights\.max_calls_per_day"):
        budget.reserve(None)


def test_money_is_reserved_before_it_is_spent() -> None:
    budget = Budget(max_calls=10, max_usd=1.0)
    budget.reserve(0.6)
    with pytest.raises(LLMBudgetError, match=r"insights\.max_usd_per_day"):
        budget.reserve(0.6)
    budget.settle(0.6, 0.1)
    budget.reserve(0.6)


def test_calls_at_the_same_time_cannot_pass_the_cap() -> None:
    budget = Budget(max_calls=1000, max_usd=1.0)

    def spend(_: int) -> bool:
        try:
            budget.reserve(0.1)
        except LLMBudgetError:
            return False
        budget.settle(0.1, 0.1)
        return True

    with ThreadPoolExecutor(8) as pool:
        assert 9 <= sum(pool.map(spend, range(40))) <= 10


def a_call(cost_usd: float | None) -> LLMCall:
    return LLMCall(
        call_id="c",
        episode_id="e",
        purpose="extract",
        model="m",
        status="answered",
        prompt_tokens=1,
        completion_tokens=1,
        cached_tokens=0,
        cost_usd=cost_usd,
        duration_s=1.0,
        called_at=datetime(2026, 11, 13, tzinfo=UTC),
    )


def test_calls_of_earlier_runs_of_the_day_count() -> None:
    budget = day_budget(InsightSettings(max_calls_per_day=3), [a_call(None), a_call(None)])

    budget.reserve(None)
    with pytest.raises(LLMBudgetError, match="3 calls were made for this day"):
        budget.reserve(None)


def test_money_of_earlier_runs_of_the_day_counts() -> None:
    budget = day_budget(InsightSettings(max_usd_per_day=5.0), [a_call(2.0), a_call(2.0)])

    budget.reserve(1.0)
    with pytest.raises(LLMBudgetError, match="raise it to go on"):
        budget.reserve(0.01)

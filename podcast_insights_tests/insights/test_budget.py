from concurrent.futures import ThreadPoolExecutor

import pytest

from podcast_insights.errors import LLMBudgetError
from podcast_insights.insights.budget import Budget, Prices, estimated_tokens


def test_tokens_are_estimated_rather_too_high() -> None:
    assert estimated_tokens(["x" * 4340]) > 1000


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

"""How an error of the domain reaches Dagster: its words, its reason, and whether it is tried again."""

from collections.abc import Iterator

import dagster as dg
import pytest

from podcast_insights.defs.failures import RETRY_POLICY, as_dagster_failure
from podcast_insights.errors import NetworkError, PodcastInsightsError, SettingsError


def tree(root: type[PodcastInsightsError]) -> Iterator[type[PodcastInsightsError]]:
    yield root
    for child in root.__subclasses__():
        yield from tree(child)


@pytest.mark.parametrize("error", sorted(set(tree(PodcastInsightsError)), key=lambda error: error.__name__))
def test_every_error_of_the_tree_says_whether_to_try_again(error: type[PodcastInsightsError]) -> None:
    with pytest.raises(dg.Failure) as raised, as_dagster_failure():
        raise error("show1: it did not work")

    failure = raised.value
    assert failure.allow_retries is error.retryable
    assert failure.description == "show1: it did not work"
    assert failure.metadata["reason"].value == error.code
    assert failure.metadata["retryable"].value is error.retryable
    assert isinstance(failure.__cause__, error)


def test_a_bug_fails_once_and_keeps_its_own_traceback() -> None:
    with pytest.raises(dg.Failure, match="ZeroDivisionError") as raised, as_dagster_failure():
        _ = 1 / 0

    assert raised.value.allow_retries is False
    assert isinstance(raised.value.__cause__, ZeroDivisionError)


def test_a_failure_of_the_asset_itself_passes_as_it_is() -> None:
    failure = dg.Failure("there is no digest yet", allow_retries=False)
    with pytest.raises(dg.Failure) as raised, as_dagster_failure():
        raise failure
    assert raised.value is failure


def test_what_works_passes_through() -> None:
    with as_dagster_failure():
        done = True
    assert done


@pytest.mark.parametrize(
    ("error", "tries"),
    [(NetworkError("no answer"), 1 + RETRY_POLICY.max_retries), (SettingsError("feeds.workers is wrong"), 1)],
)
def test_a_step_is_tried_again_only_where_that_may_help(error: PodcastInsightsError, tries: int) -> None:
    tried = []

    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=RETRY_POLICY.max_retries))
    def stage() -> None:
        tried.append(1)
        with as_dagster_failure():
            raise error

    result = dg.materialize([stage], raise_on_error=False)

    assert not result.success
    assert len(tried) == tries


def test_the_second_try_may_succeed() -> None:
    answers = iter([NetworkError("no answer"), None])

    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=RETRY_POLICY.max_retries))
    def stage() -> None:
        with as_dagster_failure():
            if error := next(answers):
                raise error

    assert dg.materialize([stage]).success

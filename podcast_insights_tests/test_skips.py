import pytest

from podcast_insights.errors import (
    AudioError,
    LLMBudgetError,
    NetworkError,
    PodcastInsightsError,
    SettingsError,
    StorageError,
    StorageFullError,
)
from podcast_insights.skips import Skip, StageResult, each_or_skip, skip_for, stops_the_stage


class Workshop:
    """Makes ``made <item>`` of each item, unless told that one breaks or gives nothing."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._breaks: dict[str, Exception] = {}
        self._empty: set[str] = set()

    def breaks_on(self, item: str, error: Exception) -> None:
        self._breaks[item] = error

    def gives_nothing_for(self, item: str) -> None:
        self._empty.add(item)

    def work(self, item: str) -> str | None:
        self.seen.append(item)
        if item in self._breaks:
            raise self._breaks[item]
        return None if item in self._empty else f"made {item}"

    def run(self, *items: str) -> StageResult[str]:
        return each_or_skip(items, self.work, stage="audio", ids=lambda item: (f"show of {item}", item))


def test_one_bad_item_never_stops_the_others() -> None:
    workshop = Workshop()
    workshop.breaks_on("b", AudioError("b is not audio"))

    result = workshop.run("a", "b", "c")

    assert result.made == ("made a", "made c")
    assert result.skipped == (
        Skip(
            stage="audio",
            show_id="show of b",
            subject_id="b",
            reason="bad_audio",
            message="b is not audio",
            retryable=False,
        ),
    )


def test_an_item_that_gives_nothing_is_neither_made_nor_skipped() -> None:
    workshop = Workshop()
    workshop.gives_nothing_for("a")

    assert workshop.run("a", "b") == StageResult(("made b",))


def test_no_items_give_an_empty_result() -> None:
    assert Workshop().run() == StageResult(())


@pytest.mark.parametrize("error", [SettingsError("no model"), StorageFullError("no space")])
def test_what_concerns_every_item_stops_the_stage(error: PodcastInsightsError) -> None:
    workshop = Workshop()
    workshop.breaks_on("b", error)

    with pytest.raises(type(error)) as raised:
        workshop.run("a", "b", "c")

    assert raised.value is error
    assert workshop.seen == ["a", "b"]


def test_a_mistake_of_ours_is_not_swallowed() -> None:
    workshop = Workshop()
    workshop.breaks_on("a", ZeroDivisionError())

    with pytest.raises(ZeroDivisionError):
        workshop.run("a", "b")


@pytest.mark.parametrize(
    ("error", "stops"),
    [
        (SettingsError(), True),
        (StorageFullError(), True),
        (StorageError(), False),
        (NetworkError(), False),
        (LLMBudgetError(), False),
    ],
)
def test_which_errors_stop_a_stage(error: PodcastInsightsError, stops: bool) -> None:
    assert stops_the_stage(error) is stops


def test_a_skip_says_whether_the_next_run_tries_again() -> None:
    skip = skip_for(NetworkError("503 from example.org", status=503), stage="feeds", show_id="s", subject_id="s")

    assert (skip.reason, skip.message, skip.retryable) == ("network", "503 from example.org", True)

import threading
from collections import Counter

import pytest

from podcast_insights.errors import (
    AudioError,
    DiskBudgetError,
    LLMBudgetError,
    NetworkError,
    PodcastInsightsError,
    SettingsError,
    StorageError,
    StorageFullError,
)
from podcast_insights.skips import (
    Skip,
    StageResult,
    each_in_parallel,
    each_or_skip,
    require_no_outage,
    skip_for,
    stops_the_stage,
)


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


class Loom:
    """Works on items named after their lanes; a thread that began waits until as many as expected have begun."""

    def __init__(self, expected: int) -> None:
        self.begun: list[str] = []
        self.most: Counter[str] = Counter()
        self._now: Counter[str] = Counter()
        self._changed = threading.Condition()
        self._expected = expected

    def work(self, item: str) -> str:
        with self._changed:
            self.begun.append(item)
            for name in (item[0], "all"):
                self._now[name] += 1
                self.most[name] = max(self.most[name], self._now[name])
            self._changed.notify_all()
            self._changed.wait_for(lambda: len(self.begun) >= self._expected, timeout=5)
            self._now[item[0]] -= 1
            self._now["all"] -= 1
        return item

    def run(self, *items: str, workers: int = 4, width: int = 2) -> StageResult[str]:
        return each_in_parallel(
            items,
            self.work,
            workers=workers,
            stage="audio",
            ids=lambda item: (item, item),
            lane=lambda item: item[0],
            lane_width=width,
        )


def test_a_busy_lane_keeps_no_thread_from_the_others() -> None:
    loom = Loom(expected=4)

    result = loom.run("a1", "a2", "a3", "a4", "a5", "b1", "b2")

    assert set(loom.begun[:4]) == {"a1", "a2", "b1", "b2"}
    assert loom.most == {"a": 2, "b": 2, "all": 4}
    assert result.made == ("a1", "a2", "a3", "a4", "a5", "b1", "b2")


@pytest.mark.parametrize(("workers", "width", "most"), [(1, 1, 1), (2, 5, 2), (5, 1, 1), (5, 3, 3)])
def test_neither_workers_nor_lanes_are_overfull(workers: int, width: int, most: int) -> None:
    loom = Loom(expected=most)

    loom.run("a1", "a2", "a3", "a4", "a5", workers=workers, width=width)

    assert (loom.most["a"], loom.most["all"]) == (most, most)


def test_without_lanes_items_share_nothing() -> None:
    loom = Loom(expected=3)

    result = each_in_parallel(["a1", "a2", "a3"], loom.work, workers=3, stage="audio", ids=lambda item: (item, item))

    assert loom.most["all"] == 3
    assert result.made == ("a1", "a2", "a3")


@pytest.mark.parametrize("error", [StorageFullError("no space"), ZeroDivisionError("a bug")])
def test_nothing_more_is_started_where_it_is_no_use(error: Exception) -> None:
    workshop = Workshop()
    workshop.breaks_on("b", error)

    with pytest.raises(type(error)) as raised:
        each_in_parallel(["a", "b", "c"], workshop.work, workers=1, stage="audio", ids=lambda item: (item, item))

    assert raised.value is error
    assert workshop.seen == ["a", "b"]


@pytest.mark.parametrize(("error", "is_outage"), [(NetworkError("no answer"), True), (DiskBudgetError("full"), False)])
def test_only_what_had_no_answer_looks_like_an_outage(error: PodcastInsightsError, is_outage: bool) -> None:
    skips = tuple(skip_for(error, stage="audio", show_id=f"show{n}", subject_id=f"e{n}") for n in range(3))

    if not is_outage:
        require_no_outage(StageResult((), skips), "audio")
        return
    with pytest.raises(NetworkError, match="all 3 items failed"):
        require_no_outage(StageResult((), skips), "audio")

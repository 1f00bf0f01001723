"""When a run that nobody is at work on is given up."""

import pytest
from dagster._core.launcher import WorkerStatus

from podcast_insights.defs.lost_runs import Absences

RUNNING, FAILED = WorkerStatus.RUNNING, WorkerStatus.FAILED


@pytest.mark.parametrize(
    ("looks", "found"),
    [
        pytest.param([(0, True), (500, True)], [RUNNING, RUNNING], id="at work all the time"),
        pytest.param([(0, False)], [RUNNING], id="one look finds nobody: it may be starting"),
        pytest.param([(0, False), (99, False), (100, False)], [RUNNING, RUNNING, FAILED], id="missing for long"),
        pytest.param([(0, False), (60, True), (120, False)], [RUNNING] * 3, id="back in between: counted anew"),
        pytest.param([(0, False), (100, False), (101, False)], [RUNNING, FAILED, RUNNING], id="told once"),
    ],
)
def test_only_an_absence_that_lasts_is_believed(looks: list[tuple[float, bool]], found: list[WorkerStatus]) -> None:
    absences = Absences(100)

    told = [absences.health_of("a", is_at_work=is_there, looked_at_s=at_s) for at_s, is_there in looks]

    assert [one.status for one in told] == found


def test_runs_are_counted_apart() -> None:
    absences = Absences(100)
    absences.health_of("a", is_at_work=False, looked_at_s=0)

    assert absences.health_of("b", is_at_work=False, looked_at_s=100).status is RUNNING
    lost = absences.health_of("a", is_at_work=False, looked_at_s=100)
    assert lost.status is FAILED
    assert lost.msg == "nobody is at work on it for 100 s: it is lost"

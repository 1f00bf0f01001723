"""What a person does in Dagster's UI, said to its web server as the UI says it."""

from collections.abc import Mapping, Sequence
from typing import Any

import requests

from podcast_insights_tests.services.processes import Processes, wait_until

LOCATION = {"repositoryLocationName": "podcast_insights", "repositoryName": "__repository__"}

_LOCATIONS = """{ workspaceOrError { ... on Workspace { locationEntries {
    name loadStatus locationOrLoadError { __typename ... on PythonError { message } } } } } }"""
_RUNS = """query ($filter: RunsFilter) { runsOrError(filter: $filter, limit: 500) { ... on Runs { results {
    runId status jobName parentRunId tags { key value } } } } }"""
_EVENTS = """query ($run: ID!) { logsForRun(runId: $run) { ... on EventConnection { events {
    ... on MessageEvent { message eventType } } } } }"""
_LAUNCH = """mutation ($params: ExecutionParams!) { launchRun(executionParams: $params) { __typename
    ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
_BACKFILL = """mutation ($params: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $params) { __typename
    ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""
_BACKFILL_STATUS = """query ($id: String!) { partitionBackfillOrError(backfillId: $id) {
    ... on PartitionBackfill { status } } }"""
_SENSOR = """mutation ($selector: SensorSelector!) { startSensor(sensorSelector: $selector) { __typename } }"""
_SCHEDULE = """mutation ($selector: ScheduleSelector!) { startSchedule(scheduleSelector: $selector) { __typename } }"""


class WebServer:
    """Dagster's web server at a port of loopback."""

    def __init__(self, port: int, processes: Processes) -> None:
        self._url = f"http://127.0.0.1:{port}/graphql"
        self._processes = processes
        self._session = requests.Session()

    def is_ready(self) -> bool:
        """Whether it answers, and has loaded the code location."""
        try:
            entries = self._ask(_LOCATIONS)["workspaceOrError"]["locationEntries"]
        except requests.RequestException:
            return False
        if [entry["loadStatus"] for entry in entries] != ["LOADED"]:
            return False
        location = entries[0]["locationOrLoadError"]
        assert location["__typename"] == "RepositoryLocation", location
        return True

    def launch(self, job: str, day: str | None = None, *, assets: Sequence[str] = ()) -> str:
        """Start a job, or some of its assets; return the run's id."""
        selector = {**LOCATION, "pipelineName": job, "assetSelection": [{"path": [name]} for name in assets]}
        tags = [{"key": "dagster/partition", "value": day}] if day else []
        params = {"selector": selector, "mode": "default", "executionMetadata": {"tags": tags}}
        answer = self._ask(_LAUNCH, params=params)["launchRun"]
        assert answer["__typename"] == "LaunchRunSuccess", answer
        return str(answer["run"]["runId"])

    def backfill(self, job: str, days: Sequence[str]) -> str:
        """Start a backfill of a job, as the page of its partitions does; return its id."""
        selector = {"partitionSetName": f"{job}_partition_set", "repositorySelector": LOCATION}
        answer = self._ask(_BACKFILL, params={"selector": selector, "partitionNames": list(days)})
        assert answer["launchPartitionBackfill"]["__typename"] == "LaunchBackfillSuccess", answer
        return str(answer["launchPartitionBackfill"]["backfillId"])

    def backfill_status(self, backfill: str) -> str:
        """Return how a backfill is doing."""
        return str(self._ask(_BACKFILL_STATUS, id=backfill)["partitionBackfillOrError"]["status"])

    def turn_on_sensor(self, name: str) -> None:
        """Turn a sensor on."""
        answer = self._ask(_SENSOR, selector={**LOCATION, "sensorName": name})
        assert answer["startSensor"]["__typename"] == "Sensor", answer

    def turn_on_schedule(self, name: str) -> None:
        """Turn a schedule on."""
        answer = self._ask(_SCHEDULE, selector={**LOCATION, "scheduleName": name})
        assert answer["startSchedule"]["__typename"] == "ScheduleStateResult", answer

    def runs(self, **tags: str) -> list[Mapping[str, Any]]:
        """Return the runs that have all of these tags, the newest first; ``__`` stands for a slash."""
        wanted = [{"key": key.replace("__", "/"), "value": value} for key, value in tags.items()]
        found: list[dict[str, Any]] = self._ask(_RUNS, filter={"tags": wanted})["runsOrError"]["results"]
        return [run | {"tags": {tag["key"]: tag["value"] for tag in run["tags"]}} for run in found]

    def status_of(self, run: str) -> str:
        """Return the status of a run."""
        found = self._ask(_RUNS, filter={"runIds": [run]})["runsOrError"]["results"]
        return str(found[0]["status"])

    def messages_of(self, run: str) -> list[str]:
        """Return what the event log of a run says."""
        return [event.get("message", "") for event in self._ask(_EVENTS, run=run)["logsForRun"]["events"]]

    def wait_for(self, run: str, status: str, *, timeout_s: float = 60) -> None:
        """Wait until a run has a status."""
        wait_until(
            lambda: self.status_of(run) == status,
            f"{status} of run {run}, which is {self.status_of(run)}",
            timeout_s=timeout_s,
            processes=self._processes,
        )

    def _ask(self, query: str, **variables: Any) -> Any:
        answer = self._session.post(self._url, json={"query": query, "variables": variables}, timeout=30)
        content = answer.json()
        assert answer.ok, content
        assert "errors" not in content, content
        return content["data"]

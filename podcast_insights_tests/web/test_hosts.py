"""How many requests reach one host at a time."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from podcast_insights.errors import NetworkError
from podcast_insights.web.client import WebClient
from podcast_insights.web.hosts import HostSlots


class Guests:
    """Counts who is in at the same time, and lets nobody leave before the house is as full as it gets."""

    def __init__(self, expected: int) -> None:
        self.most: Counter[str] = Counter()
        self._now: Counter[str] = Counter()
        self._changed = threading.Condition()
        self._expected = expected

    def visit(self, house: str) -> None:
        with self._changed:
            self._now[house] += 1
            self.most[house] = max(self.most[house], self._now[house])
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.most.total() >= self._expected, timeout=5)
        with self._changed:
            self._now[house] -= 1


@pytest.mark.parametrize("per_host", [1, 2, 3])
def test_hosts_are_visited_by_few_at_a_time_and_beside_each_other(per_host: int) -> None:
    slots, guests = HostSlots(per_host), Guests(expected=2 * per_host)

    def visit(host: str) -> None:
        with slots.hold(host, longest_wait_s=5):
            guests.visit(host)

    with ThreadPoolExecutor(max_workers=12) as pool:
        list(pool.map(visit, ["a.example", "b.example"] * 6))

    assert guests.most == {"a.example": per_host, "b.example": per_host}


def test_nobody_waits_for_ever() -> None:
    slots = HostSlots(1)

    with slots.hold("a.example", longest_wait_s=0.05):
        busy = pytest.raises(NetworkError, match=r"a\.example was not asked: .*connections_per_host")
        with busy, slots.hold("a.example", longest_wait_s=0.05):
            pass
        with slots.hold("b.example", longest_wait_s=0.05) as waited_s:
            assert waited_s < 0.05

    with slots.hold("a.example", longest_wait_s=0.05):
        pass


def test_a_visit_that_fails_makes_room() -> None:
    slots = HostSlots(1)
    with pytest.raises(ValueError, match="broken"), slots.hold("a.example", longest_wait_s=0.05):
        raise ValueError("broken")

    with slots.hold("a.example", longest_wait_s=0.05):
        pass


def asks(client: WebClient, kind: str, folder: Path) -> Callable[[tuple[int, str]], object]:
    def ask(numbered: tuple[int, str]) -> object:
        number, url = numbered
        if kind == "feeds":
            return client.get(url, max_bytes=1000, timeout_s=5)
        return client.download(url, folder / str(number), max_bytes=1000, timeout_s=5)

    return ask


@pytest.mark.parametrize("kind", ["feeds", "audio"])
def test_two_requests_of_one_client_reach_a_host_at_once(kind: str, tmp_path: Path) -> None:
    guests = Guests(expected=2)

    def serve(_: Request) -> Response:
        guests.visit("host")
        return Response(b"ok")

    client = WebClient("podcast-insights-tests", ["localhost"])
    with HTTPServer(threaded=True) as server, ThreadPoolExecutor(max_workers=6) as pool:
        server.expect_request("/a").respond_with_handler(serve)
        answers = list(pool.map(asks(client, kind, tmp_path), enumerate([server.url_for("/a")] * 6)))

    assert len(answers) == 6
    assert guests.most["host"] == 2

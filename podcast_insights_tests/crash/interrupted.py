"""Processes that are interrupted at a named point: where they ask the system to write, rename, link or send.

The product has no hooks for this. What is wrapped is the system's own functions, in a process that exists for one run
only. It is forked from a server that made a day before and so has everything loaded: starting afresh would cost more
than the day. The server reads requests as lines of JSON, and answers with how the process ended.
"""

import errno
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Literal, NoReturn

import dagster as dg

from podcast_insights.settings import Settings
from podcast_insights_tests.crash.a_day import ingest_day, make_day, poll, send_day

When = Literal["before", "after"]
# What is done to which file, and when.
Point = tuple[str, When]
Interrupt = Callable[[str, When], None]

NOWHERE: Point = ("", "before")
WORK: dict[str, Callable[[Settings], None]] = {"day": make_day, "mail": send_day}


class Forks:
    """Starts processes that do a piece of work and are killed where they are told to be."""

    def __init__(self, server: "subprocess.Popen[str]") -> None:
        self._server = server

    def day_as_it_is(self, settings: Settings) -> list[str]:
        """Make a day in the server itself, undisturbed; return its points in order."""
        return list(self._ask({"settings": settings.model_dump_json(), "how": "as it is"}))

    def day_on_a_full_disk(self, settings: Settings) -> list[tuple[str, str, dict[str, str]]]:
        """Make a day that meets a full disk at each write (see the function)."""
        return list(self._ask({"settings": settings.model_dump_json(), "how": "full disk"}))

    def killed_at(self, settings: Settings, point: Point, *, work: str = "day") -> bool:
        """Do a piece of work in a process that is killed at a point; return whether it was, or ended well."""
        status = self._ask({"settings": settings.model_dump_json(), "point": point, "work": work})
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "it failed; its traceback is above"
        return os.WIFSIGNALED(status)

    def days_at_once(self, settings: Settings, days: Sequence[date], *, at_once: int) -> None:
        """Poll, then make days in processes of their own, so many at a time."""
        asked = {"settings": settings.model_dump_json(), "days": [day.isoformat() for day in days], "at_once": at_once}
        assert self._ask(asked) == [0] * (1 + len(days)), "one failed; its traceback is above"

    def _ask(self, request: dict[str, Any]) -> Any:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        print(json.dumps(request), file=self._server.stdin, flush=True)
        return json.loads(self._server.stdout.readline())


@contextmanager
def fork_server() -> Iterator[Forks]:
    """Yield a server that ends with the block."""
    command = [sys.executable, "-m", __name__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield Forks(server)
        finally:
            assert server.stdin is not None
            server.stdin.close()


def day_on_a_full_disk(settings: Settings) -> list[tuple[str, str, dict[str, str]]]:
    """Make a day in which each rename and link finds the disk full the first time, and each stage is tried again.

    Returns for each failure: where it was, what was said, and the hash of each file that was there afterwards.
    """
    base, refused, told = Path(settings.storage.base_url), set[str](), list[tuple[str, str, dict[str, str]]]()

    def fail(name: str, when: When) -> None:
        if when == "before" and name not in refused:
            refused.add(name)
            raise OSError(errno.ENOSPC, "No space left on device")

    def again_and_again(stage: Callable[[], None]) -> None:
        while True:
            before = len(refused)
            try:
                stage()
            except dg.Failure as error:
                told.append((" ".join(sorted(refused)[-1:]), str(error.description), _hashes(base)))
            if len(refused) == before:
                return

    with with_interrupts(base, fail):
        make_day(settings, around=again_and_again)
    return told


def _hashes(base: Path) -> dict[str, str]:
    files = (path for path in base.rglob("*") if path.is_file())
    return {path.relative_to(base).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@contextmanager
def with_interrupts(base: Path, interrupt: Interrupt, *, smtp_port: int | None = None) -> Iterator[None]:
    """Have the system's functions call ``interrupt`` before and after they do something below ``base``."""
    unwrapped = os.replace, os.link, socket.socket
    os.replace, os.link = _wrapped(os.replace, "replace", base, interrupt), _wrapped(os.link, "link", base, interrupt)
    socket.socket = _watched(interrupt, smtp_port)  # type: ignore[misc]
    try:
        yield
    finally:
        os.replace, os.link, socket.socket = unwrapped  # type: ignore[misc]


def _serve() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        settings = Settings(**json.loads(request["settings"]))
        if "days" in request:
            answer: Any = _days_at_once(
                settings, [date.fromisoformat(day) for day in request["days"]], request["at_once"]
            )
        elif "point" not in request:
            answer = {"as it is": _recorded, "full disk": day_on_a_full_disk}[request["how"]](settings)
        else:
            child = _forked(partial(_live, settings, tuple(request["point"]), WORK[request["work"]]))
            _, answer = os.waitpid(child, 0)
        print(json.dumps(answer), flush=True)


def _days_at_once(settings: Settings, days: Sequence[date], at_once: int) -> list[int]:
    statuses = [os.waitpid(_forked(lambda: poll(settings)), 0)[1]]
    running = 0
    for day in days:
        if running == at_once:
            statuses.append(os.wait()[1])
            running -= 1
        _forked(partial(ingest_day, settings, day))
        running += 1
    return statuses + [os.wait()[1] for _ in range(running)]


def _forked(work: Callable[[], None]) -> int:
    """Do work in a process of its own; return the process's id."""
    child = os.fork()
    if child == 0:
        _do_and_exit(work)
    return child


def _do_and_exit(work: Callable[[], None]) -> NoReturn:
    status = 1
    try:
        work()
        status = 0
    finally:
        if status:
            traceback.print_exc()
        # Not as the server ends: what it has open is not this process's to close.
        os._exit(status)


def _live(settings: Settings, point: Point, work: Callable[[Settings], None]) -> None:
    def interrupt(name: str, when: When) -> None:
        if (name, when) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    with with_interrupts(Path(settings.storage.base_url), interrupt, smtp_port=_smtp_port(settings)):
        work(settings)


def _recorded(settings: Settings) -> list[str]:
    """Make a day, and return what was done to which file."""
    names: list[str] = []

    def remember(name: str, when: When) -> None:
        if when == "before":
            names.append(name)

    with with_interrupts(Path(settings.storage.base_url), remember, smtp_port=_smtp_port(settings)):
        make_day(settings)
    return names


def _smtp_port(settings: Settings) -> int | None:
    return settings.delivery.smtp.port if settings.delivery.smtp else None


def _wrapped(function: Callable[..., Any], name: str, base: Path, interrupt: Interrupt) -> Callable[..., Any]:
    seen: dict[str, int] = {}

    def call(source: Any, target: Any, **options: Any) -> Any:
        path = Path(os.fspath(target))
        if not path.is_relative_to(base):
            return function(source, target, **options)
        where = path.relative_to(base).as_posix()
        seen[where] = seen.get(where, 0) + 1
        # A record of the outbox is replaced twice: by "sending", then by "sent".
        label = f"{name} {where}" if seen[where] == 1 else f"{name} {where} again"
        interrupt(label, "before")
        done = function(source, target, **options)
        interrupt(label, "after")
        return done

    return call


def _watched(interrupt: Interrupt, smtp_port: int | None) -> type[socket.socket]:
    class Watched(socket.socket):
        def sendall(self, data: Any, *flags: int) -> None:
            if self.getpeername()[1] != smtp_port:
                super().sendall(data, *flags)
                return
            text = bytes(data)
            label = "smtp content" if text.endswith(b"\r\n.\r\n") else f"smtp {text.split(b' ')[0].strip().decode()}"
            interrupt(label, "before")
            super().sendall(data, *flags)
            interrupt(label, "after")

    return Watched


if __name__ == "__main__":
    _serve()

"""Processes that tests start: each in a group of its own, with a log of its own, and ended by its id."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_LOOKS_EVERY_S = 0.2
_TOLD_CHARS = 3000
_ENDS_WITHIN_S = 3


class Processes:
    """What was started, by name; the latest to start is the first to end."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self._started: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        user: str | None = None,
    ) -> None:
        """Start a command, with nothing in its environment but what is given and the way to programs."""
        with (self.logs / f"{name}.log").open("ab") as log:
            self._started[name] = subprocess.Popen(
                command,
                cwd=folder,
                env={"PATH": os.environ["PATH"], "HOME": str(self.logs), **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                user=user,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """End a process and all that it started, as a power cut does."""
        process = self._started.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)

    def name_of(self, process_id: int) -> str:
        """Return the name under which a process was started, or the one that started it."""
        group = os.getpgid(process_id)
        return next(name for name, process in self._started.items() if process.pid == group)

    def stop(self) -> None:
        """End everything, gently first: each has a moment, and what it started goes with it."""
        for name in reversed(list(self._started)):
            process = self._started[name]
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_ENDS_WITHIN_S)
            self.kill(name)

    def log_of(self, name: str) -> str:
        """Return the end of what a process said."""
        return (self.logs / f"{name}.log").read_text(errors="replace")[-_TOLD_CHARS:]

    def require_running(self) -> None:
        """Fail where a process has ended by itself, with what it said."""
        for name, process in self._started.items():
            assert process.poll() is None, f"{name} ended with {process.returncode}:\n{self.log_of(name)}"


def wait_until(found: Callable[[], T], what: str, *, timeout_s: float, processes: Processes) -> T:
    """Look again and again until something is there; return it."""
    ends_s = time.monotonic() + timeout_s
    while True:
        there = found()
        if there:
            return there
        processes.require_running()
        assert time.monotonic() < ends_s, f"after {timeout_s:.0f} s there is still not: {what}"
        time.sleep(_LOOKS_EVERY_S)


def free_ports(count: int) -> list[int]:
    """Return ports of loopback that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def listens(port: int) -> bool:
    """Whether somebody accepts connections on a port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def program(name: str) -> str:
    """Return the path of a program; Debian keeps those of PostgreSQL in a folder for each version."""
    places = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    found = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], *places]))
    assert found, f"{name} is not installed: 'make services-test' installs what these tests need"
    return found

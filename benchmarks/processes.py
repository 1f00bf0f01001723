"""Runs a command in a process of its own and says what it used, whatever else this machine does.

CPU seconds are those of the process and of everything that it started and waited for. Wall seconds depend on who else
is busy, so ratios are made of CPU seconds. On Linux the peak memory of a process begins at that of the one that started
it, so the command is started by a small process, and not by the one that has made the data.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# What ru_maxrss counts in: kilobytes, on macOS bytes.
_PEAK_UNIT_BYTES = 1 if sys.platform == "darwin" else 1024
# Starts the command that follows it and writes what that used to the file descriptor that comes first.
_LAUNCHER = """
import json, os, subprocess, sys, time
began_s = time.monotonic()
process = subprocess.Popen(sys.argv[2:])
_, status, used = os.wait4(process.pid, 0)
told = {"code": os.waitstatus_to_exitcode(status), "cpu_s": used.ru_utime + used.ru_stime}
told |= {"wall_s": time.monotonic() - began_s, "peak": used.ru_maxrss}
with open(int(sys.argv[1]), "w") as file:
    json.dump(told, file)
"""
_TOLD_CHARS = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a process used; ``peak_bytes`` is the most memory that it held at once."""

    cpu_s: float
    wall_s: float
    peak_bytes: int
    output: str


class CommandError(Exception):
    """A command that is measured did not work, so its figures would mean nothing."""


def measure(arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> Usage:
    """Run Python with ``arguments`` in ``folder`` and return what that used.

    Args:
        arguments: What follows ``python``.
        folder: The working folder.
        environment: Variables over those of this process; the names of settings are not inherited.

    Raises:
        CommandError: It did not end with 0.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PODCAST_INS", "DAGSTER_"))}
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as report:
        subprocess.run(  # noqa: S603 - the benchmarks' own commands
            [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(report.fileno()), sys.executable, *arguments],
            cwd=folder,
            env={**inherited, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=[report.fileno()],
            check=True,
        )
        output.seek(0)
        told = output.read().decode(errors="replace")
        report.seek(0)
        used = json.loads(report.read())
    if used["code"] != 0:
        raise CommandError(f"{' '.join(arguments)} ended with {used['code']}:\n{told[-_TOLD_CHARS:]}")
    return Usage(cpu_s=used["cpu_s"], wall_s=used["wall_s"], peak_bytes=used["peak"] * _PEAK_UNIT_BYTES, output=told)

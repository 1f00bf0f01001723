"""Runs the benchmarks, writes what they found as JSON and as a picture, and prints it as a table: ``make bench``."""

import argparse
import dataclasses
import inspect
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.checks import checks
from benchmarks.code_location import code_location
from benchmarks.demo import demo
from benchmarks.feeds import feeds
from benchmarks.growth import growth
from benchmarks.insights import insights
from benchmarks.machine import describe_machine
from benchmarks.november import november
from benchmarks.plot import draw
from benchmarks.publishing import publishing
from benchmarks.report import as_markdown
from benchmarks.results import Benchmark, as_json, print_table
from benchmarks.transcript_files import transcript_files
from benchmarks.transcription import transcription, transcription_memory

BENCHMARKS: dict[str, Callable[[], Benchmark]] = {
    "code_location": code_location,
    "checks": checks,
    "feeds": feeds,
    "growth": growth,
    "insights": insights,
    "november": november,
    "demo": demo,
    "publishing": publishing,
    "transcript_files": transcript_files,
    "transcription": transcription,
    "transcription_memory": transcription_memory,
}
OUTPUT = Path(__file__).parent / "results.json"
PLOT = Path(__file__).parent / "results.svg"
# Of what is written into a file, where no terminal says how wide it is.
WIDTH = 110


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmarks that are asked for, all by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=OUTPUT, help="where to write the figures as JSON")
    parser.add_argument("--plot", type=Path, default=PLOT, help="where to draw them against their goals, as SVG or PNG")
    parser.add_argument("--only", choices=BENCHMARKS, action="append", help="only this benchmark; can be repeated")
    parser.add_argument("--report", type=Path, help="where to write them as a page too, such as docs/performance.md")
    given = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    machine = describe_machine()
    console.print_json(data=machine)
    found = []
    for name in given.only or BENCHMARKS:
        console.print(f"{name} ...")
        began_s = time.monotonic()
        found.append(dataclasses.replace(BENCHMARKS[name](), took_s=time.monotonic() - began_s))
    given.output.write_text(json.dumps(as_json(machine, found), indent=2), encoding="utf-8")
    draw(machine, found, given.plot)
    if given.report:
        about = {name: inspect.getdoc(sys.modules[run.__module__]) or "" for name, run in BENCHMARKS.items()}
        only = "".join(f" --only {name}" for name in given.only or ())
        command = f"python benchmarks/run.py{only} --report {given.report} --plot {given.plot}"
        picture = os.path.relpath(given.plot, given.report.parent)
        page = as_markdown(machine, found, about, command=command, picture=picture)
        given.report.write_text(page, encoding="utf-8")
    print_table(console, found)
    console.print(f"Written to {given.output} and {given.plot}", markup=False)


if __name__ == "__main__":
    main()

"""The figures as a page: ``docs/performance.md`` is written here, and holds nothing that was not measured."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.results import Benchmark, told

HEADING = """# Performance

Written by

```
{command}
```

on one machine in one run. Seconds are those of this machine; ratios and shares are what can be compared. CPU seconds
are of the process and all its children.

![Each figure that has a goal, as a share of its goal]({picture})
"""


def as_markdown(
    machine: Mapping[str, Any], benchmarks: Sequence[Benchmark], about: Mapping[str, str], *, command: str, picture: str
) -> str:
    """Return the page.

    Args:
        machine: What ``machine.describe_machine`` says.
        benchmarks: What was found.
        about: What each benchmark measures, by its name.
        command: What was run.
        picture: Where the figures are drawn, seen from the page.
    """
    parts = [HEADING.format(command=command, picture=picture), _machine(machine)]
    for one in benchmarks:
        parts += [f"## {one.name.replace('_', ' ').capitalize()}\n", f"{about[one.name]}\n", _figures(one)]
        if one.took_s is not None and not one.skipped:
            parts.append(f"It took {one.took_s / 60:.1f} minutes.\n")
    return "\n".join(parts)


def _machine(machine: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    return (
        f"Measured on {machine['measured_at'][:10]}: {machine['processor']}, {machine['cores']} cores, "
        f"{machine['memory_gb']} GB of memory, {machine['system']}, Python {machine['python']}; load before: "
        f"{machine['load_before']}. Versions: {versions}.\n"
    )


def _figures(one: Benchmark) -> str:
    if one.skipped:
        return f"Skipped: {one.skipped}\n"
    lines = ["| figure | value | goal | |", "|---|---:|---|---|"]
    for figure in one.figures:
        goal = figure.goal or ""
        verdict = {None: "", True: "met", False: "**missed**"}[figure.meets_goal]
        lines.append(f"| {figure.name.strip()} | {told(figure.value, figure.unit)} | {goal} | {verdict} |")
    return "\n".join([*lines, ""])

"""What finding and ranking insights costs: an hour of talk, a day of 10,000 candidates, and what is related to it.

The talk is the demo's scripts one after the other, at 150 words a minute. The candidates are made of words drawn like
those of a language (few often, many seldom), from 500 shows, so that comparing texts costs what it costs on real days.
Vectors are random: what a scan costs does not depend on their numbers. They lie in 500 files, one for each day.
CPU seconds count from when everything is imported.
"""

import json
from pathlib import Path

from benchmarks.processes import measure
from benchmarks.results import Benchmark, Figure

PARTS = ("extract", "model", "rank", "relate", "vectors")
SMALL_SHARE = 0.05
MOST_EXTRACT_S, MOST_EXTRACT_MB, MOST_RANK_S, MOST_RELATE_S = 5.0, 500.0, 2.0, 1.0


def insights() -> Benchmark:
    """Measure each part once, in a process of its own."""
    root = Path(__file__).parent.parent
    told: dict[str, dict[str, float]] = {}
    for part in PARTS:
        usage = measure(["-m", "benchmarks.insights_run", part], folder=root, environment={"OMP_NUM_THREADS": "1"})
        told[part] = json.loads(usage.output) | {"peak_mb": usage.peak_bytes / 1e6}
    extract, model, rank, relate, vectors = (told[part] for part in PARTS)
    added_s = model["cpu_s"] / model["minutes"] * 60
    return Benchmark(
        name="insights",
        figures=(
            Figure(
                name="CPU of the embedded extractor for an hour of talk",
                value=extract["cpu_s"] / extract["minutes"] * 60,
                unit="s",
                at_most=MOST_EXTRACT_S,
            ),
            Figure(name="  its peak memory", value=extract["peak_mb"], unit="MB", at_most=MOST_EXTRACT_MB),
            Figure(name="  minutes of talk that were read", value=extract["minutes"], unit=""),
            Figure(name="CPU beside the calls to a language model, for an hour of talk", value=added_s, unit="s"),
            Figure(
                name="  that is 5 % of calls that take, each",
                value=model["cpu_s"] / model["calls"] / SMALL_SHARE,
                unit="s",
            ),
            Figure(name="CPU of a digest of 10,000 candidates", value=rank["cpu_s"], unit="s", at_most=MOST_RANK_S),
            Figure(name="  its peak memory", value=rank["peak_mb"], unit="MB"),
            Figure(name="CPU of relating a year of published insights", value=relate["cpu_s"], unit="s"),
            Figure(name="  insights that were related", value=relate["insights"], unit=""),
            Figure(
                name="CPU of relating a day to 100,000 stored insights by vectors",
                value=vectors["cpu_s"],
                unit="s",
                at_most=MOST_RELATE_S,
            ),
            Figure(name="  numbers of a vector", value=vectors["dimensions"], unit=""),
        ),
        details=told,
    )

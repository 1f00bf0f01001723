"""What a newcomer waits for: the demo in a fresh folder, a week of digests with everything around them."""

import sys
import tempfile
from pathlib import Path

from benchmarks.processes import measure
from benchmarks.results import Benchmark, Figure

LONGEST_S = 120.0


def demo() -> Benchmark:
    """Measure ``podcast-insights demo`` once.

    One episode has to be heard. Where no Whisper model is at hand, it is skipped, as for a newcomer without a network.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        command = [str(Path(sys.executable).with_name("podcast-insights")), "demo", "--folder", str(folder / "demo")]
        usage = measure(command, folder=folder, environment={})
    return Benchmark(
        name="demo",
        figures=(
            Figure(name="wall time", value=usage.wall_s, unit="s", at_most=LONGEST_S),
            Figure(name="CPU", value=usage.cpu_s, unit="s"),
            Figure(name="peak memory", value=usage.peak_bytes / 1e6, unit="MB"),
        ),
    )

"""On what machine and with what versions the figures were measured: without that they mean nothing to anybody else."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

_LIBRARIES = (
    "dagster",
    "duckdb",
    "great-expectations",
    "numpy",
    "openai-whisper",
    "pandas",
    "pyarrow",
    "scikit-learn",
    "torch",
)


def describe_machine() -> dict[str, Any]:
    """Return the machine, the versions, the time, and how busy the machine is with other work."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _LIBRARIES},
    }


def _processor() -> str:
    """Return the processor's name; Linux tells it in a file only."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()

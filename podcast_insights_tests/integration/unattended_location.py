"""What the daemon of ``unattended.py`` loads: the project with a clock that a test can set, and a neighbour of it.

A code server holds what it loaded until it is told to load it again, and so does this module: the daemon asks an
in-process location for it at every turn.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from dagster._core.definitions.reconstruct import ReconstructableJob
from dagster._time import get_current_datetime

from podcast_insights.definitions import build_definitions

_held: list[dg.Definitions] = []


@contextmanager
def loading_again() -> Iterator[None]:
    """Have the project loaded anew within a ``with`` block, and kept where that works; else what was held stays."""
    before = _held.copy()
    _held.clear()
    ReconstructableJob.get_definition.cache_clear()
    ReconstructableJob.get_repository_definition.cache_clear()
    yield
    _held[:] = _held or before


@dg.definitions
def project() -> dg.Definitions:
    """The project by ``podcasts.yaml``, as its own module gives it."""
    if not _held:
        clock = dg.ResourceDefinition.hardcoded_resource(get_current_datetime)
        _held.append(build_definitions(resources={"clock": clock}))
    return _held[0]


@dg.sensor(default_status=dg.DefaultSensorStatus.RUNNING, minimum_interval_seconds=60, target="*")
def ticking() -> dg.SkipReason:
    return dg.SkipReason("Only to see that sensors are called.")


@dg.definitions
def neighbour() -> dg.Definitions:
    """Another code location of the same daemon."""
    return dg.Definitions(sensors=[ticking])

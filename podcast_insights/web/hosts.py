"""How many connections ``client.WebClient`` has to one host at a time: publishers' servers are guests' houses.

The count is of one process. Who is asked, and in which order, is decided elsewhere; here a request only waits for its
turn, and not for ever.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from podcast_insights.errors import NetworkError


class HostSlots:
    """Lets at most ``per_host`` transfers with the same host run at once; called from many threads."""

    def __init__(self, per_host: int) -> None:
        self._per_host = per_host
        self._running: Counter[str] = Counter()
        self._changed = Condition()

    @contextmanager
    def hold(self, host: str, *, longest_wait_s: float) -> Iterator[float]:
        """Hold one of the host's connections for the time of a ``with`` block; yields the seconds that it waited.

        Raises:
            NetworkError: None became free in ``longest_wait_s``.
        """
        started_s = time.monotonic()
        with self._changed:
            if not self._changed.wait_for(lambda: self._running[host] < self._per_host, timeout=longest_wait_s):
                raise NetworkError(
                    f"{host} was not asked: its {self._per_host} connections were busy for {longest_wait_s:g} s "
                    "(feeds.connections_per_host)"
                )
            self._running[host] += 1
        try:
            yield time.monotonic() - started_s
        finally:
            with self._changed:
                self._running[host] -= 1
                if not self._running[host]:
                    del self._running[host]
                self._changed.notify_all()

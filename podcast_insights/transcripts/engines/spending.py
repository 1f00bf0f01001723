"""What a run may spend on a transcription server: taken before a request, and given back where it failed.

Requests run at the same time: without a reservation each of them would see the money that the others are about to
spend. Parts of earlier runs cost nothing any more, so they are not counted.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from podcast_insights.errors import PodcastInsightsError, SpeechBudgetError


class Spending:
    """Counts the money of a run against its cap; safe to share between threads."""

    def __init__(self, max_usd: float | None) -> None:
        """Start with nothing spent; without a cap, everything may be."""
        self._max_usd = max_usd
        self._lock = threading.Lock()
        self._usd = 0.0

    @contextmanager
    def of(self, usd: float | None) -> Iterator[None]:
        """Spend money on what is done inside; None where there is no price.

        Raises:
            SpeechBudgetError: It would be more than the cap.
        """
        price_usd = usd or 0.0
        with self._lock:
            if self._max_usd is not None and self._usd + price_usd > self._max_usd:
                raise SpeechBudgetError(
                    f"{self._usd:.2f} USD are spent in this run and the next part of an episode costs {price_usd:.2f}: "
                    f"more than transcription.max_usd_per_run ({self._max_usd:g}) allows. Raise it and run the day "
                    "again; what was paid is kept"
                )
            self._usd += price_usd
        try:
            yield
        except PodcastInsightsError:
            with self._lock:
                self._usd -= price_usd
            raise

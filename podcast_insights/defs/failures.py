"""The one place where an error of the domain becomes a failure that Dagster understands.

``retryable`` decides whether the retry policy applies: a wrong setting fails once, a network without an answer is tried
again. Errors that are not ours pass as they are: they are bugs, and their traceback is what a developer needs.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from podcast_insights.errors import PodcastInsightsError

RETRY_POLICY = dg.RetryPolicy(max_retries=3, delay=30, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)


@contextmanager
def as_dagster_failure() -> Iterator[None]:
    """Turn a ``PodcastInsightsError`` into a ``dagster.Failure`` with its reason, retried only where that may help."""
    try:
        yield
    except PodcastInsightsError as error:
        raise dg.Failure(
            description=str(error),
            metadata={"reason": error.code, "retryable": error.retryable},
            allow_retries=error.retryable,
        ) from error

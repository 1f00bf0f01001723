"""The one place where an error of the domain becomes a failure that Dagster understands.

``retryable`` decides whether the retry policy applies: a wrong setting fails once, a network without an answer is tried
again. An error that is not ours is a bug: it fails once, with its traceback, because waiting does not mend it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from podcast_insights.errors import PodcastInsightsError
from podcast_insights.web.redact import mask_mail

RETRY_POLICY = dg.RetryPolicy(max_retries=3, delay=30, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)


@contextmanager
def as_dagster_failure() -> Iterator[None]:
    """Turn an error into a ``dagster.Failure`` with its reason, retried only where that may help."""
    try:
        yield
    except dg.Failure:
        raise
    except PodcastInsightsError as error:
        raise dg.Failure(
            # Runs are looked at by people who need not know who gets mail.
            description=mask_mail(str(error)),
            metadata={"reason": error.code, "retryable": error.retryable},
            allow_retries=error.retryable,
        ) from error
    except Exception as error:
        raise dg.Failure(
            description=f"{type(error).__name__}: {error}. This is a bug; please report it with its traceback.",
            metadata={"reason": "bug", "retryable": False},
            allow_retries=False,
        ) from error

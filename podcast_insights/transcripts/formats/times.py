"""Times as transcripts write them: ``00:01:02.500``, ``1:02,5``, ``62.5``, ``[12:34]``."""

import math
import re

MAX_TIME_S = 100 * 3600.0

TIME = r"-?\d{1,7}(?::\d{1,2}){0,2}(?:[.,]\d{1,9})?"
CLOCK = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
_WHOLE = re.compile(TIME)


def seconds_of(value: object) -> float | None:
    """Return a time in seconds from a number or its written form; None where it is no time or beyond all reason."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _plausible(value)
    text = str(value).strip()[:40]
    if not _WHOLE.fullmatch(text):
        return None
    is_negative = text.startswith("-")
    seconds = 0.0
    for part in text.lstrip("-").replace(",", ".").split(":"):
        seconds = seconds * 60 + float(part)
    return _plausible(-seconds if is_negative else seconds)


def _plausible(value: float) -> float | None:
    try:
        seconds = float(value)
    except OverflowError:
        return None
    return seconds if math.isfinite(seconds) and abs(seconds) <= MAX_TIME_S * 1000 else None

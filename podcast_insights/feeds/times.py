"""Dates and durations as feeds write them: an instant or a number of seconds, or None where the text cannot be trusted.

feedparser reads more kinds of dates than anything else, and invents some: ``2024-13-45T99:99:99Z`` becomes 2025 and
``1710000000`` the year 1709; a missing month becomes the present one. So the standard forms are read here, and
feedparser's reading counts only where its year, month and day stand in the text. A bad date is recorded as
bad, never guessed.

Midnight at the end of a day (24:00) is the next day's beginning; months may be in the languages of ``month_names``.
Python's own reader takes ``10:00:00 +02:00``, ``GMT+0200`` and the names of zones outside America for UTC, and leaves
out a PM: the episode would stand hours off, on another day. These are written as it knows them before it reads.
"""

import contextlib
import re
import time
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

from podcast_insights.feeds.month_names import in_english

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
LATEST_AHEAD = timedelta(days=2)
LONGEST_DURATION_S = 100 * 3600.0
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# Names of zones that mean one thing (IST is two) and that Python does not know, by how far they are from UTC.
ZONES = {
    "-0300": "BRT",
    "+0100": "CET MEZ BST WEST",
    "+0200": "CEST MESZ EET SAST",
    "+0300": "EEST MSK",
    "+0800": "AWST HKT",
    "+0900": "JST KST",
    "+1000": "AEST",
    "+1100": "AEDT",
    "+1200": "NZST",
    "+1300": "NZDT",
}

_OFFSETS = {name: offset for offset, names in ZONES.items() for name in names.split()}
_ZONE_NAME = re.compile(rf"\b({'|'.join(_OFFSETS)})\b", re.IGNORECASE)
_OFFSET = re.compile(
    r"(?<=:\d\d)\s*(?:GMT|UTC?)?\s*([+-])(\d{1,2}):?([0-5]\d)?(?:\s*\([^()]*\))?$", re.ASCII | re.IGNORECASE
)
_HALF_DAY = re.compile(r"\b(\d{1,2})(:\d\d(?::\d\d)?)\s*([AP])\.?M\b\.?", re.ASCII | re.IGNORECASE)
_MIDNIGHT_AT_THE_END = re.compile(r"(?<=[\sT])24(:00(?::00(?:\.0{1,6})?)?)(?![\d:.])", re.ASCII)
_ISO_WITH_ZONE_NAME = re.compile(
    r"(\d{4}-\d\d-\d\d)[T\s]\s*(\d\d:\d\d(?::\d\d)?)(?:[.,]\d{1,9})?\s*([a-z]{2,5})", re.ASCII | re.IGNORECASE
)
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,4}):(\d{1,2}(?:\.\d+)?)", re.ASCII)
_SECONDS = re.compile(r"\d{1,9}(?:\.\d+)?", re.ASCII)
_ISO = re.compile(r"PT(?:(\d{1,3})H)?(?:(\d{1,4})M)?(?:(\d{1,6}(?:\.\d+)?)S)?", re.ASCII | re.IGNORECASE)


def plausible_date(written: str | None, guess: time.struct_time | None, *, now: datetime) -> datetime | None:
    """Return the instant in UTC that ``written`` names, or None where it names none from 1995 to two days from now.

    Args:
        written: The text of the feed.
        guess: What feedparser made of it, in UTC.
        now: The present.
    """
    if not written:
        return None
    read = _standard_date(written) or _confirmed(guess, written)
    if read is None or not EARLIEST <= read <= now + LATEST_AHEAD:
        return None
    return read


def duration_s(written: str | None) -> float | None:
    """Return the seconds that an ``itunes:duration`` names (clock, seconds or ISO 8601), or None."""
    return offset_s(written) or None


def offset_s(written: str | None) -> float | None:
    """Return the second within an episode that a text names, in the forms of a duration; None where it names none."""
    text = (written or "").strip()
    if match := _CLOCK.fullmatch(text) or _ISO.fullmatch(text):
        hours, minutes, seconds = (float(part or 0) for part in match.groups())
        total_s = hours * 3600 + minutes * 60 + seconds
    elif _SECONDS.fullmatch(text):
        total_s = float(text)
    else:
        return None
    return total_s if total_s <= LONGEST_DURATION_S else None


def _standard_date(written: str) -> datetime | None:
    """Read RFC 822 and ISO 8601; a text without a zone is in UTC."""
    text = _HALF_DAY.sub(_in_24_hours, written.strip()[:100])
    text, midnights = _MIDNIGHT_AT_THE_END.subn(r"00\1", text)
    for read in (_read_rfc_822, datetime.fromisoformat, _read_other_language, _read_iso_with_zone_name):
        # Overflow: a year at the edge of the calendar moved over it by its zone.
        with contextlib.suppress(ValueError, TypeError, IndexError, OverflowError):
            at = read(text) + timedelta(days=midnights)
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    return None


def _read_rfc_822(text: str) -> datetime:
    with_offset = _OFFSET.sub(lambda found: f" {found[1]}{found[2]:0>2}{found[3] or '00'}", text)
    return parsedate_to_datetime(_ZONE_NAME.sub(lambda found: _OFFSETS[found[1].upper()], with_offset))


def _read_other_language(text: str) -> datetime:
    return _read_rfc_822(in_english(text) or "")


def _read_iso_with_zone_name(text: str) -> datetime:
    """Read ``2024-01-01 10:00:00 PST``, as Ruby writes times, of which feedparser keeps the day alone."""
    found = _ISO_WITH_ZONE_NAME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    day = date.fromisoformat(found[1])
    return _read_rfc_822(f"{day.day} {MONTHS[day.month - 1]} {day.year} {found[2]} {found[3].upper()}")


def _in_24_hours(found: re.Match[str]) -> str:
    """Return a time of day without its AM or PM; one that has none, such as 13:00 PM, as it is."""
    hour = int(found[1])
    if not 1 <= hour <= 12:
        return f"{found[1]}{found[2]}"
    return f"{hour % 12 + (12 if found[3] in 'Pp' else 0):02}{found[2]}"


def _confirmed(guess: time.struct_time | None, written: str) -> datetime | None:
    if guess is None:
        return None
    text = written[:100].lower()
    numbers = {int(digits) for digits in re.findall(r"[0-9]{1,9}", text)}
    has_month = guess.tm_mon in numbers or MONTHS[guess.tm_mon - 1] in text
    if not has_month or not {guess.tm_year, guess.tm_mday} <= numbers:
        return None
    with contextlib.suppress(ValueError):
        return datetime(*guess[:6], tzinfo=UTC)
    return None

"""Dates and durations as feeds write them."""

import time
from datetime import UTC, datetime

import feedparser.datetimes
import pytest

from podcast_insights.feeds.month_names import NAMES
from podcast_insights.feeds.times import duration_s, plausible_date
from podcast_insights_tests.feeds.fakes import NOW


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Mon, 01 Jan 2024 10:00:00 GMT", datetime(2024, 1, 1, 10, tzinfo=UTC)),
        ("Mon, 01 Jan 2024 10:00:00 -0500", datetime(2024, 1, 1, 15, tzinfo=UTC)),
        ("Mon, 01 Jan 2024 10:00:00 PST", datetime(2024, 1, 1, 18, tzinfo=UTC)),
        ("Mon, 01 Jan 2024 10:00:00 -0000", datetime(2024, 1, 1, 10, tzinfo=UTC)),
        ("Mon, 01 Jan 2024", datetime(2024, 1, 1, tzinfo=UTC)),
        ("2024-01-01T10:00:00+02:00", datetime(2024, 1, 1, 8, tzinfo=UTC)),
        ("2024-01-01T10:00:00.5Z", datetime(2024, 1, 1, 10, 0, 0, 500_000, tzinfo=UTC)),
        ("2024-01-01", datetime(2024, 1, 1, tzinfo=UTC)),
        ("2024", None),
        # zones and half days as many feeds write them
        ("Mon, 01 Jan 2024 01:30:00 +02:00", datetime(2023, 12, 31, 23, 30, tzinfo=UTC)),
        ("Mon, 01 Jan 2024 23:30 -05:00", datetime(2024, 1, 2, 4, 30, tzinfo=UTC)),
        ("Mon, 01 Jan 2024 01:30:00 GMT+0200", datetime(2023, 12, 31, 23, 30, tzinfo=UTC)),
        ("Mon, 01 Jan 2024 01:30:00 UTC+2", datetime(2023, 12, 31, 23, 30, tzinfo=UTC)),
        ("Mon Jan 01 2024 01:30:00 GMT+0200 (EET)", datetime(2023, 12, 31, 23, 30, tzinfo=UTC)),
        ("Mon, 01 Jan 2024 00:30:00 CET", datetime(2023, 12, 31, 23, 30, tzinfo=UTC)),
        ("Mon Jul 01 00:30:00 CEST 2024", datetime(2024, 6, 30, 22, 30, tzinfo=UTC)),
        ("Mon, 01 Jan 2024 10:00:00 PM GMT", datetime(2024, 1, 1, 22, tzinfo=UTC)),
        ("Mon, 01 Jan 2024 12:05 am", datetime(2024, 1, 1, 0, 5, tzinfo=UTC)),
        ("2024-01-01 10:00:00 PM", datetime(2024, 1, 1, 22, tzinfo=UTC)),
        ("Mon, 01 Jan 2024 13:00:00 PM GMT", datetime(2024, 1, 1, 13, tzinfo=UTC)),
        ("2024-01-01T01:30:00-05:00", datetime(2024, 1, 1, 6, 30, tzinfo=UTC)),
        ("2024-01-01T01:30-0500", datetime(2024, 1, 1, 6, 30, tzinfo=UTC)),
        # as Ruby and Java write them
        ("2024-01-01 10:00:00 UTC", datetime(2024, 1, 1, 10, tzinfo=UTC)),
        ("2024-01-01 10:00:00 PST", datetime(2024, 1, 1, 18, tzinfo=UTC)),
        ("2024-01-01T01:30 CET", datetime(2024, 1, 1, 0, 30, tzinfo=UTC)),
        ("2024-01-01T10:00:00.5 EST", datetime(2024, 1, 1, 15, tzinfo=UTC)),
        ("2024-01-01 24:00 GMT", datetime(2024, 1, 2, tzinfo=UTC)),
        ("2024-13-01 10:00:00 UTC", None),
        # the end of a day
        ("Mon, 01 Jan 2024 24:00:00 GMT", datetime(2024, 1, 2, tzinfo=UTC)),
        ("Sun, 31 Dec 2023 24:00 +0100", datetime(2023, 12, 31, 23, tzinfo=UTC)),
        ("2024-02-29T24:00:00Z", datetime(2024, 3, 1, tzinfo=UTC)),
        ("2024-01-01T24:00:00.000+02:00", datetime(2024, 1, 1, 22, tzinfo=UTC)),
        ("Mon, 01 Jan 2024 24:30:00 GMT", None),
        ("2024-01-01T24:00:01Z", None),
        # months of other languages
        ("Seg, 24 Set 2018 19:22:00 -0300", datetime(2018, 9, 24, 22, 22, tzinfo=UTC)),
        ("So, 03 Dez 2023 10:00:00 +0100", datetime(2023, 12, 3, 9, tzinfo=UTC)),
        ("So, 01 Okt 2024 10:00:00 MEZ", datetime(2024, 10, 1, 9, tzinfo=UTC)),
        ("Freitag, 1. März 2024 10:00", datetime(2024, 3, 1, 10, tzinfo=UTC)),
        ("mar., 15 oct. 2024 10:00:00 +0200", datetime(2024, 10, 15, 8, tzinfo=UTC)),
        ("jeu., 01 août 2024 08:00:00 +02:00", datetime(2024, 8, 1, 6, tzinfo=UTC)),
        ("1er janvier 2024", datetime(2024, 1, 1, tzinfo=UTC)),
        ("15 de marzo de 2024", datetime(2024, 3, 15, tzinfo=UTC)),
        ("sexta-feira, 15 de março de 2024 09:00:00 GMT", datetime(2024, 3, 15, 9, tzinfo=UTC)),
        ("gio, 04 lug 2024 24:00:00 +0200", datetime(2024, 7, 4, 22, tzinfo=UTC)),
        ("di, 05 mrt 2024 10:00:00 CET", datetime(2024, 3, 5, 9, tzinfo=UTC)),
        ("Tue, 03 Sept 2024 10:00:00 GMT", datetime(2024, 9, 3, 10, tzinfo=UTC)),
        ("Mi, 31 Feb 2024 10:00:00 GMT", None),
        ("5 jui 2024 10:00:00 GMT", None),
        ("1 janvier 2024 à 10 h", None),
        ("05/06/2024 10:00", None),
        ("05.06.2024 10:00", None),
        # within and beyond two days from now
        ("2024-11-22T11:59:00Z", datetime(2024, 11, 22, 11, 59, tzinfo=UTC)),
        ("2024-11-22T12:01:00Z", None),
        ("2099-01-01T00:00:00Z", None),
        ("1994-12-31T23:59:59Z", None),
        # what feedparser makes dates of
        ("2024-13-45T99:99:99Z", None),
        ("1710000000", None),
        ("Mon, 01 Jan 2024 10:00:00 +9999", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_a_date_is_read_or_refused(written: str | None, expected: datetime | None) -> None:
    guess: time.struct_time | None = feedparser.datetimes._parse_date(written) if written else None
    assert plausible_date(written, guess, now=NOW) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1:02:03", 3723.0),
        ("01:02:03", 3723.0),
        ("62:03", 3723.0),
        ("3723", 3723.0),
        ("3723.5", 3723.5),
        (" 00:00:30 ", 30.0),
        ("PT1H2M3S", 3723.0),
        ("PT45M", 2700.0),
        ("pt30s", 30.0),
        ("0", None),
        ("00:00:00", None),
        ("PT", None),
        ("-5", None),
        ("1:2:3:4", None),
        ("nan", None),
        ("1e3", None),
        ("٣٠", None),
        ("999999999", None),
        ("about an hour", None),
        ("", None),
        (None, None),
    ],
)
def test_a_duration_is_read_or_refused(written: str | None, expected: float | None) -> None:
    assert duration_s(written) == expected


def test_no_name_of_a_month_is_that_of_two() -> None:
    names = [name for of_month in NAMES.values() for name in of_month.split()]
    assert len(names) == len(set(names))

"""A day is killed at every point where something is written or sent, and goes on; what it leaves is what it leaves
undisturbed, and nobody gets a mail twice."""

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from podcast_insights.settings import Settings
from podcast_insights.storage.schemas import TABLES
from podcast_insights.storage.store import Store
from podcast_insights_tests.crash.a_day import ADA, BOB, DAY, publish_two_episodes, settings_of_a_day
from podcast_insights_tests.crash.interrupted import NOWHERE, Forks, Point, fork_server
from podcast_insights_tests.delivery.fakes import MailServer, running_mail_server
from podcast_insights_tests.integration.podcast_server import PodcastServer
from podcast_insights_tests.integration.tables import CHANGES_WITH_EACH_RUN, GROWS


@pytest.fixture(scope="module")
def mail() -> Iterator[MailServer]:
    with running_mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def feed() -> Iterator[str]:
    with PodcastServer().running() as web:
        yield publish_two_episodes(web)


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with fork_server() as forks:
        yield forks


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, feed: str, mail: MailServer, forks: Forks
) -> tuple[Settings, list[str]]:
    """The settings of a day that nothing disturbed, and its points."""
    settings = settings_of_a_day(tmp_path_factory.mktemp("undisturbed"), feed, smtp_port=mail.port)
    return settings, forks.day_as_it_is(settings)


def rows_of(settings: Settings) -> Mapping[str, Any]:
    """Return the rows of each table, without what says how often something was tried."""
    warehouse = Store(settings.storage.base_url).warehouse
    found = {}
    for table in TABLES:
        if table.name in GROWS:
            continue
        left_out = CHANGES_WITH_EACH_RUN.get(table.name, set())
        rows = [row for partition in warehouse.partitions(table.name) for row in warehouse.read(table.name, partition)]
        found[table.name] = sorted(
            str({name: cell for name, cell in row.items() if name not in left_out}) for row in rows
        )
    return found


def site_of(settings: Settings) -> Mapping[str, bytes]:
    site = Path(settings.storage.base_url) / "site"
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in site.rglob("*")
        if path.is_file() and path.suffix != ".tmp"
    }


def sends_nothing_twice(point: str) -> bool:
    """Whether a kill there leaves no doubt about a mail: from "sending" to "sent" there is one."""
    return not point.startswith("smtp") and not ("outbox/" in point and (".attempt" in point or "replace" in point))


def received(mail: MailServer, address: str) -> int:
    return sum(envelope.rcpt_tos == [address] for envelope in mail.received)


def test_a_day_that_is_killed_again_and_again_ends_as_if_it_was_not(
    undisturbed: tuple[Settings, list[str]], forks: Forks, feed: str, mail: MailServer, tmp_path: Path
) -> None:
    expected, names = undisturbed
    safe = list(dict.fromkeys(filter(sends_nothing_twice, names)))
    # Each run is killed a little later than the one before, so that each point is met for the first time.
    points: list[Point] = [(name, ("before", "after")[number % 2]) for number, name in enumerate(safe[::2])]
    assert len(points) >= 21, "together with the mail's, there are 30 points"
    settings = settings_of_a_day(tmp_path, feed, smtp_port=mail.port)
    mail.received.clear()

    for point in points:
        assert forks.killed_at(settings, point), f"{point} was not reached"
    assert not forks.killed_at(settings, NOWHERE)

    assert rows_of(settings) == rows_of(expected)
    assert site_of(settings) == site_of(expected)
    assert (received(mail, ADA), received(mail, BOB)) == (1, 1)
    assert Store(settings.storage.base_url).warehouse.damaged_files() == []


@pytest.mark.parametrize(
    ("point", "arrived", "state"),
    [
        (("link {ada}", "before"), 1, "sent"),
        (("link {ada}", "after"), 1, "sent"),
        (("link {attempt}", "before"), 1, "sent"),
        (("link {attempt}", "after"), 0, "sending"),
        (("smtp rcpt", "before"), 0, "sending"),
        (("smtp content", "before"), 0, "sending"),
        (("smtp content", "after"), 1, "sending"),
        (("replace {ada}", "before"), 1, "sending"),
        (("replace {ada}", "after"), 1, "sent"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else str(value),
)
def test_a_mail_arrives_once_or_a_person_is_asked(
    point: Point,
    arrived: int,
    state: str,
    undisturbed: tuple[Settings, list[str]],
    forks: Forks,
    feed: str,
    mail: MailServer,
    tmp_path: Path,
) -> None:
    expected, names = undisturbed
    linked = [name.removeprefix("link ") for name in names if name.startswith("link outbox/")]
    records = [name for name in linked if name.endswith(".json")]
    attempts = [name for name in linked if name.endswith(".attempt")]
    settings = settings_of_a_day(tmp_path / "base", feed, smtp_port=mail.port)
    shutil.copytree(expected.storage.base_url, settings.storage.base_url, ignore=shutil.ignore_patterns("outbox"))
    mail.received.clear()
    name, when = point

    assert forks.killed_at(settings, (name.format(ada=records[0], attempt=attempts[0]), when), work="mail")
    assert not forks.killed_at(settings, NOWHERE, work="mail")

    outbox = Store(settings.storage.base_url).outbox
    by_person = {row.recipient: row.state for row in outbox.rows() if row.edition_date == DAY}
    assert by_person == {ADA: state, BOB: "sent"}
    assert (received(mail, ADA), received(mail, BOB)) == (arrived, 1)


def test_a_full_disk_at_any_write_leaves_each_file_as_before_or_after(
    undisturbed: tuple[Settings, list[str]], forks: Forks, feed: str, mail: MailServer, tmp_path: Path
) -> None:
    expected, names = undisturbed
    settings = settings_of_a_day(tmp_path, feed, smtp_port=mail.port)
    wanted = hashes_below(Path(expected.storage.base_url))
    mail.received.clear()

    failures = forks.day_on_a_full_disk(settings)

    writes = {name for name in names if not name.startswith("smtp")}
    assert len(failures) >= len(writes) - 4, "a mail is not sent again where it may have arrived"
    for where, said, there in failures:
        between = {
            path for path, content in there.items() if is_compared(path) and wanted.get(path, content) != content
        }
        assert between == set(), where
        assert not any(path.endswith((".tmp", ".damaged")) for path in there), where
        assert "no space left; free some, or point storage.base_url elsewhere" in said
    assert rows_of(settings)["digest_entries"] == rows_of(expected)["digest_entries"]
    assert site_of(settings) == site_of(expected)
    assert max(received(mail, ADA), received(mail, BOB)) <= 1


def hashes_below(base: Path) -> Mapping[str, str]:
    files = (path for path in base.rglob("*") if path.is_file())
    return {path.relative_to(base).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def is_compared(path: str) -> bool:
    """Whether a file is the same however often its stage was tried: not those that say how often."""
    counts = ("warehouse/skipped/", "warehouse/shows/", "warehouse/feed_polls/", "outbox/", "warehouse/outbox/")
    return not path.startswith(counts) and "site/.published" not in path


def test_four_processes_on_one_store_lose_nothing_and_double_nothing(forks: Forks, tmp_path: Path) -> None:
    days = [DAY - timedelta(days=number) for number in range(6)]
    with PodcastServer().running() as web:
        feed = publish_two_episodes(web, "Every Day", days=len(days))
        beside, alone = (settings_of_a_day(tmp_path / name, feed) for name in ("beside", "alone"))
        forks.days_at_once(alone, days, at_once=1)
        # Somebody looks at the DuckDB file all the while, as with the duckdb shell.
        (tmp_path / "beside").mkdir()
        with closing(duckdb.connect(str(tmp_path / "beside" / "podcast_insights.duckdb"))):
            forks.days_at_once(beside, days, at_once=4)

    rows = rows_of(beside)
    assert rows == rows_of(alone)
    assert len(rows["episodes"]) == len(rows["transcripts"]) == 2 * len(days)
    assert list((tmp_path / "beside").rglob("*.tmp")) == []

from datetime import timedelta
from pathlib import Path

import pytest
from upath import UPath

from podcast_insights.errors import DamagedFileError
from podcast_insights.storage.outbox import OutboxRepository
from podcast_insights.storage.warehouse import Warehouse
from podcast_insights_tests.storage.examples import DAY, NOW, an_outbox_row
from podcast_insights_tests.storage.processes import at_once, create_outbox_row


@pytest.fixture
def outbox(base: UPath) -> OutboxRepository:
    return OutboxRepository(base)


def damage(base: UPath, content: bytes) -> None:
    (path,) = (base / "outbox").glob("*/*.json")
    path.write_bytes(content)


def test_nothing_is_planned_at_first(outbox: OutboxRepository) -> None:
    assert outbox.get(DAY, "smtp", "a@example.org") is None
    assert outbox.rows() == ()


def test_a_record_is_created_once_and_then_replaced(outbox: OutboxRepository) -> None:
    planned = an_outbox_row()
    sent = an_outbox_row(state="sent", attempts=1, changed_at=NOW + timedelta(seconds=3), answer="250 OK")

    assert outbox.create(planned)
    assert not outbox.create(an_outbox_row(subject="another run's"))
    assert outbox.get(DAY, "smtp", "a@example.org") == planned

    outbox.replace(sent)
    assert not outbox.create(planned)
    assert outbox.get(DAY, "smtp", "a@example.org") == sent


def test_one_run_alone_begins_an_attempt_which_is_then_the_record(outbox: OutboxRepository) -> None:
    planned, other = an_outbox_row(), an_outbox_row("b@example.org")
    outbox.create(planned)
    outbox.create(other)
    attempt = an_outbox_row(state="sending", attempts=planned.attempts + 1)

    assert outbox.begin(attempt) is True
    assert outbox.begin(attempt) is False

    assert outbox.rows() == (attempt, other)


def test_attempts_that_were_stopped_one_after_the_other_are_followed_to_the_last(outbox: OutboxRepository) -> None:
    outbox.create(an_outbox_row())
    attempts = [an_outbox_row(state="sending", attempts=number) for number in (1, 2, 3)]

    for attempt in attempts:
        assert outbox.begin(attempt) is True
        assert outbox.get(DAY, "smtp", "a@example.org") == attempt


def test_editions_channels_and_recipients_stand_apart(outbox: OutboxRepository) -> None:
    rows = [
        an_outbox_row("b@example.org", channel="eml"),
        an_outbox_row("a@example.org"),
        an_outbox_row("b@example.org"),
        an_outbox_row("a@example.org", edition_date=DAY + timedelta(days=1)),
    ]

    assert [outbox.create(row) for row in reversed(rows)] == [True] * 4
    assert outbox.of_edition(DAY) == tuple(rows[:3])
    assert outbox.of_edition(DAY - timedelta(days=1)) == ()

    assert list(outbox.rows()) == rows
    assert outbox.get(DAY, "eml", "a@example.org") is None


@pytest.mark.parametrize("recipient", ["../../a@example.org", "a/b@example.org", "ü@exämple.org", "a" * 300 + "@b.org"])
def test_an_address_is_never_used_as_a_path(outbox: OutboxRepository, base: UPath, recipient: str) -> None:
    assert outbox.create(an_outbox_row(recipient))

    assert outbox.get(DAY, "smtp", recipient) == an_outbox_row(recipient)
    (path,) = (base / "outbox").glob("*/*.json")
    assert recipient not in str(path)


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"{}", b"\x00\xff"])
def test_a_damaged_record_stops_sending_to_its_recipient(outbox: OutboxRepository, base: UPath, content: bytes) -> None:
    outbox.create(an_outbox_row())
    damage(base, content)

    with pytest.raises(DamagedFileError, match="nothing is sent to its recipient") as raised:
        outbox.get(DAY, "smtp", "a@example.org")

    assert not raised.value.retryable
    assert not outbox.create(an_outbox_row())
    assert outbox.get(DAY, "smtp", "b@example.org") is None


def test_a_damaged_record_is_not_left_out_of_the_account(outbox: OutboxRepository, base: UPath) -> None:
    outbox.create(an_outbox_row())
    damage(base, b"junk")

    with pytest.raises(DamagedFileError):
        outbox.rows()


def test_the_records_are_exported_as_a_table(outbox: OutboxRepository, warehouse: Warehouse) -> None:
    outbox.export(warehouse)
    assert warehouse.read("outbox", "") == []

    outbox.create(an_outbox_row("b@example.org"))
    outbox.create(an_outbox_row("a@example.org", state="sent", answer="250 OK"))
    outbox.export(warehouse)
    outbox.export(warehouse)

    with warehouse.connect(["outbox"]) as connection:
        found = connection.execute("SELECT recipient, state, answer, edition_date FROM outbox ORDER BY 1").fetchall()
    assert found == [("a@example.org", "sent", "250 OK", DAY), ("b@example.org", "planned", None, DAY)]


def test_one_of_eight_processes_creates_a_record(tmp_path: Path) -> None:
    created = at_once(create_outbox_row, [(tmp_path, f"of process {number}") for number in range(8)])

    assert sorted(created) == [False] * 7 + [True]
    (row,) = OutboxRepository(UPath(tmp_path)).rows()
    assert row.subject == f"of process {created.index(True)}"

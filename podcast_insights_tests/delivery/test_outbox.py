from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from podcast_insights.delivery.outbox import deliver
from podcast_insights.errors import (
    AcceptanceUnknownError,
    DeliveryDelayedError,
    DeliveryError,
    ServerUnreachableError,
    SettingsError,
    StorageFullError,
)
from podcast_insights.settings import DeliverySettings, RecipientSettings
from podcast_insights_tests.digest.fakes import NOW, a_candidate, a_digest

from .fakes import FakeSender, FakeStore

DIGEST = a_digest(a_candidate("a"))


def delivered(store, sender, *addresses, digest=DIGEST, resend=False, **settings):
    ticks = count()
    return deliver(
        digest,
        recipients=[RecipientSettings(address=address) for address in addresses],
        settings=DeliverySettings(**settings),
        store=store,
        sender=sender,
        now=lambda: NOW + timedelta(seconds=next(ticks)),
        resend=resend,
    )


def states(rows):
    return [row.state for row in rows]


def test_an_edition_is_sent_once_whatever_is_run_again_or_rebuilt():
    store, sender = FakeStore(), FakeSender()
    rows = delivered(store, sender, "a@x.org", "b@x.org")
    assert states(rows) == ["sent", "sent"]
    assert [(row.attempts, row.answer, row.subject) for row in rows] == [
        (1, "250 OK", "Claim a alphaa betaa gammaa")
    ] * 2
    rebuilt = a_digest(a_candidate("b"), revision=2, fingerprint="other")
    assert delivered(store, sender, "A@x.org", "b@x.org", digest=rebuilt) == rows
    assert sender.tried == ["a@x.org", "b@x.org"]


def test_every_state_is_recorded_before_the_next_step():
    store, sender = FakeStore(), FakeSender()
    delivered(store, sender, "a@x.org", "b@x.org")
    assert store.states == [
        ("a@x.org", "planned"),
        ("b@x.org", "planned"),
        ("a@x.org", "sending"),
        ("a@x.org", "sent"),
        ("b@x.org", "sending"),
        ("b@x.org", "sent"),
    ]


def test_an_address_that_is_listed_twice_gets_one_mail():
    sender = FakeSender()
    rows = delivered(FakeStore(), sender, "a@x.org", "b@x.org", "A@X.org")
    assert sender.tried == ["a@x.org", "b@x.org"]
    assert [row.recipient for row in rows] == ["a@x.org", "b@x.org"]


@pytest.mark.parametrize(
    ("error", "state", "state_after_the_next_run"),
    [
        (DeliveryError("550 no such user"), "failed", "failed"),
        (DeliveryDelayedError("451 later"), "planned", "sent"),
        (ServerUnreachableError("no route"), "planned", "sent"),
        (AcceptanceUnknownError("cut"), "sending", "sending"),
    ],
)
def test_one_bad_recipient_never_stops_the_others(error, state, state_after_the_next_run):
    store, sender = FakeStore(), FakeSender()
    sender.fails("b@x.org", error)
    rows = delivered(store, sender, "a@x.org", "b@x.org", "c@x.org")
    assert states(rows) == ["sent", state, "sent"]
    assert rows[1].answer == str(error)
    sender.recovers()
    assert states(delivered(store, sender, "a@x.org", "b@x.org", "c@x.org")) == [
        "sent",
        state_after_the_next_run,
        "sent",
    ]


@pytest.mark.parametrize("address", ["jürgen@x.org", "a@x..org", "a@x.org.", "a@[1", "a(b)@x.org", "a..b@x.org"])
def test_an_address_that_no_mail_can_hold_fails_alone(address):
    sender = FakeSender()
    rows = delivered(FakeStore(), sender, address, "b@x.org")
    assert states(rows) == ["failed", "sent"]
    assert "correct it in delivery.recipients" in rows[0].answer
    assert sender.tried == ["b@x.org"]


def test_after_three_failed_connections_in_a_row_the_rest_stays_planned():
    sender = FakeSender()
    addresses = [f"r{n}@x.org" for n in range(7)]
    for address in (*addresses[:2], *addresses[3:6]):
        sender.fails(address, ServerUnreachableError("no route"))
    rows = delivered(FakeStore(), sender, *addresses)
    assert sender.tried == addresses[:6]
    assert states(rows) == ["planned", "planned", "sent", *["planned"] * 4]
    assert [row.attempts for row in rows] == [1, 1, 1, 1, 1, 1, 0]


def test_refusals_for_now_do_not_count_as_failed_connections():
    sender = FakeSender()
    addresses = [f"r{n}@x.org" for n in range(5)]
    for address in addresses[:4]:
        sender.fails(address, DeliveryDelayedError("451 greylisted"))
    assert states(delivered(FakeStore(), sender, *addresses)) == ["planned"] * 4 + ["sent"]


def test_a_resend_carries_the_same_message_id():
    store, sender = FakeStore(), FakeSender()
    first = replace(delivered(store, sender, "a@x.org")[0], message_id="<of-a-former-sender@x.org>")
    store.replace(first)
    again = delivered(store, sender, "a@x.org", resend=True)[0]
    assert [message["Message-ID"] for message in sender.taken[1:]] == [first.message_id]
    assert (again.attempts, again.message_id, again.planned_at) == (2, first.message_id, first.planned_at)


def test_a_row_left_in_sending_by_a_killed_run_is_sent_only_on_request():
    store, sender = FakeStore(), FakeSender()
    row = delivered(store, sender, "a@x.org")[0]
    store.replace(replace(row, state="sending"))
    assert states(delivered(store, sender, "a@x.org")) == ["sending"]
    assert states(delivered(store, sender, "a@x.org", resend=True)) == ["sent"]
    assert len(sender.taken) == 2


def test_a_wrong_setting_stops_everything_and_leaves_the_mails_planned():
    store, sender = FakeStore(), FakeSender()
    sender.fails("a@x.org", SettingsError("535 wrong password"))
    with pytest.raises(SettingsError):
        delivered(store, sender, "a@x.org", "b@x.org")
    assert {row.state for row in store.rows.values()} == {"planned"}
    assert sender.tried == ["a@x.org"]
    sender.recovers()
    assert states(delivered(store, sender, "a@x.org", "b@x.org")) == ["sent", "sent"]


class BehindStore(FakeStore):
    """What another run wrote a moment ago is not seen by the first look."""

    def __init__(self, seen):
        super().__init__(seen)
        self.seen = seen

    def get(self, edition_date, channel, recipient):
        seen, self.seen = self.seen, None
        return seen or super().get(edition_date, channel, recipient)


def test_of_two_runs_at_once_one_sends():
    sender = FakeSender()
    sent = delivered(FakeStore(), FakeSender(), "a@x.org")[0]
    store = BehindStore(replace(sent, state="planned", attempts=0))
    assert store.begin(replace(sent, state="sending", attempts=1))

    # This run believes the row to be planned, and sees what the other wrote when it wants to begin.
    assert states(delivered(store, sender, "a@x.org")) == ["sending"]
    assert sender.tried == []
    assert states(delivered(store, sender, "a@x.org", resend=True)) == ["sent"]
    assert len(sender.taken) == 1


class OnceFullStore(FakeStore):
    """A store that has no room at the moment at which a mail has just left, and has it again right after."""

    def replace(self, row):
        if row.state == "sent" and not self.states.count((row.recipient, "sent")):
            self.states.append((row.recipient, "sent"))
            raise StorageFullError("no space left")
        super().replace(row)


def test_a_mail_that_left_is_not_sent_again_where_that_could_not_be_written():
    store, sender = OnceFullStore(), FakeSender()
    with pytest.raises(StorageFullError):
        delivered(store, sender, "a@x.org")
    assert states(store.rows.values()) == ["sending"]
    assert states(delivered(store, sender, "a@x.org")) == ["sending"]
    assert sender.tried == ["a@x.org"]


def test_each_try_is_claimed_anew():
    store, sender = FakeStore(), FakeSender()
    sender.fails("a@x.org", DeliveryDelayedError("451 later"))
    assert [delivered(store, sender, "a@x.org")[0].attempts for _ in range(3)] == [1, 2, 3]
    sender.recovers()
    row = delivered(store, sender, "a@x.org")[0]
    assert (row.state, row.attempts) == ("sent", 4)


def test_a_resend_is_recorded_as_another_attempt():
    store, sender = FakeStore(), FakeSender()
    first = delivered(store, sender, "a@x.org")[0]
    again = delivered(store, sender, "a@x.org", resend=True)[0]
    assert (first.attempts, again.attempts) == (1, 2)
    assert (first.state, again.state) == ("sent", "sent")

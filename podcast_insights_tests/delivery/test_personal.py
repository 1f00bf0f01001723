from dataclasses import replace
from datetime import timedelta

import pytest

from podcast_insights.delivery.mail import render_mail, subject_of
from podcast_insights.delivery.personal import edition_for
from podcast_insights.delivery.views import digest_view
from podcast_insights.digest.values import Preference
from podcast_insights.settings import DeliverySettings, RecipientSettings
from podcast_insights_tests.digest.fakes import NOW, a_candidate, a_digest

DIGEST = a_digest(
    a_candidate("a", topics=("energy",), show="The Grid Hour"),
    replace(a_candidate("b", topics=("sleep",), show="Night Lab"), language="de-AT"),
    a_candidate("c", topics=("bread",), show="Small Ovens", speaker="Rosa"),
    replace(a_candidate("d", topics=("sleep",), show="Slow Medicine"), language=None),
)


def read_by(**wishes):
    edition = edition_for(DIGEST, RecipientSettings(address="a@x.org", **wishes))
    return [entry.candidate.insight.insight_id for entry in edition.entries]


@pytest.mark.parametrize(
    ("wishes", "read"),
    [
        ({}, "abcd"),
        ({"mute": ("the grid hour",)}, "bcd"),
        ({"mute": ("SLEEP", "Rosa")}, "a"),
        ({"mute": ("grid",)}, "bcd"),
        ({"follow": ("sleep",)}, "bdac"),
        ({"follow": ("bread",), "top_n": 2}, "ca"),
        ({"top_n": 1}, "a"),
        ({"languages": ("EN",)}, "acd"),
        ({"languages": ("de",)}, "bd"),
        ({"languages": (" de_CH",)}, "bd"),
        ({"follow": ("sleep",), "mute": ("Night Lab",), "languages": ("en", "de"), "top_n": 3}, "dac"),
        ({"mute": ("energy", "sleep", "bread")}, ""),
    ],
)
def test_everybody_gets_what_they_wish_of_the_day(wishes, read):
    assert read_by(**wishes) == list(read)


@pytest.mark.parametrize(("spoken", "wanted"), [("nb-NO", "no"), ("he", "iw"), ("yue-HK", "zh"), ("fil", "tl")])
def test_a_language_is_read_under_each_of_its_tags(spoken, wanted):
    day = replace(
        DIGEST, entries=tuple(replace(one, candidate=replace(one.candidate, language=spoken)) for one in DIGEST.entries)
    )
    recipient = RecipientSettings(address="a@example.org", languages=(wanted,))
    assert len(edition_for(day, recipient).entries) == len(DIGEST.entries)


def test_a_personal_edition_is_numbered_anew_and_is_the_day_s_all_the_same():
    edition = edition_for(DIGEST, RecipientSettings(address="a@x.org", follow=("sleep",)))
    assert [entry.rank for entry in edition.entries] == [1, 2, 3, 4]
    assert (edition.digest_date, edition.fingerprint) == (DIGEST.digest_date, DIGEST.fingerprint)
    assert edition_for(DIGEST, RecipientSettings(address="a@x.org")) == DIGEST


SAID_AT = NOW - timedelta(days=1)


def said(kind, subject, recipient="a@x.org", **about):
    return Preference(kind=kind, subject=subject, label=subject, said_at=SAID_AT, recipient=recipient, **about)


@pytest.mark.parametrize(
    ("wishes", "read"),
    [
        ([said("follow", "bread")], "cabd"),
        ([said("mute", "sleep")], "ac"),
        ([said("like", "old", topics=("sleep",))], "bdac"),
        ([said("dislike", "old", topics=("energy",))], "bcda"),
        (
            [said("follow", "bread"), said("like", "old", topics=("sleep",)), said("dislike", "o", topics=("energy",))],
            "cbda",
        ),
        ([said("mute", "sleep", recipient="b@x.org"), said("follow", "bread", recipient="")], "abcd"),
    ],
)
def test_what_a_recipient_said_shapes_their_mail_and_nobody_elses(wishes, read):
    edition = edition_for(DIGEST, RecipientSettings(address="A@x.org"), wishes)
    assert [entry.candidate.insight.insight_id for entry in edition.entries] == list(read)


def test_the_reason_says_what_is_true_for_its_reader():
    edition = edition_for(
        DIGEST,
        RecipientSettings(address="a@x.org", follow=("bread",)),
        [said("like", "old", topics=("energy",))],
    )
    assert [entry.reason.removeprefix(DIGEST.entries[0].reason) for entry in edition.entries] == [
        " You follow bread.",
        " You liked others like it.",
        "",
        "",
    ]


def test_a_mail_is_shaped_by_what_its_recipient_said():
    mail = render_mail(
        DIGEST,
        recipient=RecipientSettings(address="a@x.org"),
        settings=DeliverySettings(),
        now=NOW,
        said=[said("follow", "bread")],
    )
    assert str(mail["Subject"]) == "Claim c alphac betac gammac"
    assert "You follow bread." in mail.get_body(("plain",)).get_content()


def mailed(**wishes):
    return render_mail(
        DIGEST, recipient=RecipientSettings(address="a@x.org", **wishes), settings=DeliverySettings(), now=NOW
    )


def test_the_subject_is_the_strongest_claim_of_the_personal_edition():
    assert str(mailed(follow=("bread",))["Subject"]) == "Claim c alphac betac gammac"
    assert str(mailed()["Subject"]) == subject_of(digest_view(DIGEST))


def test_a_day_that_is_muted_whole_says_so():
    text = mailed(mute=("energy", "sleep", "bread")).get_body(("plain",)).get_content()
    assert "what you asked for leaves none" in " ".join(text.split())
    assert "Nothing was good enough" not in text

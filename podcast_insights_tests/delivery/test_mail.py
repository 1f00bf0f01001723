import email
import email.policy
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from podcast_insights.delivery.mail import MAX_HTML_BYTES, as_test, render_mail
from podcast_insights.errors import DeliveryError, SettingsError
from podcast_insights.settings import DeliverySettings, RecipientSettings
from podcast_insights_tests.digest.fakes import (
    DAY,
    NOW,
    a_candidate,
    a_digest,
    a_hebrew_candidate,
    a_hostile_candidate,
    real_digests,
)

from .directions import Directions

ALICE = RecipientSettings(address="alice@example.org", name="Alice Ünal")
LONG = "https://example.org/" + "a" * 900
SETTINGS = DeliverySettings(sender="Insights <digest@mail.example.org>", site_url="https://example.org/p")


def mail(digest, recipient=ALICE, settings=SETTINGS, now=NOW):
    return render_mail(digest, recipient=recipient, settings=settings, now=now)


def head(message):
    return message.as_bytes().split(b"\r\n\r\n", 1)[0].split(b"\r\n")


def part(message, kind):
    return message.get_body((kind,)).get_content()


def test_the_headers_as_they_are_sent():
    assert head(mail(real_digests()[0]))[:9] == [
        b"From: Insights <digest@mail.example.org>",
        b"To: Alice =?utf-8?q?=C3=9Cnal?= <alice@example.org>",
        b"Subject: Typing a program at its edges finds more bugs than typing all of it",
        b"Date: Sat, 14 Nov 2026 05:30:00 +0000",
        b"Message-ID: <2026-11-13.8ba9ef9e674080c9eb2a89f416776d36@mail.example.org>",
        b"List-Id: <podcast-insights.mail.example.org>",
        b"List-Unsubscribe: <mailto:digest@mail.example.org?subject=unsubscribe>",
        b"Auto-Submitted: auto-generated",
        b"X-Podcast-Insights-Edition: 2026-11-13",
    ]


def test_the_message_id_is_of_edition_recipient_and_sender_alone():
    digest = a_digest(a_candidate("a"))

    def message_id(*args, **changes):
        return mail(*args, **changes)["Message-ID"]

    same = message_id(digest)
    assert message_id(a_digest(a_candidate("b")), now=NOW + timedelta(days=1)) == same
    assert message_id(digest, RecipientSettings(address="ALICE@example.org")) == same
    others = {
        message_id(a_digest(day=DAY - timedelta(days=1))),
        message_id(digest, RecipientSettings(address="bob@example.org")),
        message_id(digest, settings=DeliverySettings(sender="digest@other.example.org")),
    }
    assert len(others | {same}) == 4


def test_a_long_unsubscribe_address_is_neither_encoded_nor_folded():
    url = "https://example.org/unsubscribe?token=" + "a1B2-" * 40
    lines = head(mail(a_digest(), settings=DeliverySettings(unsubscribe=url)))
    assert f"List-Unsubscribe: <{url}>".encode() in lines


def test_addresses_may_be_written_in_capitals():
    capitals = {"unsubscribe": "HTTPS://example.org/stop", "unsubscribe_by_post": True, "feedback": "MAILTO:me@x.org"}
    message = mail(a_digest(a_candidate("a")), settings=SETTINGS.model_copy(update=capitals))
    assert message["List-Unsubscribe"] == "<HTTPS://example.org/stop>"
    assert "MAILTO:me@x.org?subject=like%20a" in part(message, "html")


@pytest.mark.parametrize("unsubscribe", ["javascript:alert(1)", "http://example.org/", "nonsense", LONG])
def test_an_unsubscribe_address_must_be_one(unsubscribe):
    with pytest.raises(SettingsError, match=r"delivery\.unsubscribe"):
        mail(a_digest(), settings=DeliverySettings(unsubscribe=unsubscribe))


def test_addresses_that_no_header_holds_are_explained():
    with pytest.raises(SettingsError, match=r"delivery\.sender"):
        mail(a_digest(), settings=DeliverySettings(sender="nobody"))
    with pytest.raises(DeliveryError, match=r"delivery\.recipients"):
        mail(a_digest(), RecipientSettings(address="jürgen@example.org"))


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_both_parts_hold_all_that_a_reader_needs(kind):
    settings = SETTINGS.model_copy(update={"postal_address": "1 Example Street, Town"})
    content = " ".join(part(mail(real_digests()[0], settings=settings), kind).replace("\n> ", " ").split())
    for expected in (
        "Friday, 13 November 2026",
        "Five insights, chosen from seven in seven shows.",
        "Home batteries now earn more from steadying the grid than from storing solar power",
        "Owners who only look at their own roof",
        "Dr. Helena Ortiz",
        "The Grid Hour",
        "the thing that actually",
        "Listen at 26:04",
        "https://media.example.org/0.mp3#t=1564",
        "https://example.org/p/insights/00c0ffee00/",
        "Also said by Kilowatt.",
        "Chosen because Kilowatt says the same",
        "You get this mail because alice@example.org is listed as a recipient of Podcast Insights",
        "mailto:digest@mail.example.org?subject=unsubscribe",
        "1 Example Street, Town",
    ):
        assert expected in content, expected


def test_without_a_site_there_are_no_links_to_pages():
    settings = DeliverySettings()
    for kind in ("plain", "html"):
        assert "The quote and more" not in part(mail(real_digests()[0], settings=settings), kind)


@pytest.mark.parametrize(
    ("considered", "expected"),
    [(30, "Nothing was good enough: of 30 insights"), (0, "There was nothing new to choose from")],
)
def test_an_empty_digest_says_so(considered, expected):
    message = mail(replace(a_digest(), considered=considered))
    assert message["Subject"] == "No insights on Friday, 13 November 2026"
    for kind in ("plain", "html"):
        assert expected in " ".join(part(message, kind).split())


def test_hostile_words_inject_no_header_and_no_markup():
    message = mail(
        a_digest(a_hostile_candidate()),
        RecipientSettings(address="eve@example.org", name="Eve\r\nBcc: all@example.org"),
        SETTINGS.model_copy(update={"site_title": "T\r\nX-Evil: 1 <b>"}),
    )
    raw = email.message_from_bytes(message.as_bytes(), policy=email.policy.SMTP)
    assert raw["Bcc"] is None
    assert raw["X-Evil"] is None
    assert len(raw["To"].addresses) == 1
    assert raw["Subject"].startswith("</title><script>alert(1)</script> Bcc: victim@example.org")
    assert len(raw["Subject"]) <= 110
    html = part(raw, "html")
    for forbidden in ("<script", "<img", "<svg", "javascript:alert(5)"):
        assert forbidden not in html
    assert not any(key.startswith("on") for _, attributes in Tags(html).found for key in attributes)
    assert "&lt;script&gt;alert(1)" in html


ENCODED = "=?utf-8?q?x=0D=0ABcc:_victim=40example.org=0D=0A=0D=0Apwned?="


def test_a_claim_or_a_name_that_is_an_encoded_header_is_not_decoded_into_one():
    message = mail(
        a_digest(a_candidate("a", claim=ENCODED)),
        RecipientSettings(address="eve@example.org", name=ENCODED),
        SETTINGS.model_copy(update={"site_title": ENCODED, "sender": "digest@mail.example.org"}),
    )
    raw = email.message_from_bytes(message.as_bytes(), policy=email.policy.SMTP)
    assert raw.keys() == mail(a_digest(a_candidate("a"))).keys()
    for shown in (raw["Subject"], raw["To"].addresses[0].display_name, raw["From"].addresses[0].display_name):
        assert shown == "= ?utf-8?q?x=0D=0ABcc:_victim=40example.org=0D=0A=0D=0Apwned?="
    assert as_test(message, now=NOW).as_bytes().count(b"Bcc") == message.as_bytes().count(b"Bcc")


class Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_the_html_needs_no_pictures_no_tables_and_no_server():
    html = part(mail(real_digests()[0]), "html")
    tags = Tags(html).found
    assert not {"img", "table", "link", "script", "iframe", "form"} & {tag for tag, _ in tags}
    assert "color:" in next(attributes["style"] for _, attributes in tags if attributes.get("class") == "summary")
    assert "prefers-color-scheme: dark" in html


def test_an_inbox_shows_the_numbers_and_the_other_claims_beside_the_subject():
    html = part(mail(real_digests()[0]), "html")
    preview = html.split('class="preheader"')[1].split("</div>")[0]
    assert 'aria-hidden="true"' in preview
    assert "display: none" in preview
    assert "Five insights, chosen from seven in seven shows. 2. Home batteries now earn more" in preview


def test_what_is_said_in_another_language_is_marked_as_such():
    german = replace(a_candidate("a", claim="Der Strom"), language="de")
    tags = Tags(part(mail(a_digest(german, a_candidate("b"))), "html")).found
    assert [attributes.get("lang") for tag, attributes in tags if tag == "h2"] == ["de", "en"]


def test_what_is_written_from_right_to_left_turns_nothing_beside_it_in_the_mail():
    digest = a_digest(a_hebrew_candidate("a"))
    digest = replace(digest, entries=(replace(digest.entries[0], also_said_by=(("b", "עוד"),)),))
    found = Directions(part(mail(digest), "html").split("</head>")[1].split("<h1")[1])
    assert found.turning == []
    assert len(found.apart) == 7


def test_the_html_stays_below_what_mail_programs_clip():
    long = [
        a_candidate(f"i{n}", claim=f"é{n} " * 200, explanation=f"ü{n} " * 900, quote=f"ö{n}q " * 900) for n in range(20)
    ]
    message = mail(a_digest(*long))
    assert len(part(message, "html").encode()) <= MAX_HTML_BYTES
    assert part(message, "html").count("<h2") == 20


def test_lines_are_short_enough_for_every_server():
    message = mail(real_digests()[0])
    assert max(len(line) for line in message.as_bytes().split(b"\r\n")) <= 998
    assert b"\n" not in message.as_bytes().replace(b"\r\n", b"")


def test_the_same_digest_gives_the_same_bytes():
    assert mail(real_digests()[0]).as_bytes() == mail(real_digests()[0]).as_bytes()


@pytest.mark.parametrize("length", [5, 30])
def test_the_address_in_the_footer_is_whole(length):
    address = f"{'a-' * length}b@example.org"
    assert address in part(mail(a_digest(), RecipientSettings(address=address)), "plain")


def test_one_click_unsubscribing_is_offered_only_where_it_works():
    url = "https://example.org/stop?t=1"
    lines = head(mail(a_digest(), settings=DeliverySettings(unsubscribe=url, unsubscribe_by_post=True)))
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    assert not any(line.startswith(b"List-Unsubscribe-Post") for line in head(mail(a_digest())))
    with pytest.raises(SettingsError, match="unsubscribe_by_post"):
        mail(a_digest(), settings=DeliverySettings(unsubscribe_by_post=True))


def test_a_test_is_named_so_and_is_not_taken_for_the_edition():
    edition, test = mail(a_digest(a_candidate("a"))), as_test(mail(a_digest(a_candidate("a"))), now=NOW)
    assert str(test["Subject"]) == "Test: Claim a alphaa betaa gammaa"
    assert test["Message-ID"].startswith("<test.")
    assert test["Message-ID"] != edition["Message-ID"]
    assert test["X-Podcast-Insights-Edition"] == "test-2026-11-13"

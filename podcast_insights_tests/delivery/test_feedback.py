import pytest

from podcast_insights.delivery.feedback import feedback_links
from podcast_insights.delivery.mail import render_mail
from podcast_insights.errors import SettingsError
from podcast_insights.settings import DeliverySettings, RecipientSettings
from podcast_insights_tests.digest.fakes import NOW, a_candidate, a_digest


@pytest.mark.parametrize(
    ("feedback", "like"),
    [
        ("mailto:me@example.org", "mailto:me@example.org?subject=like%20a%22b"),
        ("mailto:me@example.org?subject=other", "mailto:me@example.org?subject=like%20a%22b"),
        ("https://example.org/v?i={insight}&v={vote}", "https://example.org/v?i=a%22b&v=like"),
    ],
)
def test_a_vote_names_the_insight(feedback, like):
    links = dict(feedback_links('a"b', DeliverySettings(feedback=feedback)))
    assert list(links) == ["like", "dislike"]
    assert links["like"] == like
    assert links["dislike"] == like.replace("like", "dislike")


TWO = (RecipientSettings(address="ana@example.org"), RecipientSettings(address="bob@example.org"))
BY_MAIL, BY_WEB = "mailto:me@example.org", "https://example.org/v?i={insight}&v={vote}"


@pytest.mark.parametrize(
    ("feedback", "people", "address", "like"),
    [
        (BY_MAIL, TWO, "ana@example.org", f"{BY_MAIL}?subject=like%20i1%20--for%20ana%40example.org"),
        (BY_MAIL, TWO[:1], "ana@example.org", f"{BY_MAIL}?subject=like%20i1"),
        (BY_MAIL, TWO, "tester@example.org", f"{BY_MAIL}?subject=like%20i1"),
        (BY_WEB, TWO, "ana@example.org", "https://example.org/v?i=i1&v=like"),
        (f"{BY_WEB}&w={{recipient}}", TWO, "ana@example.org", "https://example.org/v?i=i1&v=like&w=ana%40example.org"),
        (f"{BY_WEB}&w={{recipient}}", TWO[:1], "ana@example.org", "https://example.org/v?i=i1&v=like&w="),
    ],
)
def test_a_vote_names_its_reader_where_there_are_several(feedback, people, address, like):
    settings = DeliverySettings(feedback=feedback, recipients=people)
    assert dict(feedback_links("i1", settings, address=address))["like"] == like


def test_without_an_address_there_are_no_votes():
    assert feedback_links("a", DeliverySettings()) == ()


@pytest.mark.parametrize(
    "feedback",
    ["javascript:alert(1)//{insight}{vote}", "https://example.org/", "http://x.org/{insight}{vote}", "mailto:"],
)
def test_an_address_that_takes_no_votes_is_refused(feedback):
    with pytest.raises(SettingsError, match=r"delivery\.feedback"):
        feedback_links("a", DeliverySettings(feedback=feedback))


def test_votes_stand_in_both_parts_of_the_mail():
    settings = DeliverySettings(feedback="https://example.org/?i={insight}&v={vote}")
    message = render_mail(
        a_digest(a_candidate("a")), recipient=RecipientSettings(address="a@x.org"), settings=settings, now=NOW
    )
    assert "Like: https://example.org/?i=a&v=like" in message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert 'href="https://example.org/?i=a&amp;v=dislike"' in html
    assert "Was it worth reading?" in html


def test_each_mail_names_its_own_reader_only():
    settings = DeliverySettings(feedback="mailto:me@example.org", recipients=TWO)
    for one, other in (TWO, TWO[::-1]):
        message = render_mail(a_digest(a_candidate("a")), recipient=one, settings=settings, now=NOW)
        text = message.get_body(("plain",)).get_content()
        assert f"Like: mailto:me@example.org?subject=like%20a%20--for%20{one.address.replace('@', '%40')}" in text
        assert other.address.partition("@")[0] not in text

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
        ("https://x.org/?i={insight}&v={vote}&r={recipient}", "https://x.org/?i=a%22b&v=like&r=a%2Bb%40x.org"),
    ],
)
def test_a_vote_names_the_insight(feedback, like):
    links = dict(feedback_links('a"b', DeliverySettings(feedback=feedback), "a+b@x.org"))
    assert list(links) == ["like", "dislike"]
    assert links["like"] == like
    assert links["dislike"] == like.replace("like", "dislike")


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

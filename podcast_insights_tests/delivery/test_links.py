import pytest

from podcast_insights.delivery.links import (
    absolute_link,
    insight_page,
    listen_url,
    relative_link,
    safe_url,
    show_page,
    slug,
    timecode,
)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/a?b=c&d=e#f", "https://example.org/a?b=c&d=e#f"),
        ("http://example.org/a%20b", "http://example.org/a%20b"),
        ("mailto:me@example.org", "mailto:me@example.org"),
        ("  https://example.org/ ", "https://example.org/"),
        ("HTTPS://example.org/", "HTTPS://example.org/"),
        ('https://example.org/"><script>', "https://example.org/%22%3E%3Cscript%3E"),
        ("https://example.org/a\r\nb", "https://example.org/a%0D%0Ab"),
        ("https://[::1]:80/", "https://[::1]:80/"),
        ("javascript:alert(1)", None),
        ("java\tscript:alert(1)", None),
        ("data:text/html,x", None),
        ("//example.org/", None),
        ("/local", None),
        ("https://", None),
        ("https://[broken", None),
        ("mailto:nobody", None),
        ("file:///etc/passwd", None),
        ("https://example.org/" + "a" * 5000, None),
        (None, None),
        ("", None),
    ],
)
def test_only_web_and_mail_addresses_are_safe(url, expected):
    assert safe_url(url) == expected


@pytest.mark.parametrize(
    ("url", "at_s", "expected"),
    [
        ("https://m.example.org/a.mp3", 754.9, "https://m.example.org/a.mp3#t=754"),
        ("https://m.example.org/a.mp3?x=1#old", 0.0, "https://m.example.org/a.mp3?x=1#t=0"),
        ("HTTPS://m.example.org/a.mp3", 3.0, "HTTPS://m.example.org/a.mp3#t=3"),
        ("mailto:me@example.org", 3.0, None),
        ("javascript:alert(1)", 3.0, None),
        (None, 3.0, None),
    ],
)
def test_a_listen_link_begins_at_the_second(url, at_s, expected):
    assert listen_url(url, at_s) == expected


@pytest.mark.parametrize(
    ("at_s", "shown"), [(0, "0:00"), (59.9, "0:59"), (754, "12:34"), (3754, "1:02:34"), (-3, "0:00")]
)
def test_timecodes_read_as_on_a_player(at_s, shown):
    assert timecode(at_s) == shown


@pytest.mark.parametrize(
    ("title", "expected"),
    [("Ça va, Über-Café?", "ca-va-uber-cafe"), ("日本語", "show"), ("../..", "show"), ("a" * 99, "a" * 48)],
)
def test_slugs_are_plain(title, expected):
    assert slug(title) == expected


def test_pages_never_lead_out_of_the_site():
    assert insight_page("0123abcd") == "insights/0123abcd/index.html"
    hostile = insight_page("../../etc/passwd")
    assert ".." not in hostile
    assert hostile.startswith("insights/")
    assert show_page("News", "a") != show_page("News", "b")


@pytest.mark.parametrize(
    ("source", "target", "link"),
    [
        ("index.html", "insights/a/index.html", "insights/a/index.html"),
        ("insights/a/index.html", "index.html", "../../index.html"),
        ("insights/a/index.html", "assets/style.css", "../../assets/style.css"),
    ],
)
def test_links_between_pages_are_relative(source, target, link):
    assert relative_link(source, target) == link


@pytest.mark.parametrize("site_url", ["https://example.org/p", "https://example.org/p/"])
def test_public_addresses_are_folders(site_url):
    assert absolute_link(site_url, "days/2026-11-13/index.html") == "https://example.org/p/days/2026-11-13/"
    assert absolute_link(site_url, "index.html") == "https://example.org/p/"
    assert absolute_link(site_url, "feed.xml") == "https://example.org/p/feed.xml"

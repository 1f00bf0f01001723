import json
from datetime import timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import feedparser
import pytest

from podcast_insights.delivery.feeds_out import atom_feed, digests_atom_feed, digests_json_feed, json_feed
from podcast_insights.settings import DeliverySettings
from podcast_insights_tests.digest.fakes import DAY, NOW, a_candidate, a_digest, a_hostile_candidate, real_digests

ZONE = ZoneInfo("Europe/Berlin")
SITE = DeliverySettings(site_url="https://example.org/p", site_title="Ours & <yours>")


def atom(digests, settings=SITE):
    parsed = feedparser.parse(BytesIO(atom_feed(digests, settings=settings, zone=ZONE)))
    assert not parsed.bozo
    return parsed


def test_atom_is_read_back():
    parsed = atom(real_digests())
    assert parsed.feed.title == "Ours & <yours>"
    assert parsed.feed.links[1].href == "https://example.org/p/feed.xml"
    assert len(parsed.entries) == 10
    first = parsed.entries[0]
    assert first.title == "Typing a program at its edges finds more bugs than typing all of it"
    assert first.link == "https://example.org/p/insights/02c0ffee02/"
    assert first.id == "tag:podcast-insights,2024:insight/02c0ffee02"
    assert first.author == "Michał Zieliński"
    assert first.published == "2026-11-13T23:00:00+00:00"
    assert "spend it there" in first.content[0].value
    assert "https://media.example.org/2.mp3#t=2210" in first.content[0].value


def test_json_feed_is_valid():
    feed = json.loads(json_feed(real_digests(), settings=SITE, zone=ZONE))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "https://example.org/p/feed.json"
    assert len(feed["items"]) == 10
    item = feed["items"][0]
    assert item["external_url"] == "https://media.example.org/2.mp3#t=2210"
    assert item["authors"] == [{"name": "Michał Zieliński"}]
    assert item["date_published"] == "2026-11-13T23:00:00+00:00"


def test_ids_do_not_depend_on_the_address_of_the_site():
    ids = [
        [item["id"] for item in json.loads(json_feed(real_digests(), settings=settings, zone=ZONE))["items"]]
        for settings in (SITE, DeliverySettings())
    ]
    assert ids[0] == ids[1]


def test_without_an_address_links_are_relative_to_the_feed():
    assert atom(real_digests(), DeliverySettings()).entries[0].link == "insights/02c0ffee02/index.html"
    assert "feed_url" not in json.loads(json_feed((), settings=DeliverySettings(), zone=ZONE))


def test_hostile_words_stay_words():
    digests = (a_digest(a_hostile_candidate()),)
    entry = atom(digests).entries[0]
    item = json.loads(json_feed(digests, settings=SITE, zone=ZONE))["items"][0]
    for title, content in (
        (entry.title, atom_feed(digests, settings=SITE, zone=ZONE).decode()),
        (item["title"], item["content_html"]),
    ):
        assert "Bcc: victim" in title
        assert "<script>" not in content
        assert 'onmouseover="' not in content
    assert "&lt;img src=x" in item["content_html"]
    assert item["url"].startswith("https://example.org/p/insights/")


@pytest.mark.parametrize("digests", [(), (a_digest(),)])
def test_a_feed_without_items_is_a_feed(digests):
    parsed = atom(digests)
    assert parsed.entries == []
    assert atom_feed(digests, settings=SITE, zone=ZONE) == atom_feed(digests, settings=SITE, zone=ZONE)


def test_an_insight_of_two_days_is_one_item_of_the_later_one():
    days = (a_digest(a_candidate("a"), a_candidate("b")), a_digest(a_candidate("a"), day=DAY - timedelta(days=1)))
    items = json.loads(json_feed(days, settings=SITE, zone=ZONE))["items"]
    assert [item["id"].rpartition("/")[2] for item in items] == ["a", "b"]
    assert {item["date_published"][:10] for item in items} == {"2026-11-13"}
    assert len(atom(days).entries) == 2


def test_a_rebuild_changes_the_update_and_not_the_publication():
    rebuilt = (a_digest(a_candidate("a"), built_at=NOW.replace(day=20)),)
    entry = atom(rebuilt).entries[0]
    assert (entry.published[:10], entry.updated[:10]) == ("2026-11-13", "2026-11-20")


@pytest.mark.parametrize(
    ("built_at", "published"),
    [
        (NOW.replace(day=13, hour=12), "2026-11-13T12:30:00"),
        (NOW.replace(day=13, hour=23), "2026-11-13T23:00:00"),
        (NOW.replace(day=14, hour=6), "2026-11-13T23:00:00"),
        (NOW.replace(day=20), "2026-11-13T23:00:00"),
    ],
)
def test_it_is_published_at_the_end_of_its_day_and_never_ahead(built_at, published):
    (item,) = json.loads(json_feed((a_digest(a_candidate("a"), built_at=built_at),), settings=SITE, zone=ZONE))["items"]
    assert item["date_published"][:19] == published


def test_the_feed_of_days_has_one_item_for_each():
    parsed = feedparser.parse(BytesIO(digests_atom_feed(real_digests(), settings=SITE, zone=ZONE)))
    assert not parsed.bozo
    assert [entry.title for entry in parsed.entries][:2] == ["Friday, 13 November 2026", "Thursday, 12 November 2026"]
    first = parsed.entries[0]
    assert (first.id, first.link) == (
        "tag:podcast-insights,2024:digest/2026-11-13",
        "https://example.org/p/days/2026-11-13/",
    )
    assert first.content[0].value.count("<li>") == 5
    assert "https://example.org/p/insights/02c0ffee02/" in first.content[0].value
    items = json.loads(digests_json_feed(real_digests(), settings=SITE, zone=ZONE))["items"]
    assert [item["id"] for item in items] == [entry.id for entry in parsed.entries]
    assert "There was nothing new to choose from" in items[-1]["content_html"]


def test_hostile_words_stay_words_in_the_feed_of_days():
    content = json.loads(digests_json_feed((a_digest(a_hostile_candidate()),), settings=SITE, zone=ZONE))
    assert "<script" not in content["items"][0]["content_html"]
    assert "<img" not in content["items"][0]["content_html"]

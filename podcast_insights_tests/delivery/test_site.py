import ast
import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from jsonschema import Draft202012Validator

from podcast_insights.delivery import site as site_module
from podcast_insights.delivery.contents import contents_of
from podcast_insights.delivery.links import topic_page
from podcast_insights.delivery.site import MADE_WITH, site_files
from podcast_insights.delivery.sitemap import sitemap_files
from podcast_insights.feeds.values import Chapter
from podcast_insights.settings import DeliverySettings
from podcast_insights_tests.digest.fakes import (
    DAY,
    a_candidate,
    a_digest,
    a_hebrew_candidate,
    a_hostile_candidate,
    real_digests,
    related_to,
)

from .directions import Directions

ZONE = ZoneInfo("Europe/Berlin")
PACKAGE = Path(site_module.__file__).parent.parent
ALLOWED_TAGS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "link",
        "body",
        "a",
        "header",
        "nav",
        "ul",
        "ol",
        "li",
        "main",
        "footer",
        "p",
        "h1",
        "h2",
        "time",
        "article",
        "span",
        "cite",
        "blockquote",
        "section",
        "figure",
        "figcaption",
        "div",
        "audio",
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "svg",
        "rect",
        "dl",
        "dt",
        "dd",
        "details",
        "summary",
        "line",
        "text",
        "desc",
        "script",
        "form",
        "label",
        "input",
        "button",
        "noscript",
        "code",
        "strong",
        "bdi",
    ]
)


class Page(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(content.decode())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def targets(self) -> Iterator[str]:
        for _, attributes in self.tags:
            yield from (value for name, value in attributes.items() if name in ("href", "src") and value)


def files_of(*digests, related=None, chapters=None, **settings):
    contents = contents_of(
        digests, related=related or {}, chapters=chapters or {}, settings=DeliverySettings(**settings), zone=ZONE
    )
    return {file.path: file for file in site_files(contents)}


def site(*digests, **more):
    return {path: file.make() for path, file in files_of(*digests, **more).items()}


@pytest.fixture(scope="module")
def real_site():
    return site(*real_digests())


def html_pages(pages):
    return {name: Page(content) for name, content in pages.items() if name.endswith(".html")}


def test_every_internal_link_leads_to_a_file_of_the_site(real_site):
    checked = 0
    for name, page in html_pages(real_site).items():
        for target in page.targets():
            if target.startswith(("https://", "#")):
                continue
            checked += 1
            # Only the page that stands under every address names its targets from the root.
            assert target.startswith("/") is (name == "404.html"), (name, target)
            at = posixpath.normpath(posixpath.join("/", posixpath.dirname(name), target)).removeprefix("/")
            assert at in real_site, (name, target)
    assert checked > 100


def test_every_anchor_is_on_its_page(real_site):
    checked = 0
    for name, page in html_pages(real_site).items():
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids)), name
        named = [
            attributes[key] for _, attributes in page.tags for key in ("aria-labelledby", "for") if key in attributes
        ]
        targets = [target.removeprefix("#") for target in page.targets() if target.startswith("#")]
        for wanted in [*targets, *(one for names in named for one in names.split())]:
            checked += 1
            assert wanted in ids, (name, wanted)
    assert checked > 50


def test_every_page_is_reached_from_the_home_page(real_site):
    pages, seen, open_ = html_pages(real_site), set(), ["index.html"]
    while open_:
        name = open_.pop()
        seen.add(name)
        for target in pages[name].targets():
            reached = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
            if reached in pages and reached not in seen:
                open_.append(reached)
    assert seen == set(pages) - {"404.html"}


def test_pages_ask_nothing_of_others_and_run_nothing(real_site):
    for name, page in html_pages(real_site).items():
        tags = [tag for tag, _ in page.tags]
        assert set(tags) <= ALLOWED_TAGS, name
        for tag, attributes in page.tags:
            assert not any(key.startswith("on") or key == "style" for key in attributes), name
            if tag == "link" and attributes["rel"] == "stylesheet":
                assert not attributes["href"].startswith("http")
            if tag == "script":
                assert attributes.get("type") == "application/ld+json" or name == "search/index.html", name
            if tag == "audio":
                assert attributes["preload"] == "none"
        policies = [attributes["content"] for _, attributes in page.tags if "http-equiv" in attributes]
        scripts = "script-src 'self'; connect-src 'self'; " if name == "search/index.html" else ""
        rest = "media-src http: https:; base-uri 'none'; form-action 'none'"
        assert policies == [f"default-src 'none'; style-src 'self'; {scripts}{rest}"]
        assert ("html", {"lang": "en"}) in page.tags
        assert tags.count("h1") == 1
        assert "Skip to the insights" in page.text
    assert b"url(" not in real_site["assets/style.css"]
    assert b"@import" not in real_site["assets/style.css"]


def test_the_home_page_is_the_latest_day_and_lists_earlier_ones(real_site):
    page = html_pages(real_site)["index.html"]
    assert "Friday, 13 November 2026" in page.text
    assert "Five insights, chosen from seven in seven shows." in page.text
    assert "Tuesday, 10 November 2026" in page.text
    assert "Nothing was good enough." in page.text


def test_an_insight_page_has_its_quote_its_second_and_its_scores(real_site):
    page = html_pages(real_site)["insights/01c0ffee01/index.html"]
    assert "you know, ninety-nine per cent accurate" in page.text
    sources = [attributes["src"] for tag, attributes in page.tags if tag == "audio"]
    assert sources == ["https://media.example.org/1.mp3#t=754"]
    assert (sources[0], page.text[page.text.index("Listen at") :][:15]) == (
        "https://media.example.org/1.mp3#t=754",
        "Listen at 12:34",
    )
    widths = [attributes["width"] for tag, attributes in page.tags if tag == "rect" and attributes["class"] == "fill"]
    assert widths == ["84", "100", "50", "61", "0"]
    assert "Chosen because" in page.text


def test_a_quote_is_repeated_on_a_day_only_where_the_claim_is_not_already_in_those_words(real_site):
    text = html_pages(real_site)["index.html"].text
    assert "we never owed anybody for an oven" in text
    assert "you know, ninety-nine" not in text


def test_also_said_by_and_related_are_shown():
    one, other = a_candidate("one"), a_candidate("other")
    digest = a_digest(one, other)
    entry = replace(digest.entries[0], also_said_by=(("other", "Second Show"), ("nowhere", "Third Show")))
    pages = site(replace(digest, entries=(entry, digest.entries[1])), related=related_to("one", "other", "unpublished"))
    page = html_pages(pages)["insights/one/index.html"]
    assert "Second Show" in page.text
    assert "Third Show" in page.text
    assert [t for t in page.targets() if "insights/" in t] == ["../../insights/other/index.html"] * 2
    assert "Related, from other shows" in page.text
    assert "Related" not in html_pages(pages)["insights/other/index.html"].text


def test_what_is_related_in_other_shows_stands_before_what_is_of_the_same():
    candidates = [a_candidate(name, show_id=f"show-{show}") for name, show in (("a", 1), ("b", 1), ("c", 2))]
    text = html_pages(site(a_digest(*candidates), related=related_to("a", "b", "c")))["insights/a/index.html"].text
    places = [text.index(words) for words in ("from other shows", "Claim c", "from this show", "Claim b")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("explanation", "is_shown"),
    [
        ("", False),
        ("They had waited there for days on end, and nobody came. Quote a. And then it rained.", False),
        ("They had waited there for days on end, so quote a.", True),
        ("It rained on everybody who had waited.", True),
    ],
)
def test_an_explanation_is_not_said_twice_on_the_page_of_its_insight(explanation, is_shown):
    entry = a_digest(a_candidate("a", explanation=explanation)).entries[0]
    entry = replace(
        entry,
        context_before="They had waited there for days on end, and nobody came. So",
        context_after="And then it rained.",
    )
    page = html_pages(site(replace(a_digest(), entries=(entry,))))["insights/a/index.html"]
    shown = [attributes for _, attributes in page.tags if attributes.get("class") == "explanation"]
    assert len(shown) == is_shown


@pytest.mark.parametrize(
    ("stance", "shown"), [("agrees", "Agrees,"), ("disputes", "Disputes,"), ("neither", None), (None, None)]
)
def test_what_a_model_says_of_two_insights_is_marked_on_the_page_and_told_to_programs(stance, shown):
    digest = a_digest(a_candidate("one"), a_candidate("other"))
    files = files_of(digest, related=related_to("one", "other", stance=stance))
    text = Page(files["insights/one/index.html"].make()).text
    assert ("says the language model" in text) is (shown is not None)
    assert shown is None or f"{shown} says the language model" in text
    (told,) = json.loads(files[f"api/v1/days/{DAY}.json"].make())["insights"][0]["related"]
    assert told == {
        "insight_id": "other",
        "page": "insights/other/index.html",
        "similarity_ratio": 0.4,
        "compared_by": "words",
        "stance": stance,
    }
    other = files_of(digest, related=related_to("one", "other", stance="neither" if stance else "agrees"))
    changed = changed_by(other, files)
    assert (f"api/v1/days/{DAY}.json" in changed) is (stance != "neither")


def test_an_empty_day_says_so_and_a_rebuilt_one_shows_its_revision():
    empty = replace(a_digest(day=DAY), considered=214, shows_considered=12)
    pages = html_pages(site(empty, a_digest(a_candidate("a"), day=DAY - timedelta(days=1), revision=3)))
    assert "Nothing was good enough: of 214 insights from 12 shows" in pages["index.html"].text
    assert "version 3, made at 06:30 on 2026-11-13 (Europe/Berlin)" in pages["days/2026-11-12/index.html"].text


def test_without_any_digest_there_is_a_home_page():
    assert "No digest yet" in html_pages(site())["index.html"].text


def test_hostile_words_and_links_stay_words():
    pages = site(a_digest(a_hostile_candidate()), site_title="<script>T</script>", site_url="https://example.org/p")
    assert not any(".." in name or name.startswith("/") for name in pages)
    for name, page in html_pages(pages).items():
        assert {tag for tag, _ in page.tags} <= ALLOWED_TAGS, name
        assert not any(key.startswith("on") for _, attributes in page.tags for key in attributes)
        assert not any(target.startswith(("javascript", "data")) for target in page.targets())
        assert "\u202e" not in page.text
        assert "{{ 7 }}" in page.text or "insights/" not in name
    insight = next(page for name, page in html_pages(pages).items() if name.startswith("insights/"))
    assert "<script>alert(1)</script>" in insight.text
    assert "media.example.org/a.mp3%22%3E%3Cscript%3E" in "".join(insight.targets())


def hebrew_digests():
    digest = a_digest(a_hebrew_candidate("a"), a_hebrew_candidate("b"))
    entries = [
        replace(one, also_said_by=(("b", "עוד"), ("nowhere", "אחר")), context_before="לפני") for one in digest.entries
    ]
    return replace(digest, entries=tuple(entries)), a_digest(a_hebrew_candidate("c"), day=DAY - timedelta(days=1))


def test_what_is_written_from_right_to_left_turns_nothing_beside_it():
    chapters = {"episode": [Chapter(start_s=1.0, title="התחלה")]}
    pages = site(*hebrew_digests(), site_title="כותרת", related=related_to("a", "b", "c"), chapters=chapters)
    kinds = set()
    for name, content in pages.items():
        if name.endswith(".html"):
            found = Directions(content.decode())
            assert found.turning == [], name
            assert found.apart, name
            kinds.add(name.split("/")[0])
    assert {"index.html", "days", "insights", "shows", "episodes", "topics", "archive"} <= kinds
    for name in ("feed.json", "digests.json"):
        for item in json.loads(pages[name])["items"]:
            found = Directions(item["content_html"])
            assert (found.turning, len(found.apart) > 3) == ([], True)


def test_a_claim_in_a_list_of_days_says_its_language():
    tags = html_pages(site(*hebrew_digests()))["index.html"].tags
    assert ("span", {"class": "meta", "lang": "he", "dir": "auto"}) in tags


def test_the_same_digests_in_any_order_give_the_same_bytes(real_site):
    assert site(*reversed(real_digests())) == real_site


def test_a_show_that_changes_its_title_keeps_its_address():
    old = a_digest(a_candidate("a", show_id="s", show="Old Name"), day=DAY - timedelta(days=1))
    new = a_digest(a_candidate("b", show_id="s", show="New Name"))
    before, after = site(old), site(old, new)
    addresses = [[name for name in pages if name.startswith("shows/")] for pages in (before, after)]
    assert addresses[0] == addresses[1]
    assert "New Name" in html_pages(after)[addresses[1][0]].text


def test_with_an_address_pages_are_canonical_and_listed_for_crawlers():
    pages = site(a_digest(a_candidate("a")), site_url="https://example.org/p/")
    home = html_pages(pages)["insights/a/index.html"]
    assert ("link", {"rel": "canonical", "href": "https://example.org/p/insights/a/"}) in home.tags
    assert b"<loc>https://example.org/p/days/2026-11-13/</loc>" in pages["sitemap.xml"]
    assert b"Sitemap: https://example.org/p/sitemap.xml" in pages["robots.txt"]
    assert "sitemap.xml" not in site(a_digest(a_candidate("a")))


def two_of_a_topic():
    one = a_candidate("one", show_id="s", episode_id="e", start_s=90.0, topics=("Bread", "ovens"))
    two = a_candidate("two", show_id="s", episode_id="e", start_s=30.0, topics=("bread",))
    return a_digest(one, two)


def test_the_page_of_no_page_leads_home_from_everywhere_and_is_listed_nowhere():
    pages = site(a_digest(a_candidate("a")), site_url="https://example.org/p/")
    page = html_pages(pages)["404.html"]
    inside = [target for target in page.targets() if not target.startswith("#")]
    assert "/p/index.html" in inside
    assert all(target.startswith("/p/") for target in inside)
    assert ("meta", {"name": "robots", "content": "noindex"}) in page.tags
    assert not any(attributes.get("rel") == "canonical" for _, attributes in page.tags)
    assert b"404" not in pages["sitemap.xml"]


def test_an_episode_has_its_insights_in_their_order_and_its_chapters():
    chapters = {"e": [Chapter(start_s=0.0, title="<b>Start</b>"), Chapter(start_s=61.0, title=" ")]}
    pages = site(two_of_a_topic(), chapters=chapters)
    (name,) = [name for name in pages if name.startswith("episodes/")]
    page = html_pages(pages)[name]
    assert page.text.index("Claim two") < page.text.index("Claim one")
    assert "0:00 <b>Start</b>" in page.text
    assert "1:01 Untitled chapter" in page.text
    assert "https://media.example.org/e.mp3#t=61" in list(page.targets())


def test_a_topic_has_a_page_from_its_second_insight_on():
    pages = site(two_of_a_topic())
    assert [name for name in pages if name.startswith("topics/") and name != "topics/index.html"] == [
        "topics/bread-985604/index.html"
    ]
    page = html_pages(pages)["topics/bread-985604/index.html"]
    assert "Two insights from one show." in page.text
    assert "Insights about bread, week by week" in page.text
    assert "All two in the week from 9 November 2026." in page.text
    linked = [target for target in html_pages(pages)["insights/one/index.html"].targets() if "topics/" in target]
    assert linked == ["../../topics/index.html", "../../topics/bread-985604/index.html"]


@pytest.mark.parametrize(
    ("spellings", "shown"),
    [
        (["Fußball", "Fußball"], "Fußball"),
        (["ρόλος", "ρόλος"], "ρόλος"),
        (["ai", "AI", "AI"], "AI"),
        (["Ai", "AI"], "Ai"),
    ],
)
def test_a_topic_is_called_as_its_insights_call_it(spellings, shown):
    topics = [a_candidate(f"i{place}", topics=(written,)) for place, written in enumerate(spellings)]
    pages = html_pages(site(a_digest(*topics)))
    (page,) = [page for name, page in pages.items() if name.startswith("topics/") and name != "topics/index.html"]
    assert f"Insights about {shown}, week by week" in page.text
    assert shown in pages["topics/index.html"].text


def test_two_topics_whose_addresses_would_be_the_same_have_two_pages():
    first, second = "粷肬な", "悀摵め"
    assert topic_page(first) == topic_page(second) == "topics/topic-7ccaf5/index.html"
    old = [a_digest(a_candidate("a", topics=(first,)), a_candidate("b", topics=(first,)), day=DAY - timedelta(days=1))]
    new = a_digest(a_candidate("c", topics=(second,)), a_candidate("d", topics=(second,)))
    pages = html_pages(site(*old, new))
    found = {name: page.text for name, page in pages.items() if name.startswith("topics/topic-")}
    assert len(found) == 2
    # The one that was there first keeps its address.
    assert first in found["topics/topic-7ccaf5/index.html"]
    linked = [target for target in pages["insights/c/index.html"].targets() if "topics/topic-" in target]
    assert second in found[linked[0].removeprefix("../../")]


def test_an_insight_stands_in_what_was_said_around_it():
    entry = replace(a_digest(a_candidate("a")).entries[0], context_before="Before <i>it</i>.", context_after="After.")
    text = html_pages(site(replace(a_digest(), entries=(entry,))))["insights/a/index.html"].text
    said = text[text.index("In their words") :]
    assert said.index("Before <i>it</i>.") < said.index("quote a") < said.index("After.")


def test_the_search_index_holds_every_word_of_every_insight(real_site):
    months = json.loads(real_site["search/months.json"])
    documents = [document for month in months for document in json.loads(real_site[f"search/{month}.json"])]
    assert months == ["2026-11"]
    assert len(documents) == sum(len(digest.entries) for digest in real_digests())
    by_page = {document["page"]: document for document in documents}
    assert set(by_page) <= set(real_site)
    bakery = by_page["insights/03c0ffee03/index.html"]
    assert "Three rivals expanded on credit" in bakery["explanation"]
    assert bakery["quote"].startswith("we never owed anybody")


def test_the_data_for_programs_is_as_its_schema_says(real_site):
    schema = json.loads(real_site["api/v1/schema.json"])["$defs"]
    index = json.loads(real_site["api/v1/index.json"])
    days = [json.loads(real_site[day["path"]]) for day in index["days"]]
    assert [(day["date"], day["insights"]) for day in index["days"]] == [
        ("2026-11-13", 5), ("2026-11-12", 3), ("2026-11-11", 2), ("2026-11-10", 0),
    ]  # fmt: skip
    assert set(index) == set(schema["ApiIndex"]["properties"])
    for day in days:
        assert set(day) == set(schema["ApiDay"]["required"]) | {"version"}
        for insight in day["insights"]:
            assert set(insight) == set(schema["ApiInsight"]["required"])
            assert set(insight["source"]) == set(schema["ApiSource"]["required"])
            assert insight["page"] in real_site
    assert days[0]["insights"][0]["also_said_by"] == []
    assert days[0]["insights"][1]["also_said_by"] == [{"insight_id": "05c0ffee05", "show_title": "Kilowatt"}]


@pytest.mark.parametrize("digests", [real_digests(), [a_digest(a_hostile_candidate())], []])
def test_the_published_schema_takes_every_published_file_and_no_other(digests):
    pages = site(*digests)
    published = json.loads(pages["api/v1/schema.json"])
    Draft202012Validator.check_schema(published)

    def mistakes(kind, data):
        schema = published | {"$ref": f"#/$defs/{kind}"}
        return [error.message for error in Draft202012Validator(schema).iter_errors(data)]

    index = json.loads(pages["api/v1/index.json"])
    assert mistakes("ApiIndex", index) == []
    assert mistakes("ApiIndex", index | {"title": 5})
    for day in index["days"]:
        data = json.loads(pages[day["path"]])
        assert mistakes("ApiDay", data) == []
        for insight in data["insights"]:
            assert mistakes("ApiDay", data | {"insights": [insight | {"rank": "first"}]})
            del insight["quote"]
            assert mistakes("ApiDay", data | {"insights": [insight]})


def test_what_search_engines_read_is_data_that_ends_nothing():
    pages = site(a_digest(a_hostile_candidate()), site_url="https://example.org/p")
    for name, content in pages.items():
        found = re.findall(rb'<script type="application/ld\+json">(.*?)</script>', content, re.DOTALL)
        assert len(found) == name.startswith(("insights/", "days/2")), name
        for block in found:
            assert not set(b"<>&'") & set(block)
            data = json.loads(block)
            assert data["@context"] == "https://schema.org"
            if data["@type"] == "Article":
                assert "<script>alert(1)</script>" in data["headline"]
                assert data["image"].startswith("https://example.org/p/cards/insights/")
                assert data["isBasedOn"]["partOfSeries"]["name"].startswith("<svg/onload")


def test_cards_are_drawn_only_where_links_can_be_shared():
    digest = a_digest(a_candidate("a"))
    assert not [path for path in files_of(digest) if path.startswith("cards/")]
    pages = site(digest, site_url="https://example.org/p")
    cards = [path for path in pages if path.startswith("cards/")]
    assert cards == ["cards/days/2026-11-13.png", "cards/insights/a.png"]
    tags = html_pages(pages)["insights/a/index.html"].tags
    assert ("meta", {"property": "og:image", "content": "https://example.org/p/cards/insights/a.png"}) in tags
    assert ("meta", {"property": "og:image:alt", "content": "Claim a alphaa betaa gammaa"}) in tags


def changed_by(before, after):
    return {path for path in after if path not in before or before[path].key != after[path].key}


def test_a_new_day_changes_what_it_touches_and_nothing_else():
    old = [a_digest(a_candidate(f"old{n}"), day=DAY - timedelta(days=n)) for n in range(1, 25)]
    new = a_digest(a_candidate("new", topics=("rare",)))
    before, after = files_of(*old), files_of(*old, new)
    # The new day, its neighbour, what lists days, and what is of the new insight alone.
    changed = changed_by(before, after)
    assert {path.split("/")[0] for path in changed} == {
        "index.html", "archive", "days", "insights", "shows", "episodes", "feed.xml", "feed.json", "digests.xml",
        "digests.json", "api", "search",
    }  # fmt: skip
    assert sorted(path for path in changed if path.startswith(("days/", "insights/", "shows/", "episodes/"))) == [
        "days/2026-11-12/index.html",
        "days/2026-11-13/index.html",
        "episodes/episode-episode-of-new-eaf609e4/index.html",
        "insights/new/index.html",
        "shows/show-show-of-new-fdeeee/index.html",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"related": related_to("a", "b")},
        {"chapters": {"episode-of-a": [Chapter(start_s=1.0, title="One")]}},
        {"site_title": "Another"},
        {"site_url": "https://example.org/"},
    ],
)
def test_what_a_page_is_made_of_changes_its_key(change):
    digest = a_digest(a_candidate("a"), a_candidate("b"))
    before, after = files_of(digest), files_of(digest, **change)
    for path in changed_by(after, before):
        assert before[path].make() != after[path].make() or "site_title" in change or "site_url" in change, path
    for path in before.keys() & after.keys() - changed_by(before, after):
        assert before[path].make() == after[path].make(), path
    assert changed_by(before, after)


def _renamed():
    old = a_digest(a_candidate("a", show_id="s", show="Old Name"), day=DAY - timedelta(days=1))
    return files_of(old), files_of(old, a_digest(a_candidate("b", show_id="s", show="New Name")))


def _agreed_later():
    old = a_digest(a_candidate("a"), day=DAY - timedelta(days=1))
    old = replace(old, entries=(replace(old.entries[0], also_said_by=(("b", "Second Show"),)),))
    return files_of(old), files_of(old, a_digest(a_candidate("b")))


def _finished():
    digest = a_digest(a_candidate("a"), unfinished_episodes=2)
    return files_of(digest), files_of(replace(digest, unfinished_episodes=0))


def _compared_by_another_model():
    digest, words = a_digest(a_candidate("a"), a_candidate("b")), related_to("a", "b")
    vectors = {name: [replace(one, compared_by="model") for one in found] for name, found in words.items()}
    return files_of(digest, related=words), files_of(digest, related=vectors)


@pytest.mark.parametrize("states", [_renamed, _agreed_later, _finished, _compared_by_another_model])
def test_a_file_that_would_be_another_one_has_another_key(states):
    before, after = states()
    kept = before.keys() & after.keys() - changed_by(before, after)
    assert [path for path in sorted(kept) if before[path].make() != after[path].make()] == []
    assert any(before[path].make() != after[path].make() for path in before.keys() & after.keys())


def imported_by(name: str) -> set[str]:
    """Return the modules of the package that one of them imports."""
    tree = ast.parse((PACKAGE / f"{name.replace('.', '/')}.py").read_text())
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names = [f"{node.module}.{alias.name}" for node in found for alias in node.names]
    inside = [name.split(".")[1:] for name in names if name.startswith("podcast_insights.")]
    longest = (parts if PACKAGE.joinpath(*parts).with_suffix(".py").exists() else parts[:-1] for parts in inside)
    return {".".join(parts) for parts in longest}


def test_all_code_of_which_pages_are_made_is_in_their_keys():
    """A module that is left out would leave old pages as they are when it changes."""
    waiting, seen, outside = ["delivery.site"], set(), set()
    while waiting:
        found = imported_by(waiting.pop())
        outside |= {name for name in found if not name.startswith("delivery")}
        waiting += [name for name in found - seen if name.startswith("delivery.")]
        seen |= found
    # What settings hold is in the keys by itself.
    assert outside - {"settings"} == {path.removesuffix(".py").replace("/", ".") for path in MADE_WITH}


@pytest.mark.parametrize("name", ["MADE_WITH", "MADE_WITH_LIBRARIES"])
def test_with_other_code_every_page_has_another_key(name, monkeypatch):
    digest, address = a_digest(a_candidate("a")), "https://example.org/"
    before = files_of(digest, site_url=address)
    monkeypatch.setattr(site_module, name, getattr(site_module, name)[1:])
    site_module._code_key.cache_clear()
    try:
        after = files_of(digest, site_url=address)
    finally:
        site_module._code_key.cache_clear()
    assert changed_by(before, after) == before.keys() == after.keys()


def test_a_sitemap_of_many_pages_is_split():
    files = {
        file.path: file.make().decode()
        for file in sitemap_files("https://e.org", ["a.html", "b&.html", "c.html"], most=2)
    }
    assert "<loc>https://e.org/sitemap-2.xml</loc>" in files["sitemap.xml"]
    assert "<loc>https://e.org/b&amp;.html</loc>" in files["sitemap-1.xml"]
    assert "c.html" in files["sitemap-2.xml"]

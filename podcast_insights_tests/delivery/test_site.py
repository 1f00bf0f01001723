import posixpath
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest

from podcast_insights.delivery.contents import contents_of
from podcast_insights.delivery.site import site_files
from podcast_insights.settings import DeliverySettings
from podcast_insights_tests.digest.fakes import DAY, a_candidate, a_digest, a_hostile_candidate, real_digests

ZONE = ZoneInfo("Europe/Berlin")
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
            assert posixpath.normpath(posixpath.join(posixpath.dirname(name), target)) in real_site, (name, target)
    assert checked > 100


def test_every_page_is_reached_from_the_home_page(real_site):
    pages, seen, open_ = html_pages(real_site), set(), ["index.html"]
    while open_:
        name = open_.pop()
        seen.add(name)
        for target in pages[name].targets():
            reached = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
            if reached in pages and reached not in seen:
                open_.append(reached)
    assert seen == set(pages)


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
        assert policies == [
            f"default-src 'none'; style-src 'self'; {scripts}media-src http: https:; base-uri 'none'; form-action 'none'"
        ]
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
    pages = site(replace(digest, entries=(entry, digest.entries[1])), related={"one": ["other", "unpublished"]})
    page = html_pages(pages)["insights/one/index.html"]
    assert "Second Show" in page.text
    assert "Third Show" in page.text
    assert [t for t in page.targets() if "insights/" in t or t.startswith("../other")] == ["../other/index.html"] * 2
    assert "Related" not in html_pages(pages)["insights/other/index.html"].text


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

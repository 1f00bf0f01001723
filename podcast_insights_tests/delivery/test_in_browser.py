"""The pages and the mail in a real browser: readable for everybody, silent towards others, deaf to planted markup."""

import json
import subprocess
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from upath import UPath

from podcast_insights.cli.serve import served
from podcast_insights.delivery.contents import contents_of
from podcast_insights.delivery.feeds_out import digests_json_feed, json_feed
from podcast_insights.delivery.mail import render_mail
from podcast_insights.delivery.publish import publish
from podcast_insights.delivery.site import site_files
from podcast_insights.digest.values import Digest
from podcast_insights.feeds.values import Chapter
from podcast_insights.settings import DeliverySettings, RecipientSettings
from podcast_insights_tests.digest.fakes import (
    DAY,
    NOW,
    a_candidate,
    a_digest,
    a_hostile_candidate,
    real_digests,
    related_to,
)

from .browser import axe_source, chromium, nu_checker

pytestmark = pytest.mark.browser

ZONE = ZoneInfo("Europe/Berlin")
AUDIO_S = 40
QUOTED_AT_S = 23.0
SIZES = (360, 768, 1280)
CHINESE = {
    "claim": "人工智能会改变世界，但是面包不会等。",
    "explanation": "面包师说，" * 60 + "很多人用GPT模型写菜谱，可是烤箱不知道。",
    "quote": "烤箱不知道",
}


@dataclass
class Reader:
    """A browser window that remembers what should not happen: other hosts asked, errors, dialogs."""

    page: Any
    address: str
    complaints: list[str] = field(default_factory=list)

    def opens(self, path: str) -> None:
        self.page.goto(f"{self.address}/{path}")

    def reads(self, html: str) -> None:
        """Show HTML that stands nowhere, such as a mail's; what a page forbade before holds no more."""
        self.page.goto("about:blank")
        self.page.set_content(html)


def pages_of(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))


def one_of_each(folder: Path) -> list[str]:
    """Return a page of each kind."""
    kinds = {page.split("/")[0] + str(page.count("/")): page for page in pages_of(folder)}
    return sorted(kinds.values())


def the_digests(address: str) -> list[Digest]:
    """Return real days, the first with words around its quotes and audio of this server, and a hostile one."""
    digests = list(real_digests())
    entries = [
        replace(
            entry,
            context_before="We had asked ourselves that for years.",
            context_after="Nobody believed it.",
            candidate=replace(
                entry.candidate,
                audio_url=f"{address}/audio.wav",
                insight=replace(entry.candidate.insight, start_s=QUOTED_AT_S),
            ),
        )
        for entry in digests[0].entries
    ]
    hostile = a_hostile_candidate()
    hostile = replace(hostile, insight=replace(hostile.insight, topics=(*hostile.insight.topics, "energy")))
    return [
        replace(digests[0], entries=tuple(entries)),
        *digests[1:],
        a_digest(hostile, a_candidate("zh", **CHINESE), day=DAY - timedelta(days=9)),
    ]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("site")
    (folder / "index.html").write_text("soon")
    with wave.open(str(folder / "audio.wav"), "wb") as audio:
        audio.setnchannels(1)
        audio.setsampwidth(2)
        audio.setframerate(8000)
        audio.writeframes(bytes(2 * 8000 * AUDIO_S))
    with served(folder) as address:
        contents = contents_of(
            the_digests(address),
            related=related_to("02c0ffee02", "03c0ffee03b", stance="disputes"),
            chapters={f"The Grid Hour-{DAY}": [Chapter(start_s=5.0, title="</li><script>alert(7)</script>")]},
            settings=DeliverySettings(site_url=address),
            zone=ZONE,
        )
        publish(site_files(contents), UPath(folder))
        yield address, folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


@contextmanager
def reading(browser: Any, address: str, *, width: int = 1280, scheme: str = "light") -> Iterator[Reader]:
    """Open a window, and fail at its end where something happened that should not."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    reader = Reader(page=context.new_page(), address=address)
    complaints = reader.complaints

    def asked(request: Any) -> None:
        if not request.url.startswith((f"{address}/", "data:", "about:")):
            complaints.append(f"asked {request.url}")

    def told(message: Any) -> None:
        if message.type in ("error", "warning"):
            complaints.append(f"console: {message.text}")

    def opened(dialog: Any) -> None:
        complaints.append(f"ran: {dialog.message}")
        dialog.dismiss()

    for event, heard in (("request", asked), ("console", told), ("dialog", opened)):
        reader.page.on(event, heard)
    reader.page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    yield reader
    context.close()
    assert complaints == []


def a_mail(digest: Digest) -> str:
    settings = DeliverySettings(
        site_url="https://example.org", feedback="mailto:me@example.org", postal_address="1 Example Street"
    )
    message = render_mail(digest, recipient=RecipientSettings(address="a@x.org"), settings=settings, now=NOW)
    body = message.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def violations(page: Any, axe: str) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", SIZES)
def test_everybody_can_read_it(browser: Any, site: tuple[str, Path], width: int, scheme: str) -> None:
    address, folder = site
    axe = axe_source()
    found: dict[str, list[str]] = {}
    with reading(browser, address, width=width, scheme=scheme) as reader:
        for path in [*one_of_each(folder), "search/index.html?q=batteries"]:
            reader.opens(path)
            if "?" in path:
                reader.page.wait_for_selector("#search-found li")
            found[path] = violations(reader.page, axe)
            assert reader.page.evaluate("document.documentElement.scrollWidth") <= width, path
        reader.reads(a_mail(real_digests()[0]))
        found["mail"] = violations(reader.page, axe)
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= width
    assert len(found) >= 10
    assert {path: names for path, names in found.items() if names} == {}


def test_nothing_planted_runs_and_nobody_else_is_asked(browser: Any, site: tuple[str, Path]) -> None:
    address, folder = site
    hostile = a_digest(a_hostile_candidate())
    settings = DeliverySettings(site_url=address)
    contents = [a_mail(hostile)]
    for feed in (json_feed, digests_json_feed):
        items = json.loads(feed((hostile,), settings=settings, zone=ZONE))["items"]
        contents += [item["content_html"] for item in items]
    with reading(browser, address) as reader:
        planted = [path for path in pages_of(folder) if b"alert(" in (folder / path).read_bytes()]
        assert len(planted) >= 7
        for path in [*one_of_each(folder), *planted, "search/index.html?q=alert"]:
            reader.opens(path)
            reader.page.mouse.move(400, 400)
            if "?" in path:
                reader.page.wait_for_selector("#search-found li")
        for content in contents:
            reader.reads(content)
            assert reader.page.evaluate("document.querySelectorAll('script, img, svg').length") == 0


def test_no_word_is_too_long_for_a_phone(browser: Any, tmp_path: Path) -> None:
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    said = {"claim": f"{word} one", "explanation": f"{word} two", "quote": f"{word} three", "speaker": word}
    candidates = [
        replace(a_candidate(name, topics=(word,), **said), show_title=word, episode_title=word) for name in ("a", "b")
    ]
    digests = [a_digest(*candidates), a_digest(candidates[0], day=DAY - timedelta(days=1))]
    chapters = {"episode-of-a": [Chapter(start_s=1.0, title=word)]}
    contents = contents_of(
        digests, related=related_to("a", "b"), chapters=chapters, settings=DeliverySettings(site_title=word), zone=ZONE
    )
    publish(site_files(contents), UPath(tmp_path))
    too_wide = []
    with served(tmp_path) as address, reading(browser, address, width=360) as reader:
        for path in [*pages_of(tmp_path), "search/index.html?q=one"]:
            reader.opens(path)
            if "?" in path:
                reader.page.wait_for_selector("#search-found li")
            if reader.page.evaluate("document.documentElement.scrollWidth") > 360:
                too_wide.append(path)
        reader.reads(a_mail(digests[0]))
        if reader.page.evaluate("document.documentElement.scrollWidth") > 360:
            too_wide.append("mail")
    assert too_wide == []


def test_the_player_begins_at_the_quoted_second(browser: Any, site: tuple[str, Path]) -> None:
    with reading(browser, site[0]) as reader:
        reader.opens("insights/02c0ffee02/")
        played_s = reader.page.evaluate(
            """async () => {
                const audio = document.querySelector("audio");
                audio.muted = true;
                await audio.play();
                return audio.currentTime;
            }"""
        )
    assert QUOTED_AT_S <= played_s < QUOTED_AT_S + 2


@pytest.mark.parametrize(
    ("words", "claim"),
    [
        ("annotations", "Typing a program at its edges finds more bugs than typing all of it"),
        (
            "repay growing",
            "A shop that refuses to grow can outlive its competitors because it never has to repay growth",
        ),
        ("zielinski", "Typing a program at its edges finds more bugs than typing all of it"),
        ("Frequency RESPONSE", "Home batteries now earn more from steadying the grid than from storing solar power"),
        ("智能", CHINESE["claim"]),
        ("面包 gpt", CHINESE["claim"]),
        ("世界的人工智能", CHINESE["claim"]),
    ],
)
def test_search_finds_an_insight_by_its_words(browser: Any, site: tuple[str, Path], words: str, claim: str) -> None:
    with reading(browser, site[0]) as reader:
        reader.opens("search/")
        reader.page.fill("#search-words", words)
        reader.page.press("#search-words", "Enter")
        reader.page.wait_for_selector("#search-found li")
        assert reader.page.text_content("#search-found li a") == claim
        assert "November 2026" in reader.page.text_content("#search-found li .meta")
        assert "have words of" in reader.page.text_content("#search-status").replace("has", "have")
        reader.page.click("#search-found li a")
        assert reader.page.text_content("h1") == claim


def test_search_shows_where_the_words_are(browser: Any, site: tuple[str, Path]) -> None:
    with reading(browser, site[0]) as reader:
        reader.opens("search/?q=unused+roofs")
        reader.page.wait_for_selector("#search-found li")
        # They are at the end of an explanation that is too long to be shown whole.
        assert reader.page.text_content("#search-found .excerpt").startswith("… ")
        assert reader.page.locator("#search-found li:first-child mark").all_text_contents() == ["roof", "unused."]

        reader.page.fill("#search-words", "home")
        reader.page.press("#search-words", "Enter")
        reader.page.get_by_text("words of “home”").wait_for()
        assert reader.page.text_content("#search-found a mark") == "Home"
        assert not reader.page.text_content("#search-found .excerpt").startswith("…")


def test_search_shows_where_words_are_that_are_written_together(browser: Any, site: tuple[str, Path]) -> None:
    with reading(browser, site[0]) as reader:
        reader.opens("search/?q=菜谱")
        reader.page.wait_for_selector("#search-found li")
        assert reader.page.locator("#search-found mark").all_text_contents() == ["很多人用GPT模型写菜谱"]
        assert len(reader.page.text_content("#search-found .excerpt")) < 230


def test_the_word_on_the_button_is_whole_on_a_phone(browser: Any, site: tuple[str, Path]) -> None:
    with reading(browser, site[0], width=360) as reader:
        reader.opens("search/")
        lines = reader.page.locator(".search button").evaluate(
            "button => { const all = new Range(); all.selectNodeContents(button); return all.getClientRects().length }"
        )
        assert lines == 1


def test_search_says_when_there_is_nothing(browser: Any, site: tuple[str, Path]) -> None:
    with reading(browser, site[0]) as reader:
        reader.opens("search/?q=zeppelin")
        # By its text: the page's policy lets no function of a test wait in it.
        reader.page.get_by_text("No insight has words of").wait_for()
        assert reader.page.locator("#search-found li").count() == 0


def test_the_pages_are_valid_html(site: tuple[str, Path], tmp_path: Path) -> None:
    checker = nu_checker()
    mail = tmp_path / "mail.html"
    mail.write_text(a_mail(real_digests()[0]), encoding="utf-8")
    done = subprocess.run(
        [*checker, "--format", "json", "--exit-zero-always", "--skip-non-html", str(site[1]), str(mail)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    messages = json.loads(done.stderr)["messages"]
    errors = [one for one in messages if one["type"] == "error"]
    told = {f"{one.get('url', '').rpartition('site')[2]}: {one['message']}" for one in errors}
    assert told == set()

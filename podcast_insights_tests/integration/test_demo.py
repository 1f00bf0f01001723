"""The demo's week as `podcast-insights demo` makes it: real assets over real HTTP, nothing replaced but the clock.

The week is lived once, day after day, then everything is run a second time, and the digests a third time; every test
looks at what these left behind. Nothing is recorded in a Dagster instance, which is most of the command's time.
"""

import email
import email.policy
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urldefrag

import dagster as dg
import duckdb
import pytest
from lxml import html
from rich.console import Console

from podcast_insights.bundled import bundled_path
from podcast_insights.cli.demo_server import DemoSite, demo_server
from podcast_insights.cli.run_days import DAY_ASSETS, Days
from podcast_insights.days import days_until
from podcast_insights.defs.runs import DayRun
from podcast_insights.digest.values import Digest
from podcast_insights.settings import TranscriptionSettings, load_settings
from podcast_insights.storage.sql_models import load_models
from podcast_insights.storage.store import Store
from podcast_insights_tests.integration.tables import Rows, lasting_rows, query

FIRST, LAST = date(2026, 11, 9), date(2026, 11, 15)
LATE = "Backfills without fear"
LATE_DAY, LATE_LISTED_DAY = date(2026, 11, 11), date(2026, 11, 13)
WITHOUT_TRANSCRIPT = "A minute on morning light"
WITHOUT_AUDIO = "Letters: a written answer to three listeners"
AFTER_THE_WEEK = datetime(2026, 11, 16, 6, 30, tzinfo=UTC)


class Clock:
    """A clock that goes on by a second with each look."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


@dataclass(frozen=True)
class Week:
    """What the runs left, and what they asked the demo's server for: paths with statuses."""

    store: Store
    runs: Sequence[DayRun]
    lived: Mapping[str, Rows]
    lived_digests: Mapping[date, Digest]
    again: Mapping[str, Rows]
    again_digests: Mapping[date, Digest]
    once_more_digests: Mapping[date, Digest]
    mails: Mapping[str, int]
    mails_again: Mapping[str, int]
    asked: Sequence[tuple[str, int]]
    asked_again: Sequence[tuple[str, int]]


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Week]:
    folder = tmp_path_factory.mktemp("demo")
    with demo_server(bundled_path("demo")) as site:
        config = folder / "podcasts.yaml"
        written = (bundled_path("demo") / "podcasts.yaml").read_text(encoding="utf-8")
        config.write_text(written.replace("{base}", site.base_url), encoding="utf-8")
        # A checkpoint that is not there: Whisper's own names would be downloaded.
        no_model = TranscriptionSettings(model=str(folder / "no-such-model.pt"))
        settings = load_settings(config).model_copy(update={"transcription": no_model})
        clock = dg.ResourceDefinition.hardcoded_resource(Clock(AFTER_THE_WEEK))
        days = Days(Console(file=io.StringIO()), settings, home=None, resources={"clock": clock})
        store = Store(settings.storage.base_url)

        with days.working(0):
            runs = live_the_week(days, site)
            lived, lived_digests, mails, asked = (
                lasting_rows(store),
                digests(store),
                mails_in(store),
                tuple(site.answered),
            )

            site.answered.clear()
            runs += live_the_week(days, site, phase_day=LAST)
            again, again_digests, mails_again = lasting_rows(store), digests(store), mails_in(store)
            asked_again = tuple(site.answered)

            runs += [days.run("digest_job", day, label="", assets=["daily_digest"]) for day in days_until(FIRST, LAST)]
        yield Week(
            store=store,
            runs=runs,
            lived=lived,
            lived_digests=lived_digests,
            again=again,
            again_digests=again_digests,
            once_more_digests=digests(store),
            mails=mails,
            mails_again=mails_again,
            asked=asked,
            asked_again=asked_again,
        )


def live_the_week(days: Days, site: DemoSite, *, phase_day: date | None = None) -> list[DayRun]:
    """Do what the demo does; feeds say what they say on each day, or throughout what they say on ``phase_day``."""
    runs = []
    for day in days_until(FIRST, LAST):
        site.phase_for(phase_day or day)
        runs.append(days.run("digest_job", day, label="", assets=["feeds"], config={"feeds": {"only_due": False}}))
        runs += days.catch_up(day)
        runs.append(days.run("digest_job", day, label="", assets=DAY_ASSETS))
    runs.append(days.run("publish_job", None, label=""))
    sending = {"digest_mail": {"send_past_editions": True}}
    runs.append(days.run("digest_job", LAST, label="", assets=["digest_mail"], config=sending))
    return runs


def digests(store: Store) -> Mapping[date, Digest]:
    return {digest.digest_date: digest for digest in store.digests.of_days(store.digests.days())}


def mails_in(store: Store) -> Mapping[str, int]:
    """Return the mails that were written, with the time of writing."""
    return {path.name: path.stat().st_mtime_ns for path in Path(str(store.mail)).glob("*.eml")}


def insight_ids(made: Mapping[date, Digest]) -> list[str]:
    return [entry.candidate.insight.insight_id for digest in made.values() for entry in digest.entries]


def test_every_run_of_the_week_succeeds_and_every_check_passes(week: Week) -> None:
    assert [run.failures for run in week.runs if not run.is_success] == []
    assert [check for run in week.runs for check in run.failed_checks] == []


def test_a_week_has_a_digest_for_each_day(week: Week) -> None:
    assert list(week.lived_digests) == list(days_until(FIRST, LAST))
    assert all(digest.entries for digest in week.lived_digests.values())


def test_digests_keep_their_caps(week: Week) -> None:
    for digest in week.lived_digests.values():
        shows = Counter(entry.candidate.insight.show_id for entry in digest.entries)
        episodes = Counter(entry.candidate.insight.episode_id for entry in digest.entries)
        assert len(digest.entries) <= 5
        assert max(shows.values()) <= 2
        assert max(episodes.values()) <= (1 if len(episodes) >= 5 else 2)


@pytest.mark.parametrize("made", ["lived_digests", "again_digests"])
def test_no_insight_is_published_twice(week: Week, made: str) -> None:
    published = insight_ids(getattr(week, made))

    assert len(published) == len(set(published)) > 20


def test_every_quote_stands_in_its_transcript(week: Week) -> None:
    texts = {
        transcript.episode_id: " ".join(segment.text for segment in transcript.segments)
        for day in days_until(FIRST, LAST)
        for transcript in week.store.transcripts.of_day(day)
    }
    entries = [entry.candidate.insight for digest in week.lived_digests.values() for entry in digest.entries]

    assert [one.quote for one in entries if one.quote not in texts[one.episode_id]] == []


def test_nothing_published_touches_an_advertisement(week: Week) -> None:
    spans = json.loads((bundled_path("demo") / "ads.json").read_text(encoding="utf-8"))
    found = query(
        week.store,
        "SELECT guid, insight_id, start_s, end_s FROM insights JOIN feed_items USING (episode_id)",
        "insights",
        "feed_items",
    )
    touching = [
        (guid, start_s)
        for guid, _, start_s, end_s in found
        for ad_start_s, ad_end_s in spans.get(guid, ())
        if start_s < ad_end_s and end_s > ad_start_s
    ]

    assert {guid for guid, *_ in found} >= spans.keys(), "each episode with an advertisement has insights"
    assert touching == []
    assert set(insight_ids(week.lived_digests)) <= {insight_id for _, insight_id, *_ in found}


def test_an_episode_that_is_listed_late_is_in_a_later_digest(week: Week) -> None:
    entries = [entry for digest in week.lived_digests.values() for entry in digest.entries]
    late = [entry for entry in entries if entry.candidate.episode_title == LATE]

    assert [(entry.candidate.episode_date, entry.digest_date) for entry in late] == [(LATE_DAY, LATE_LISTED_DAY)]


def test_what_was_not_processed_is_recorded_with_its_reason(week: Week) -> None:
    skipped = query(
        week.store,
        "SELECT stage, title, reason, message, retryable "
        "FROM skipped LEFT JOIN feed_items ON subject_id = episode_id ORDER BY stage",
        "skipped",
        "feed_items",
    )
    by_stage = {stage: (title, reason, message, retryable) for stage, title, reason, message, retryable in skipped}

    assert len(skipped) == len(by_stage) == 3
    assert by_stage["episodes"][:2] == (WITHOUT_AUDIO, "no_media")
    assert by_stage["feeds"][1] == "failing"
    assert "Static on the Line" in by_stage["feeds"][2]
    assert "web page, not a feed" in by_stage["feeds"][2]
    assert by_stage["transcripts"][:2] == (WITHOUT_TRANSCRIPT, "whisper")
    assert "transcription.model" in by_stage["transcripts"][2]


def test_only_audio_that_must_be_heard_is_downloaded(week: Week) -> None:
    audio = [path for path, _ in week.asked if path.startswith("/audio/")]

    assert audio == ["/audio/night-lab/a-minute-on-morning-light.opus"]


def test_every_transcript_is_asked_for_once(week: Week) -> None:
    transcripts = [path for path, status in week.asked if path.startswith("/transcripts/") and status == 200]
    files = [path for path in (bundled_path("demo") / "site" / "transcripts").rglob("*") if path.is_file()]

    assert len(transcripts) == len(set(transcripts)) == len(files)


def test_every_link_within_the_site_leads_to_a_page(week: Week) -> None:
    site = Path(str(week.store.site))
    pages = list(site.rglob("*.html"))
    broken = [
        (page.relative_to(site).as_posix(), link)
        for page in pages
        for _, _, link, _ in html.fromstring(page.read_bytes()).iterlinks()
        if not leads_to_a_page(site, page, link)
    ]

    assert broken == []
    for name in ("index.html", "archive/index.html", "about/index.html", "feed.xml", "feed.json"):
        assert (site / name).stat().st_size > 0
    for digest in week.again_digests.values():
        assert (site / "days" / digest.digest_date.isoformat() / "index.html").exists()
        for entry in digest.entries:
            assert (site / "insights" / entry.candidate.insight.insight_id / "index.html").exists()


def leads_to_a_page(site: Path, page: Path, link: str) -> bool:
    address, fragment = urldefrag(link)
    if ":" in address.split("/")[0]:
        return True
    # The page for what is not there is shown under any address, so its links begin at the root.
    folder = site if address.startswith("/") else page.parent
    target = page if not address else folder / unquote(address.lstrip("/"))
    if fragment and target.suffix == ".html":
        return target.is_file() and f'id="{fragment}"' in target.read_text(encoding="utf-8")
    return target.is_file()


def test_the_mail_opens_in_a_mail_program_and_tells_each_claim(week: Week) -> None:
    (path,) = Path(str(week.store.mail)).glob("*.eml")
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    text, page = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert page is not None
    words = " ".join(text.get_content().split())

    assert message["To"].addresses[0].addr_spec == "demo@example.com"
    assert message.defects == []
    for entry in week.lived_digests[LAST].entries:
        assert " ".join(entry.candidate.insight.claim.split()) in words
    assert html.fromstring(page.get_content()).find(".//a") is not None


def test_the_duckdb_file_opens_and_its_marts_have_rows(week: Week) -> None:
    marts = [model.name for model in load_models(bundled_path("dbt_like_sql")).values() if "marts" in model.path.parts]
    with duckdb.connect(str(week.store.duckdb_file), read_only=True) as connection:
        rows = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in marts}

    assert len(rows) >= 4
    # The demo calls no model, so it costs nothing.
    assert {name for name, count in rows.items() if not count} == {"mart_costs"}


def test_the_funnel_adds_up(week: Week) -> None:
    with duckdb.connect(str(week.store.duckdb_file), read_only=True) as connection:
        funnel = connection.sql("SELECT * FROM mart_daily_funnel").df().to_dict("records")
        ((items, entries),) = connection.sql(
            "SELECT (SELECT count(*) FROM feed_items), (SELECT count(*) FROM digest_entries)"
        ).fetchall()

    for day in funnel:
        assert day["listed"] >= day["selected"] >= day["transcribed"] >= day["with_insights"]
        assert day["listed"] == day["transcribed"] + day["skipped"]
    assert sum(day["listed"] for day in funnel) == items == 15
    assert sum(day["in_digest"] for day in funnel) == entries


def test_a_second_run_asks_only_whether_feeds_changed(week: Week) -> None:
    statuses = {path: {status for at, status in week.asked_again if at == path} for path, _ in week.asked_again}

    assert statuses == {
        "/feeds/pipeline-weather.xml": {304},
        "/feeds/plain-prompt.xml": {304},
        "/feeds/long-road.xml": {304},
        "/feeds/street-and-grid.xml": {304},
        # Served without a validator, and not a feed at all.
        "/feeds/night-lab.xml": {200},
        "/feeds/static-on-the-line.xml": {200},
    }


def test_a_second_run_leaves_every_row_as_it_was_but_for_what_is_known_now(week: Week) -> None:
    digested = {"digests", "digest_entries", "related_insights", "check_results"}
    assert {name for name in week.lived if week.lived[name] != week.again[name]} <= digested

    revised = {day for day, digest in week.again_digests.items() if digest.revision > 1}
    same = {day for day, digest in week.again_digests.items() if digest == week.lived_digests[day]}
    # The late episode is known now on its own day; what the later digest took of it stays there.
    assert revised - {LATE_LISTED_DAY} == set(days_until(LATE_DAY, LATE_LISTED_DAY - timedelta(days=1)))
    # That one tells the same, from fewer insights that were considered; what is new in it is weighed against more.
    later, as_lived = week.again_digests[LATE_LISTED_DAY], week.lived_digests[LATE_LISTED_DAY]
    assert published(later) == published(as_lived)
    assert later.considered < as_lived.considered
    assert same == week.lived_digests.keys() - revised - {LATE_LISTED_DAY}


def published(digest: Digest) -> set[str]:
    return {entry.candidate.insight.insight_id for entry in digest.entries}


def test_a_third_run_changes_no_digest(week: Week) -> None:
    assert week.once_more_digests == week.again_digests


def test_a_second_run_sends_nothing_again(week: Week) -> None:
    assert week.mails == week.mails_again
    assert len(week.mails) == 1
    assert [row[week_column("outbox", "attempts")] for row in week.again["outbox"]] == [1]


def week_column(table: str, name: str) -> int:
    from podcast_insights.storage.schemas import table as table_named

    return table_named(table).column_names.index(name)

"""The committed demo is what its scripts say, and every file of it can be read by somebody else's reader."""

import io
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import feedparser
import pytest
import webvtt
import yaml

from podcast_insights.days import days_until
from podcast_insights.settings import load_settings

BASE = "http://127.0.0.1:1"
MOST_BYTES = 9_000_000

# show, day, slug, transcript
EPISODES = [
    ("pipeline-weather", date(2026, 11, 9), "a-full-queue-is-a-decision", "vtt"),
    ("pipeline-weather", date(2026, 11, 11), "backfills-without-fear", "vtt"),
    ("pipeline-weather", date(2026, 11, 14), "alerts-that-people-still-read", "vtt"),
    ("plain-prompt", date(2026, 11, 10), "grade-the-answer-first", "json"),
    ("plain-prompt", date(2026, 11, 12), "give-the-model-a-filing-cabinet", "json"),
    ("plain-prompt", date(2026, 11, 15), "small-agents-short-leashes", "json"),
    ("long-road", date(2026, 11, 11), "the-number-that-ate-the-team", "srt"),
    ("long-road", date(2026, 11, 12), "readers-letters", None),
    ("long-road", date(2026, 11, 13), "decide-like-you-can-undo-it", "srt"),
    ("night-lab", date(2026, 11, 9), "the-second-shift", "vtt"),
    ("night-lab", date(2026, 11, 12), "habits-live-in-the-room", "vtt"),
    ("night-lab", date(2026, 11, 14), "a-minute-on-morning-light", None),
    ("street-and-grid", date(2026, 11, 10), "the-lane-that-fills-itself", "vtt"),
    ("street-and-grid", date(2026, 11, 13), "paying-for-the-last-ten-percent", "vtt"),
    ("street-and-grid", date(2026, 11, 15), "shade-is-infrastructure", "vtt"),
]
SHOWS = list(dict.fromkeys(show for show, *_ in EPISODES))
WITH_TRANSCRIPT = [(show, slug, kind) for show, _, slug, kind in EPISODES if kind]


def read_feed(site: Path, name: str) -> Any:
    body = (site / "feeds" / f"{name}.xml").read_text(encoding="utf-8").replace("{base}", BASE)
    return feedparser.parse(io.BytesIO(body.encode()), sanitize_html=False, resolve_relative_uris=False)


def listed(feed: Any) -> list[tuple[date, str]]:
    return [(date(*entry.published_parsed[:3]), entry.link.rsplit("/", 1)[1]) for entry in feed.entries]


def read_cues(path: Path) -> Iterator[tuple[float, float, str, str]]:
    """Start, end, speaker and text of each cue."""
    if path.suffix == ".json":
        for segment in json.loads(path.read_text(encoding="utf-8"))["segments"]:
            yield segment["startTime"], segment["endTime"], segment["speaker"], segment["body"]
        return
    read = webvtt.read if path.suffix == ".vtt" else webvtt.from_srt
    for caption in read(str(path)):
        speaker, text = (caption.voice, caption.text) if path.suffix == ".vtt" else caption.text.split(": ", 1)
        yield seconds(caption.start), seconds(caption.end), speaker, text


def seconds(stamp: str) -> float:
    hours, minutes, rest = stamp.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


@pytest.fixture(scope="module")
def scripts(generator: Any, demo: Path) -> dict[str, Any]:
    shows = generator.scripts.read_shows(demo)
    return {script.slug: script for show in shows for script in generator.scripts.read_episodes(demo, show)}


@pytest.mark.parametrize("show", SHOWS)
def test_a_feed_parses_and_lists_its_episodes_newest_first(site: Path, show: str) -> None:
    feed = read_feed(site, show)

    assert not feed.bozo
    expected = [(day, slug) for name, day, slug, _ in EPISODES if name == show]
    assert listed(feed) == sorted(expected, reverse=True)


def test_every_day_of_the_demo_has_an_episode(demo: Path) -> None:
    days = yaml.safe_load((demo / "demo.yaml").read_text())["days"]

    per_day = Counter(day for _, day, _, _ in EPISODES)

    assert set(per_day) == set(days_until(days["first"], days["last"]))


def test_the_late_episode_is_in_its_feed_from_phase_two_on(demo: Path, site: Path) -> None:
    phases = {phase["phase"]: phase for phase in yaml.safe_load((demo / "demo.yaml").read_text())["phases"]}

    missing = set(listed(read_feed(site, "pipeline-weather"))) - set(listed(read_feed(site, "pipeline-weather.phase1")))

    assert missing == {(date(2026, 11, 11), "backfills-without-fear")}
    assert phases[2]["first_day"] == date(2026, 11, 13)
    served = {path: file for phase in phases.values() for path, file in phase["feeds"].items()}
    assert served == {"/feeds/pipeline-weather.xml": "site/feeds/pipeline-weather.phase1.xml"}


def test_the_server_is_told_about_files_that_exist(demo: Path) -> None:
    content = yaml.safe_load((demo / "demo.yaml").read_text())

    broken = content["broken_feeds"]["/feeds/static-on-the-line.xml"]
    assert (demo / broken["file"]).read_bytes().startswith(b"<!doctype html>")
    assert not (demo / "site/feeds/static-on-the-line.xml").exists()
    assert all((demo / "site" / path.lstrip("/")).is_file() for path in content["without_etag"])
    assert all((demo / file).is_file() for phase in content["phases"] for file in phase["feeds"].values())


@pytest.mark.parametrize("show", SHOWS)
def test_every_link_to_the_demos_server_is_a_file(site: Path, show: str) -> None:
    body = (site / "feeds" / f"{show}.xml").read_text(encoding="utf-8")
    paths = [part.split('"', 1)[0] for part in body.split("{base}/")[1:]]

    assert paths
    assert [path for path in paths if not (site / path).is_file()] == []


@pytest.mark.parametrize("show", SHOWS)
def test_an_enclosure_states_its_true_size_and_duration(site: Path, show: str, audio_s: dict[str, float]) -> None:
    for entry in read_feed(site, show).entries:
        for enclosure in entry.enclosures:
            path = enclosure.href.removeprefix(f"{BASE}/")
            assert int(enclosure.length) == (site / path).stat().st_size
            assert seconds(entry.itunes_duration) == pytest.approx(audio_s[path], abs=1)


def test_only_the_letters_have_no_audio_and_only_the_short_one_has_no_transcript(site: Path) -> None:
    entries = [entry for show in SHOWS for entry in read_feed(site, show).entries]

    silent = {entry.title for entry in entries if not entry.enclosures}
    without_transcript = {entry.title for entry in entries if "podcast_transcript" not in entry}

    assert silent == {"Letters: a written answer to three listeners"}
    assert without_transcript - silent == {"A minute on morning light"}


@pytest.mark.parametrize(("show", "slug", "kind"), WITH_TRANSCRIPT)
def test_a_transcript_lies_within_its_audio_and_spans_it(
    site: Path, audio_s: dict[str, float], show: str, slug: str, kind: str
) -> None:
    cues = list(read_cues(site / f"transcripts/{show}/{slug}.{kind}"))
    decoded_s = audio_s[f"audio/{show}/{slug}.opus"]

    assert all(start < end <= decoded_s for start, end, *_ in cues)
    assert all(before[1] <= after[0] for before, after in pairwise(cues))
    assert cues[-1][1] - cues[0][0] == pytest.approx(decoded_s, rel=0.02)


@pytest.mark.parametrize(("show", "slug", "kind"), WITH_TRANSCRIPT)
def test_a_transcript_says_what_the_script_says(
    site: Path, scripts: dict[str, Any], show: str, slug: str, kind: str
) -> None:
    written = [(turn.speaker, sentence) for turn in scripts[slug].turns for sentence in turn.sentences]
    cues = list(read_cues(site / f"transcripts/{show}/{slug}.{kind}"))

    assert " ".join(text for *_, text in cues) == " ".join(sentence for _, sentence in written)
    assert {speaker for _, _, speaker, _ in cues} == {speaker for speaker, _ in written} == set(scripts[slug].voices)
    assert len(written) >= 45


def test_ads_lie_within_their_episodes_and_are_where_the_transcript_has_them(
    demo: Path, site: Path, scripts: dict[str, Any], audio_s: dict[str, float]
) -> None:
    ads = json.loads((demo / "ads.json").read_text())
    by_guid = {script.guid: script for script in scripts.values()}
    with_ads = {script.guid for script in scripts.values() if any(turn.is_ad for turn in script.turns)}

    assert set(ads) == with_ads
    assert len(ads) >= 5
    for guid, spans in ads.items():
        script = by_guid[guid]
        cues = list(read_cues(site / script.transcript_path))
        said = [text for start, end, _, text in cues for first, last in spans if first <= start and end <= last]
        assert all(0 < start < end < audio_s[script.audio_path] for start, end in spans)
        assert " ".join(said) == " ".join(part for turn in script.turns if turn.is_ad for part in turn.sentences)


@pytest.mark.parametrize("show", SHOWS)
def test_a_feed_agrees_with_its_scripts(site: Path, scripts: dict[str, Any], show: str) -> None:
    for entry in read_feed(site, show).entries:
        script = scripts[entry.link.rsplit("/", 1)[1]]
        stated = (entry.id, entry.title, datetime(*entry.published_parsed[:6], tzinfo=UTC), entry.summary)
        assert stated == (script.guid, script.title, script.published_at, script.notes_html)


def test_the_settings_of_the_demo_are_valid(demo: Path, tmp_path: Path) -> None:
    rendered = (demo / "podcasts.yaml").read_text().replace("{base}", BASE)
    (tmp_path / "podcasts.yaml").write_text(rendered)

    settings = load_settings(tmp_path / "podcasts.yaml")

    assert [show.url for show in settings.shows] == [
        f"{BASE}/feeds/{name}.xml" for name in (*SHOWS, "static-on-the-line")
    ]
    assert settings.digest.start_date == date(2026, 11, 9)
    assert settings.feeds.allow_hosts == ("127.0.0.1",)


def test_the_demo_is_small(demo: Path) -> None:
    assert sum(path.stat().st_size for path in demo.rglob("*") if path.is_file()) < MOST_BYTES

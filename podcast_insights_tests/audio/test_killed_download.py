"""Real downloads into a real store: killed half-way, cut at the end, and gone on with."""

import hashlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from podcast_insights_tests.audio.downloading import download
from podcast_insights_tests.audio.fakes import tone, write_audio
from podcast_insights_tests.web.flaky_server import Answer, FlakyServer, a_flaky_server

PATIENCE_S = 120.0


@pytest.fixture
def server() -> Iterator[FlakyServer]:
    with a_flaky_server() as running:
        yield running


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_audio(tmp_path_factory.mktemp("sound") / "a.wav", tone(10)).read_bytes()


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def waits_for_bytes(path: Path, size_bytes: int) -> None:
    ends_s = time.monotonic() + PATIENCE_S
    while not path.exists() or path.stat().st_size < size_bytes:
        assert time.monotonic() < ends_s, "the child downloaded nothing"
        time.sleep(0.02)


def test_a_download_that_was_killed_half_way_goes_on_in_the_next_process(
    server: FlakyServer, sound: bytes, tmp_path: Path
) -> None:
    half = len(sound) // 2
    server.answers(Answer(body=sound, sends=half, then_waits=True), Answer(body=sound))
    # What is buffered when the process dies is lost: a file grows by 8 KiB at a time.
    surely_there = half - 70_000
    command = [sys.executable, "-m", "podcast_insights_tests.audio.downloading", server.url, str(tmp_path)]
    with subprocess.Popen(command) as child:
        waits_for_bytes(tmp_path / "partial" / "episode1.part", surely_there)
        child.send_signal(signal.SIGKILL)
    left_bytes = (tmp_path / "partial" / "episode1.part").stat().st_size
    assert files_in(tmp_path) == ["partial/episode1.part", "partial/episode1.part.json"]

    (audio,) = download(server.url, tmp_path).made

    stored = tmp_path / "blobs" / audio.blob_key
    assert server.ranges == [None, f"bytes={left_bytes}-"]
    assert surely_there <= left_bytes <= half
    assert stored.read_bytes() == sound
    assert audio.sha256 == hashlib.sha256(sound).hexdigest()
    assert (tmp_path / "partial").exists()
    assert not list((tmp_path / "partial").iterdir())


def test_a_download_that_stays_broken_is_gone_on_with_by_the_next_run(
    server: FlakyServer, sound: bytes, tmp_path: Path
) -> None:
    server.answers(*[Answer(body=sound, sends=1000)] * 4, Answer(body=sound))

    first, second = download(server.url, tmp_path), download(server.url, tmp_path)

    assert [(skip.reason, skip.retryable) for skip in first.skipped] == [("network", True)]
    assert second.made[0].sha256 == hashlib.sha256(sound).hexdigest()
    assert server.ranges[-1] == "bytes=4000-"


@pytest.mark.parametrize("body", [b"<html>expired</html>", b""])
def test_nothing_is_kept_of_what_is_no_audio(server: FlakyServer, body: bytes, tmp_path: Path) -> None:
    server.answers(Answer(body=body))

    (skip,) = download(server.url, tmp_path).skipped

    assert skip.reason == "bad_audio"
    assert files_in(tmp_path) == []


def test_a_cut_that_the_network_does_not_show_is_seen_by_decoding(
    server: FlakyServer, sound: bytes, tmp_path: Path
) -> None:
    whole = Answer(body=sound, has_length=False, etag=None)
    server.answers(replace(whole, sends=len(sound) * 7 // 10))

    (audio,) = download(server.url, tmp_path, duration_s=10).made

    assert audio.probe.is_damaged
    assert audio.probe.good_ratio == pytest.approx(0.7, abs=0.01)

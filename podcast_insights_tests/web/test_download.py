"""Downloads from a server that does everything wrong: what is asked again, what is kept, and what is refused."""

import gzip
import hashlib
import random
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podcast_insights.errors import (
    NetworkError,
    PodcastInsightsError,
    RefusedError,
    TooLargeError,
    TooSlowError,
    UnsafeAddressError,
)
from podcast_insights.web.client import WebClient
from podcast_insights.web.download import ContentRange, WebDownload, content_range, validator_of
from podcast_insights.web.partial import PartialFile, note_beside
from podcast_insights_tests.web.flaky_server import SERVED_AT, SETTLED_DATE, Answer, FlakyServer, a_flaky_server

BODY = random.Random(1).randbytes(300_000)
OTHER = random.Random(2).randbytes(250_000)
WHOLE = Answer(body=BODY)
CUT = replace(WHOLE, sends=100_000)
DATED = {"etag": None, "last_modified": SETTLED_DATE}
UNKNOWN = {"etag": None, "last_modified": None}
PACKED = gzip.compress(BODY)
ENCODED = {"Content-Encoding": "gzip"}
BOMB = gzip.compress(bytes(3_000_000))
FROM_CUT = "bytes=100000-"


@pytest.fixture
def server() -> Iterator[FlakyServer]:
    with a_flaky_server() as running:
        yield running


class Desk:
    """One file, one client, and the call."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.client = WebClient("podcast-insights-tests", ["localhost"])

    def downloads(self, url: str, *, max_bytes: int = 1_000_000, timeout_s: float = 5.0) -> WebDownload:
        return self.client.download(url, self.path, max_bytes=max_bytes, timeout_s=timeout_s)

    def left_behind(self, content: bytes, *, url: str, validator: str = '"v1"', total_bytes: int | None = None) -> None:
        """Leave what a call that was killed leaves."""
        with PartialFile(self.path, url) as partial:
            partial.restart(validator, total_bytes)
            partial.append(content)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "a.part")


def is_clean(path: Path) -> bool:
    return not note_beside(path).exists()


WHOLE_IN_THE_END: dict[str, tuple[list[Answer], bytes, list[str | None]]] = {
    "at once": ([WHOLE], BODY, [None]),
    "without a length": ([replace(WHOLE, has_length=False)], BODY, [None]),
    "in chunks": ([replace(WHOLE, is_chunked=True)], BODY, [None]),
    "empty": ([Answer()], b"", [None]),
    "cut once": ([CUT, WHOLE], BODY, [None, FROM_CUT]),
    "cut twice": ([CUT, CUT, WHOLE], BODY, [None, FROM_CUT, "bytes=200000-"]),
    "cut once, in chunks": (
        [replace(CUT, is_chunked=True), replace(WHOLE, is_chunked=True)],
        BODY,
        [None, FROM_CUT],
    ),
    "cut before the first byte": ([replace(CUT, sends=0), WHOLE], BODY, [None, None]),
    "cut, known by its date": (
        [replace(CUT, **DATED), replace(WHOLE, **DATED)],
        BODY,
        [None, FROM_CUT],
    ),
    "cut, a date that may still change": (
        [replace(CUT, etag=None, last_modified=SERVED_AT), WHOLE],
        BODY,
        [None, None],
    ),
    "cut, a weak ETag": ([replace(CUT, etag='W/"v1"'), WHOLE], BODY, [None, None]),
    "cut, a weak ETag and a date": (
        [replace(CUT, etag='W/"v1"', last_modified=SETTLED_DATE), replace(WHOLE, last_modified=SETTLED_DATE)],
        BODY,
        [None, FROM_CUT],
    ),
    "cut, nothing to know it by": ([replace(CUT, **UNKNOWN), WHOLE], BODY, [None, None]),
    "cut, no ranges served": ([CUT, replace(WHOLE, has_ranges=False)], BODY, [None, FROM_CUT]),
    "cut, and changed in between": ([CUT, Answer(body=OTHER, etag='"v2"')], OTHER, [None, FROM_CUT]),
    "cut, and changed and cut again": (
        [CUT, Answer(body=OTHER, etag='"v2"', sends=50_000), Answer(body=OTHER, etag='"v2"')],
        OTHER,
        [None, FROM_CUT, "bytes=50000-"],
    ),
    "cut, and the rest of another version": (
        [CUT, Answer(body=OTHER, etag='"v2"', heeds_if_range=False), Answer(body=OTHER, etag='"v2"')],
        OTHER,
        [None, FROM_CUT, None],
    ),
    "cut, and a rest that begins elsewhere": (
        [CUT, replace(WHOLE, more={"Content-Range": "bytes 90000-299999/300000"}), WHOLE],
        BODY,
        [None, FROM_CUT, None],
    ),
    "cut, and a rest of another size": (
        [CUT, replace(WHOLE, more={"Content-Range": "bytes 100000-299999/300001"}), WHOLE],
        BODY,
        [None, FROM_CUT, None],
    ),
    "cut, and a rest that says nothing of itself": (
        [CUT, replace(WHOLE, more={"Content-Range": ""}), WHOLE],
        BODY,
        [None, FROM_CUT, None],
    ),
    "cut, and a rest that is encoded": (
        [CUT, replace(WHOLE, more=ENCODED), WHOLE],
        BODY,
        [None, FROM_CUT, None],
    ),
    "cut, and no such range": (
        [CUT, replace(WHOLE, status=416, more={"Content-Range": "bytes */250000"}), WHOLE],
        BODY,
        [None, FROM_CUT, None],
    ),
    "a part that nobody asked for": (
        [replace(WHOLE, status=206, more={"Content-Range": "bytes 0-9/300000"}), WHOLE],
        BODY,
        [None, None],
    ),
    "not modified, though nobody asked": ([Answer(status=304), WHOLE], BODY, [None, None]),
    "encoded although none was asked for": ([Answer(body=PACKED, more=ENCODED)], BODY, [None]),
    "encoded and cut": (
        [Answer(body=PACKED, more=ENCODED, sends=100_000), Answer(body=PACKED, more=ENCODED)],
        BODY,
        [None, None],
    ),
    # Nobody can see that; decoding does.
    "cut without a length": ([replace(CUT, has_length=False)], BODY[:100_000], [None]),
}


@pytest.mark.parametrize(("answers", "expected", "ranges"), WHOLE_IN_THE_END.values(), ids=list(WHOLE_IN_THE_END))
def test_a_download_is_whole_in_the_end(
    server: FlakyServer, desk: Desk, answers: list[Answer], expected: bytes, ranges: list[str | None]
) -> None:
    server.answers(*answers)

    download = desk.downloads(server.url)

    assert desk.path.read_bytes() == expected
    assert (download.size_bytes, download.sha256) == (len(expected), hashlib.sha256(expected).hexdigest())
    assert server.ranges == ranges
    assert {request["accept-encoding"] for request in server.requests} == {"identity"}
    assert is_clean(desk.path)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    cuts=st.lists(st.integers(0, 400), max_size=3),
    versions=st.lists(st.booleans(), min_size=4, max_size=4),
    has_ranges=st.lists(st.booleans(), min_size=4, max_size=4),
    heeds_if_range=st.booleans(),
)
def test_wherever_it_is_cut_the_file_is_one_version_from_end_to_end(
    cuts: list[int], versions: list[bool], has_ranges: list[bool], heeds_if_range: bool
) -> None:
    """Two versions of as many bytes, served in any order, in pieces of any size."""
    answers = [
        Answer(
            body=BODY[:400] if version else OTHER[:400],
            etag='"v1"' if version else '"v2"',
            has_ranges=ranges,
            heeds_if_range=heeds_if_range,
            sends=cut,
        )
        for cut, version, ranges in zip([*cuts, None], versions, has_ranges, strict=False)
    ]
    with tempfile.TemporaryDirectory() as folder, a_flaky_server() as running:
        running.answers(*answers)
        desk = Desk(Path(folder) / "a.part")
        try:
            download = desk.downloads(running.url)
        except NetworkError:
            # The last answer was the rest of another version, and no attempt was left.
            return
        content = desk.path.read_bytes()

    assert content in {BODY[:400], OTHER[:400]}
    assert download.sha256 == hashlib.sha256(content).hexdigest()


REFUSED: dict[str, tuple[Answer, type[PodcastInsightsError], str, int]] = {
    "cut again and again": (replace(CUT, sends=50_000), NetworkError, "could not be read", 200_000),
    "cut again and again, with nothing to know it by": (
        replace(CUT, **UNKNOWN),
        NetworkError,
        "could not be read",
        100_000,
    ),
    "announced as too large": (Answer(body=bytes(2_000_000)), TooLargeError, "2000000 bytes", 0),
    "too large without saying so": (Answer(body=bytes(2_000_000), has_length=False), TooLargeError, "larger than", 0),
    "a gzip bomb": (Answer(body=BOMB, more=ENCODED), TooLargeError, "larger than", 0),
    "no gzip at all": (Answer(body=BODY, more=ENCODED), NetworkError, "could not be read", 0),
    "always the wrong part": (
        replace(WHOLE, status=206, more={"Content-Range": "bytes 5-9/*"}),
        NetworkError,
        "answered 206 with other bytes",
        0,
    ),
    "refused": (Answer(status=403), RefusedError, "answered 403", 0),
    "silence": (replace(CUT, sends=10_000, then_waits=True), NetworkError, "did not answer in time", 40_000),
    "drips": (replace(CUT, then_drips=True), TooSlowError, "took longer than", 100_000),
}


@pytest.mark.parametrize(("answer", "error", "message", "kept"), REFUSED.values(), ids=list(REFUSED))
def test_a_download_fails_with_its_reason_and_keeps_what_came(
    server: FlakyServer, desk: Desk, answer: Answer, error: type[PodcastInsightsError], message: str, kept: int
) -> None:
    server.answers(answer)

    with pytest.raises(error, match=message) as raised:
        # Of the time that is left, each of four attempts waits half: a sixteenth is there for all the rest.
        desk.downloads(server.url, timeout_s=0.5 if "took" in message else 4.0)

    assert type(raised.value) is error
    assert kept <= desk.path.stat().st_size <= kept + 100
    assert desk.path.read_bytes()[:kept] == BODY[:kept]
    assert len(server.requests) <= 4


LEFT_BEHIND: dict[str, tuple[dict[str, Any], Answer, list[str | None]]] = {
    "it goes on": ({}, WHOLE, [FROM_CUT]),
    "it goes on where its size is known": ({"total_bytes": 300_000}, WHOLE, [FROM_CUT]),
    "its size was another": ({"total_bytes": 299_999}, WHOLE, [FROM_CUT, None]),
    "another version is served now": ({"validator": '"v0"'}, WHOLE, [FROM_CUT]),
    "it was complete": ({"content": BODY, "total_bytes": 300_000}, WHOLE, ["bytes=300000-"]),
    "it was complete, nobody had said": ({"content": BODY}, WHOLE, ["bytes=300000-"]),
    "it is longer than the file": ({"content": BODY + b"more"}, WHOLE, ["bytes=300004-", None]),
    "another file was left": ({"url": "http://localhost/b.mp3"}, WHOLE, [None]),
    "another file on the same host, known by its date": (
        {"url": "?id=2", "validator": SETTLED_DATE},
        replace(WHOLE, **DATED),
        [None],
    ),
    "the same file under another token": ({"url": "?token=old"}, WHOLE, [FROM_CUT]),
}


@pytest.mark.parametrize(("left", "answer", "ranges"), LEFT_BEHIND.values(), ids=list(LEFT_BEHIND))
def test_what_an_earlier_process_left_is_continued_only_where_it_is_the_same_file(
    server: FlakyServer, desk: Desk, left: dict[str, Any], answer: Answer, ranges: list[str | None]
) -> None:
    url = left.get("url", "")
    known = {"content": BODY[:100_000], **left, "url": url if url.startswith("http") else server.url + url}
    desk.left_behind(known.pop("content"), **known)
    server.answers(answer)

    download = desk.downloads(server.url)

    assert desk.path.read_bytes() == BODY
    assert download.sha256 == hashlib.sha256(BODY).hexdigest()
    assert server.ranges == ranges
    assert is_clean(desk.path)


@pytest.mark.parametrize("note", ["", "{}", "[1]", '{"validator": 1, "address_sha256": "", "total_bytes": 1}', "\0"])
def test_bytes_without_a_note_that_can_be_read_are_worth_nothing(server: FlakyServer, desk: Desk, note: str) -> None:
    desk.path.write_bytes(BODY[:100])
    note_beside(desk.path).write_text(note)
    server.answers(WHOLE)

    assert desk.downloads(server.url).resumed_bytes == 0
    assert desk.path.read_bytes() == BODY
    assert server.ranges == [None]


def test_the_limit_counts_what_is_there_already(server: FlakyServer, desk: Desk) -> None:
    desk.left_behind(BODY[:100_000], url=server.url)
    server.answers(WHOLE)

    with pytest.raises(TooLargeError, match="300000 bytes; the limit is 250000"):
        desk.downloads(server.url, max_bytes=250_000)

    assert desk.path.read_bytes() == b""
    assert is_clean(desk.path)


def test_says_how_much_was_there_before(server: FlakyServer, desk: Desk) -> None:
    desk.left_behind(BODY[:100_000], url=server.url)
    server.answers(WHOLE)

    assert desk.downloads(server.url).resumed_bytes == 100_000


def test_a_slow_download_goes_on_the_next_time(server: FlakyServer, desk: Desk) -> None:
    server.answers(replace(CUT, then_drips=True), WHOLE)
    with pytest.raises(TooSlowError):
        desk.downloads(server.url, timeout_s=0.2)
    came = desk.path.read_bytes()
    # What dripped was not the file's.
    desk.path.write_bytes(came[:100_000])

    assert desk.downloads(server.url).sha256 == hashlib.sha256(BODY).hexdigest()
    assert server.ranges == [None, FROM_CUT]


def test_neither_the_note_nor_a_message_holds_a_secret(server: FlakyServer, desk: Desk) -> None:
    url = server.url.replace("http://", "http://ann:hunter2@") + "?token=abc123"
    server.answers(replace(CUT, sends=10))

    with pytest.raises(NetworkError) as raised:
        desk.downloads(url)

    shown = note_beside(desk.path).read_text() + str(raised.value)
    assert "hunter2" not in shown
    assert "abc123" not in shown


def test_a_folder_that_cannot_be_written_is_not_called_a_network_error(server: FlakyServer, desk: Desk) -> None:
    server.answers(WHOLE)

    with pytest.raises(FileNotFoundError):
        desk.client.download(server.url, desk.path / "a" / "b", max_bytes=10, timeout_s=1)


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("/a.mp3", RefusedError),
        ("http://127.0.0.1:{port}/secret", UnsafeAddressError),
        ("http://169.254.169.254/latest", UnsafeAddressError),
        ("file:///etc/passwd", UnsafeAddressError),
    ],
)
def test_a_redirect_leads_a_download_nowhere_private_and_not_in_circles(
    server: FlakyServer, desk: Desk, target: str, error: type[PodcastInsightsError]
) -> None:
    port = server.url.partition("localhost:")[2].partition("/")[0]
    server.answers(Answer(status=302, more={"Location": target.format(port=port)}))

    with pytest.raises(error):
        desk.downloads(server.url)

    assert len(server.requests) == (11 if error is RefusedError else 1)
    assert desk.path.read_bytes() == b""


def test_a_name_that_resolves_differently_a_moment_later_gains_nothing(
    server: FlakyServer, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The resolver is the attacker's: the name is public when it is checked, and ours when it is connected to."""
    port = int(server.url.partition("localhost:")[2].partition("/")[0])
    asked: list[str] = []

    def resolve(host: str, *_: object, **__: object) -> list[tuple[Any, ...]]:
        asked.append(host)
        if host == "93.184.215.14":
            raise OSError("this test reaches nothing outside")
        address = "93.184.215.14" if asked.count(host) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(NetworkError):
        desk.downloads(f"http://rebind.example:{port}/a.mp3")

    assert server.requests == []
    assert asked.count("rebind.example") == 1
    assert set(asked) == {"rebind.example", "93.184.215.14"}


@pytest.mark.parametrize(
    ("headers", "validator"),
    [
        ({"ETag": '"v1"'}, '"v1"'),
        ({"ETag": 'W/"v1"'}, None),
        ({"ETag": "v1"}, None),
        ({"ETag": '""'}, None),
        ({"ETag": '"' + "x" * 600 + '"'}, None),
        ({"ETag": '"caf\u00e9"'}, None),
        ({"ETag": '"v1"', "Content-Encoding": "gzip"}, None),
        ({"ETag": '"v1"', "Content-Encoding": "identity"}, '"v1"'),
        ({"Last-Modified": SETTLED_DATE, "Date": SERVED_AT}, SETTLED_DATE),
        ({"Last-Modified": SETTLED_DATE}, None),
        ({"Last-Modified": SERVED_AT, "Date": SERVED_AT}, None),
        ({"Last-Modified": SERVED_AT, "Date": SETTLED_DATE}, None),
        ({"Last-Modified": "yesterday", "Date": SERVED_AT}, None),
        ({}, None),
    ],
)
def test_only_what_proves_that_a_file_is_the_same_is_kept(headers: dict[str, str], validator: str | None) -> None:
    assert validator_of(headers) == validator


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("bytes 5-9/20", ContentRange(first=5, end=10, total=20)),
        ("bytes 0-0/1", ContentRange(first=0, end=1, total=1)),
        ("bytes 5-9/*", ContentRange(first=5, end=10, total=None)),
        ("bytes */20", ContentRange(first=None, end=None, total=20)),
        ("bytes 9-5/20", None),
        ("bytes 5-20/20", None),
        ("bytes -5/20", None),
        ("items 5-9/20", None),
        ("bytes 5-9/" + "9" * 400, None),
        ("bytes ٥-9/20", None),
        ("", None),
        (None, None),
    ],
)
def test_reads_content_range(written: str | None, expected: ContentRange | None) -> None:
    assert content_range(written) == expected

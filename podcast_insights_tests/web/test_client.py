"""The web client against servers on loopback."""

import gzip
import logging
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from podcast_insights import __version__
from podcast_insights.errors import (
    GoneError,
    NetworkError,
    PodcastInsightsError,
    RefusedError,
    TooLargeError,
    TooSlowError,
    UnsafeAddressError,
)
from podcast_insights.web.client import WebClient, user_agent
from podcast_insights.web.redact import mask_mail, redact_url

LIMITS = {"max_bytes": 100_000, "timeout_s": 5.0}


@pytest.fixture
def client() -> WebClient:
    return WebClient(user_agent("https://example.com/about"), ["localhost"])


@pytest.fixture(params=["the body", "a header", "the length of a chunk"])
def dripping_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server that answers with a byte at a time and never ends, from some place of its answer on."""
    heads = {
        "the body": b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
        "a header": b"HTTP/1.1 200 OK\r\nX-Long: ",
        "the length of a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfeed\r\n1;",
    }
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stopped = threading.Event()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(heads[request.param])
                while not stopped.wait(0.05):
                    connection.sendall(b"x")

        def serve_until_refused() -> None:
            try:
                serve()
            except OSError:
                stopped.set()

        thread = threading.Thread(target=serve_until_refused)
        thread.start()
        yield f"http://localhost:{listener.getsockname()[1]}/"
        stopped.set()
        thread.join()


@contextmanager
def answering(sent: bytes) -> Iterator[str]:
    """A server that answers one request with these bytes, which no library would write."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(sent)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://localhost:{listener.getsockname()[1]}/"
        thread.join()


def test_returns_the_decoded_body_and_how_much_came(httpserver: HTTPServer, client: WebClient) -> None:
    packed = gzip.compress(b"feed" * 1000)
    headers = {"Content-Encoding": "gzip", "ETag": '"v1"'}
    httpserver.expect_request("/feed").respond_with_data(packed, headers=headers)
    answer = client.get(httpserver.url_for("/feed"), **LIMITS)
    assert answer.body == b"feed" * 1000
    assert answer.body_bytes == len(packed)
    assert answer.headers["etag"] == '"v1"'
    assert answer.permanent_url is None


def test_introduces_itself_and_passes_conditions(httpserver: HTTPServer, client: WebClient) -> None:
    httpserver.expect_request(
        "/feed",
        headers={
            "User-Agent": f"podcast-insights/{__version__} (+https://example.com/about)",
            "If-None-Match": '"v1"',
        },
    ).respond_with_data(status=304)
    answer = client.get(httpserver.url_for("/feed"), headers={"If-None-Match": '"v1"'}, **LIMITS)
    assert (answer.status, answer.body) == (304, b"")


def test_user_agent_without_a_contact_is_name_and_version() -> None:
    assert user_agent(None) == f"podcast-insights/{__version__}"


@pytest.mark.parametrize(
    ("status", "error", "retryable"),
    [
        (401, RefusedError, False),
        (403, RefusedError, False),
        (404, RefusedError, False),
        (418, RefusedError, False),
        (410, GoneError, False),
        (429, NetworkError, True),
        (500, NetworkError, True),
        (503, NetworkError, True),
    ],
)
def test_translates_the_status(
    httpserver: HTTPServer, client: WebClient, status: int, error: type[PodcastInsightsError], retryable: bool
) -> None:
    httpserver.expect_request("/feed").respond_with_data(status=status)
    with pytest.raises(error, match=str(status)) as raised:
        client.get(httpserver.url_for("/feed"), **LIMITS)
    assert type(raised.value) is error
    assert raised.value.retryable is retryable
    assert raised.value.status == status


def test_retries_a_brief_failure_once(httpserver: HTTPServer, client: WebClient) -> None:
    httpserver.expect_ordered_request("/feed").respond_with_data(status=503)
    httpserver.expect_ordered_request("/feed").respond_with_data(b"ok")
    assert client.get(httpserver.url_for("/feed"), **LIMITS).body == b"ok"


def test_one_client_serves_many_threads(httpserver: HTTPServer, client: WebClient) -> None:
    httpserver.expect_request("/feed").respond_with_handler(lambda request: Response(request.query_string))
    urls = [httpserver.url_for(f"/feed?{number}") for number in range(24)]
    with ThreadPoolExecutor(max_workers=8) as pool:
        bodies = list(pool.map(lambda url: client.get(url, **LIMITS).body, urls))
    assert bodies == [str(number).encode() for number in range(24)]


def test_leaves_a_long_wait_to_the_next_poll(httpserver: HTTPServer, client: WebClient) -> None:
    httpserver.expect_request("/feed").respond_with_data(status=429, headers={"Retry-After": "3600"})
    with pytest.raises(NetworkError) as raised:
        client.get(httpserver.url_for("/feed"), **LIMITS)
    assert raised.value.retry_after_s == 3600
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("written", ["soon", "", "Wed, 99 Foo 2026 07:28:00 GMT", "9" * 5000, "-1"])
def test_a_wait_that_cannot_be_read_hides_no_status(httpserver: HTTPServer, client: WebClient, written: str) -> None:
    httpserver.expect_request("/feed").respond_with_data(status=503, headers={"Retry-After": written})
    with pytest.raises(NetworkError, match="answered 503") as raised:
        client.get(httpserver.url_for("/feed"), **LIMITS)
    assert (raised.value.status, raised.value.retryable, raised.value.retry_after_s) == (503, True, None)
    assert len(httpserver.log) == 2


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/feed",
        "http://[::1]:{port}/feed",
        "http://[::ffff:127.0.0.1]:{port}/feed",
        "http://2130706433:{port}/feed",
        "http://0.0.0.0:{port}/feed",
        "http://10.0.0.1/feed",
        "http://192.168.1.1/feed",
        "http://169.254.169.254/latest/meta-data",
        "http://100.64.0.1/feed",
        "http://localhost@127.0.0.1:{port}/feed",
        "file:///etc/passwd",
        "ftp://example.com/feed",
        "http:///feed",
        "http://[::1/feed",
        "feed",
    ],
)
def test_refuses_addresses_that_are_not_public(httpserver: HTTPServer, client: WebClient, url: str) -> None:
    httpserver.expect_request("/feed").respond_with_data(b"secret")
    with pytest.raises(UnsafeAddressError):
        client.get(url.format(port=httpserver.port), **LIMITS)
    assert httpserver.log == []


@pytest.mark.parametrize("target", ["http://127.0.0.1:{port}/secret", "file:///etc/passwd", "//169.254.169.254/x"])
def test_refuses_a_redirect_to_an_address_that_is_not_public(
    httpserver: HTTPServer, client: WebClient, target: str
) -> None:
    location = {"Location": target.format(port=httpserver.port)}
    httpserver.expect_request("/feed").respond_with_data(status=302, headers=location)
    httpserver.expect_request("/secret").respond_with_data(b"secret")
    with pytest.raises(UnsafeAddressError):
        client.get(httpserver.url_for("/feed"), **LIMITS)
    assert [request.path for request, _ in httpserver.log] == ["/feed"]


@pytest.mark.parametrize(
    ("statuses", "is_permanent"), [((301, 308), True), ((301, 302), False), ((307, 301), False), ((301,), True)]
)
def test_follows_redirects_and_says_whether_they_are_permanent(
    httpserver: HTTPServer, client: WebClient, statuses: tuple[int, ...], is_permanent: bool
) -> None:
    for hop, status in enumerate(statuses):
        httpserver.expect_request(f"/{hop}").respond_with_data(status=status, headers={"Location": f"/{hop + 1}"})
    end = httpserver.url_for(f"/{len(statuses)}")
    httpserver.expect_request(f"/{len(statuses)}").respond_with_data(b"feed")
    answer = client.get(httpserver.url_for("/0"), **LIMITS)
    assert answer.body == b"feed"
    assert answer.final_url == end
    assert answer.permanent_url == (end if is_permanent else None)


class MovedInUtf8(BaseHTTPRequestHandler):
    """Redirects to an address that is not encoded as the standard wants, and serves what is there."""

    moved_to = "/Épisode.mp3"

    def do_GET(self) -> None:  # The name is the library's.
        has_moved = self.path != quote(self.moved_to)
        self.send_response(302 if has_moved else 200)
        self.send_header("Location", self.moved_to.encode().decode("latin-1"))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_follows_a_redirect_that_is_written_in_utf_8(client: WebClient) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), MovedInUtf8) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            answer = client.get(f"http://localhost:{server.server_port}/feed", **LIMITS)
        finally:
            server.shutdown()
            thread.join()
    assert (answer.status, answer.final_url) == (200, f"http://localhost:{server.server_port}{MovedInUtf8.moved_to}")


@pytest.mark.parametrize("target", ["http://[bad/", "http://a℀b.example/"])
def test_a_redirect_to_what_is_no_address_is_refused(client: WebClient, target: str) -> None:
    head = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()
    with answering(head) as url, pytest.raises(UnsafeAddressError, match="leads to what is not an address"):
        client.get(url, **LIMITS)


def test_a_length_of_thousands_of_digits_is_no_length(client: WebClient) -> None:
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: " + b"1" * 5000 + b"\r\n\r\nfeed") as url:
        assert client.get(url, **LIMITS).body == b"feed"


def test_gives_up_on_a_circle_of_redirects(httpserver: HTTPServer, client: WebClient) -> None:
    httpserver.expect_request("/feed").respond_with_data(status=301, headers={"Location": "/feed"})
    with pytest.raises(RefusedError, match="redirected more than"):
        client.get(httpserver.url_for("/feed"), **LIMITS)


def test_sends_a_login_only_to_the_host_that_it_is_for(httpserver: HTTPServer) -> None:
    client = WebClient(user_agent(None), ["localhost", "127.0.0.1"])
    elsewhere = f"http://127.0.0.1:{httpserver.port}/next"
    httpserver.expect_request("/feed").respond_with_data(status=302, headers={"Location": elsewhere})
    httpserver.expect_request("/next").respond_with_data(b"feed")
    client.get(f"http://ann:hunter2@localhost:{httpserver.port}/feed", **LIMITS)
    sent = [request.headers.get("Authorization") for request, _ in httpserver.log]
    assert sent[0] is not None
    assert sent[1] is None


def test_keeps_no_cookies(httpserver: HTTPServer, client: WebClient) -> None:
    httpserver.expect_request("/feed").respond_with_data(b"feed", headers={"Set-Cookie": "id=1; Path=/"})
    client.get(httpserver.url_for("/feed"), **LIMITS)
    client.get(httpserver.url_for("/feed"), **LIMITS)
    assert [request.headers.get("Cookie") for request, _ in httpserver.log] == [None, None]


@pytest.mark.parametrize("announced", [True, False])
def test_refuses_more_bytes_than_the_limit(httpserver: HTTPServer, client: WebClient, announced: bool) -> None:
    def serve(_: Request) -> Response:
        return Response([b"x" * 60_000, b"x" * 60_000], headers={"Content-Length": "120000"} if announced else None)

    httpserver.expect_request("/feed").respond_with_handler(serve)
    with pytest.raises(TooLargeError, match="100000"):
        client.get(httpserver.url_for("/feed"), **LIMITS)


def test_refuses_a_small_body_that_unpacks_to_more_than_the_limit(httpserver: HTTPServer, client: WebClient) -> None:
    packed = gzip.compress(b"\0" * 5_000_000)
    httpserver.expect_request("/feed").respond_with_data(packed, headers={"Content-Encoding": "gzip"})
    with pytest.raises(TooLargeError):
        client.get(httpserver.url_for("/feed"), **LIMITS)


def test_reports_a_body_that_does_not_unpack(httpserver: HTTPServer, client: WebClient) -> None:
    httpserver.expect_request("/feed").respond_with_data(b"not gzip", headers={"Content-Encoding": "gzip"})
    with pytest.raises(NetworkError):
        client.get(httpserver.url_for("/feed"), **LIMITS)


def test_a_dripping_server_does_not_outlive_the_deadline(dripping_url: str, client: WebClient) -> None:
    with pytest.raises((TooSlowError, NetworkError), match=r"took longer than|did not answer in time") as raised:
        client.get(dripping_url, max_bytes=100_000, timeout_s=0.2)
    assert raised.value.retryable


def test_reports_a_server_that_is_not_there(client: WebClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NetworkError, match=r"could not be read: nothing listens there$") as raised:
        client.get(f"http://ann:hunter2@localhost:{port}/feed?token=abc", **LIMITS)
    assert "hunter2" not in str(raised.value)
    assert "abc" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "redacted"),
    [
        ("https://ann:hunter2@example.com/feed", "https://example.com/feed"),
        ("https://example.com/feed?token=abc&page=2", "https://example.com/feed?token=...&page=..."),
        ("https://example.com/feed?abc", "https://example.com/feed?..."),
        ("https://example.com/feed?page=2&abc&=b=c", "https://example.com/feed?page=...&...&..."),
        ("https://example.com/feed#part", "https://example.com/feed"),
        ("http://[::1/feed", "an address that cannot be read"),
        ("https://example.com/my show/feed", "https://example.com/my%20show/feed"),
    ],
)
def test_redacts_what_may_be_secret(url: str, redacted: str) -> None:
    assert redact_url(url) == redacted


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("jane.doe+news@example.com", "j***@example.com"),
        (
            "550 <ada@example.org>: no such user ada@example.org",
            "550 <a***@example.org>: no such user a***@example.org",
        ),
        (
            "written to /data/mail/2026-11-13-ada@example.org.eml",
            "written to /data/mail/2026-11-13-a***@example.org.eml",
        ),
        ('"jürgen"@example.org, ä@example.org', '"jürgen"@example.org, ä***@example.org'),
        ("https://example.com/@handle/1.mp3 @ 5 o'clock", "https://example.com/@handle/1.mp3 @ 5 o'clock"),
        ("root@localhost:25", "r***@localhost:25"),
    ],
)
def test_who_gets_mail_is_known_only_to_who_knows_it(text: str, masked: str) -> None:
    assert mask_mail(text) == masked


def test_no_log_tells_the_address_of_what_is_asked_again(client: WebClient, caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(NetworkError), caplog.at_level(logging.DEBUG):
        client.get(f"http://localhost:{port}/feed?token=a-secret", **LIMITS)

    assert "a-secret" not in caplog.text


def test_an_address_that_is_refused_is_in_no_log(client: WebClient, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(UnsafeAddressError):
        client.get("http://10.0.0.1/feed", **LIMITS)

    assert caplog.text == ""

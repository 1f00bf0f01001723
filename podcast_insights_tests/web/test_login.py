"""Logins in addresses: taken out, and told to the host that they are for alone."""

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from podcast_insights.errors import UnsafeAddressError
from podcast_insights.web.client import WebClient
from podcast_insights.web.login import login_in, origin_of, without_login


@pytest.mark.parametrize(
    ("url", "login", "bare"),
    [
        ("https://me:p%40ss@a.example/f?x=1", ("me", "p@ss"), "https://a.example/f?x=1"),
        ("https://me@a.example:8443/f", ("me", ""), "https://a.example:8443/f"),
        ("https://a.example/f@g", None, "https://a.example/f@g"),
    ],
)
def test_a_login_is_taken_out(url: str, login: tuple[str, str] | None, bare: str) -> None:
    assert (login_in(url), without_login(url)) == (login, bare)


def test_an_origin_is_scheme_host_and_port() -> None:
    assert origin_of("https://A.example./x") == origin_of("https://a.example:443/y") == ("https", "a.example", 443)
    assert origin_of("http://a.example/") != origin_of("https://a.example/")
    assert origin_of("mailto:me") is None
    assert origin_of("http://a.example:port/") is None


def test_a_login_follows_redirects_on_its_host_and_goes_nowhere_else(httpserver: HTTPServer) -> None:
    seen: dict[str, str | None] = {}

    def remember(request: Request) -> Response:
        seen[f"{request.host.partition(':')[0]}{request.path}"] = request.headers.get("Authorization")
        targets = {"/start": httpserver.url_for("/here"), "/here": f"http://127.0.0.1:{httpserver.port}/elsewhere"}
        target = targets.get(request.path)
        return Response(status=302, headers={"Location": target}) if target else Response("done")

    httpserver.expect_request("/start").respond_with_handler(remember)
    httpserver.expect_request("/here").respond_with_handler(remember)
    httpserver.expect_request("/elsewhere").respond_with_handler(remember)
    address = httpserver.url_for("/start").replace("://", "://me:secret@")
    web = WebClient("tests", ["localhost", "127.0.0.1"], secret_urls={"env:X": address})

    assert web.get("env:X", max_bytes=100, timeout_s=5).body == b"done"
    assert seen["localhost/start"] == seen["localhost/here"] == "Basic bWU6c2VjcmV0"
    assert seen["127.0.0.1/elsewhere"] is None


def test_a_login_is_not_told_to_the_host_before_a_backslash(httpserver: HTTPServer) -> None:
    # The host is "localhost" to the library that connects, and what stands behind the "@" to Python's own parser.
    httpserver.expect_request("/").respond_with_data(b"evil")
    web = WebClient("tests", ["localhost"], secret_urls={"env:X": "http://me:secret@private.example/feed"})

    with pytest.raises(UnsafeAddressError, match="not an http or https address"):
        web.get(f"http://localhost:{httpserver.port}\\@private.example/feed", max_bytes=100, timeout_s=5)
    assert [request.headers.get("Authorization") for request, _ in httpserver.log] == []

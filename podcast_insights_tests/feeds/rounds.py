"""Rounds of polls for tests: feeds on a real server, and a reader who polls them again and again."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from podcast_insights.feeds.older import ReadingRules
from podcast_insights.feeds.poll import PollReport, poll_feeds
from podcast_insights.feeds.values import FeedPoll
from podcast_insights.settings import FeedSettings, ShowSettings
from podcast_insights.web.client import WebClient
from podcast_insights_tests.feeds.fakes import Clock, MemoryCatalog

HALF_HOUR = timedelta(minutes=30)


class FeedServer:
    """Feeds by path on a real server: each path serves a body, an answer of its own, or a failure."""

    def __init__(self, server: HTTPServer) -> None:
        self._server = server
        self.requests: list[Request] = []

    def url(self, path: str = "/feed") -> str:
        return self._server.url_for(path)

    def serves(self, body: bytes, path: str = "/feed", **headers: str) -> None:
        """Serve a body; with an ETag or Last-Modified, answer 304 to who has it already."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        def handle(request: Request) -> Response:
            self.requests.append(request)
            etag, modified = named.get("ETag"), named.get("Last-Modified")
            has_it = (etag and request.headers.get("If-None-Match") == etag) or (
                modified and request.headers.get("If-Modified-Since") == modified
            )
            return Response(status=304, headers=named) if has_it else Response(body, headers=named)

        self._handles(path, handle)

    def answers(self, status: int, path: str = "/feed", **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._handles(path, lambda _: Response(status=status, headers=named))

    def _handles(self, path: str, handle: object) -> None:
        self._server.expect_request(path).respond_with_handler(handle)


class Round:
    """A reader's settings, catalogue and clock, to poll with again and again."""

    def __init__(self, *shows: ShowSettings) -> None:
        self.shows = shows
        self.catalog = MemoryCatalog()
        self.start_date = date(2024, 1, 1)
        self.clock = Clock()
        self.settings = FeedSettings(workers=2, max_feed_bytes=20_000, timeout_s=5)
        self.web = WebClient("podcast-insights-tests", ["localhost"])

    def polls(self, *, only_due: bool = False, budget_s: float | None = None, reads_back: bool = False) -> PollReport:
        return poll_feeds(
            self.shows,
            self.catalog,
            self.web,
            rules=ReadingRules(
                feeds=self.settings, timezone=ZoneInfo("UTC"), start_date=self.start_date, reads_back=reads_back
            ),
            now=self.clock,
            only_due=only_due,
            budget_s=budget_s,
        )

    def polls_one(self) -> FeedPoll:
        (poll,) = self.polls().polls
        return poll


def refreshed(server: HTTPServer) -> FeedServer:
    """Forget what was served, so that the same path can serve something else."""
    server.clear()
    return FeedServer(server)

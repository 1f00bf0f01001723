from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer

from podcast_insights.settings import ShowSettings
from podcast_insights_tests.feeds.rounds import FeedServer, Round


@pytest.fixture
def feeds(httpserver: HTTPServer) -> Iterator[FeedServer]:
    yield FeedServer(httpserver)
    httpserver.clear()


@pytest.fixture
def reader(feeds: FeedServer) -> Round:
    return Round(ShowSettings(url=feeds.url()))

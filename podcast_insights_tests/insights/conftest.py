"""The scripted model server, one per test."""

import pytest
from pytest_httpserver import HTTPServer

from podcast_insights_tests.insights.fakes import FakeModelServer


@pytest.fixture
def server(httpserver: HTTPServer) -> FakeModelServer:
    return FakeModelServer(httpserver)

import pytest

from podcast_insights.audio.lanes import lane_of, media_host
from podcast_insights_tests.audio.fakes import episode


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://cdn.example.com/a.mp3", "cdn.example.com"),
        ("https://CDN.example.com:8080/a.mp3", "cdn.example.com"),
        ("https://count.example/redirect.mp3/cdn.example.com/a.mp3", "cdn.example.com"),
        ("https://count.example/e/other.example/s/CDN.example.com/shows/1/a.mp3?id=2", "cdn.example.com"),
        ("https://cdn.example.com/shows/episode.1.mp3/a.mp3", "cdn.example.com"),
        ("https://cdn.example.com/evil.example.com", "cdn.example.com"),
        ("https://cdn.example.com/v1.2/a.mp3", "cdn.example.com"),
        ("http://[::1/a.mp3", None),
    ],
)
def test_the_last_host_in_an_address_serves_the_file(url: str, host: str | None) -> None:
    assert media_host(url) == host


@pytest.mark.parametrize(
    ("url", "lane"),
    [("https://cdn.example.com/a.mp3", "cdn.example.com"), ("private:7f3a", "show1"), (None, "show1")],
)
def test_an_episode_waits_for_its_host_else_for_its_show(url: str | None, lane: str) -> None:
    assert lane_of(episode(1, url=url)) == lane

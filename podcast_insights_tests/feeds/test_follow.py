from dataclasses import replace

import pytest

from podcast_insights.feeds.follow import failing_shows, settings_by_show
from podcast_insights.feeds.values import FeedStatus
from podcast_insights.settings import ShowSettings
from podcast_insights_tests.storage.examples import a_show


@pytest.mark.parametrize(
    ("configured", "stated", "language"),
    [
        (None, "de", "de"),
        (None, "EN-us", "en-us"),
        (None, "pt_BR", "pt-br"),
        ("fr", "en", "fr"),
        (None, "English", None),
        (None, "<b>en</b>", None),
        (None, None, None),
    ],
)
def test_the_feeds_language_counts_where_the_settings_name_none(
    configured: str | None, stated: str | None, language: str | None
) -> None:
    show = replace(a_show("show1"), language=stated, configured_url="https://example.org/feed")

    found = settings_by_show([ShowSettings(url="https://example.org/feed", language=configured)], [show])

    assert found["show1"].language == language
    assert found["show1"].url == "https://example.org/feed"


@pytest.mark.parametrize("status", ["failing", "held", "gone"])
def test_a_show_fails_until_it_is_paused(status: FeedStatus) -> None:
    url = "https://example.org/feed"
    show = replace(a_show("show1"), status=status, last_error="no answer", configured_url=url)

    assert [skip.reason for skip in failing_shows([ShowSettings(url=url)], [show])] == [status]
    assert failing_shows([ShowSettings(url=url, paused=True)], [show]) == ()

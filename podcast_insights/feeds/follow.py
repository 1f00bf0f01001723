"""Which known shows the reader follows, and which of them fail."""

from collections.abc import Iterable, Mapping

from podcast_insights.feeds.values import Show
from podcast_insights.settings import ShowSettings
from podcast_insights.skips import Skip


def settings_by_show(configured: Iterable[ShowSettings], shows: Iterable[Show]) -> Mapping[str, ShowSettings]:
    """Return the settings of each show that is configured and known, by show id."""
    by_url = {settings.url: settings for settings in configured}
    return {show.show_id: by_url[show.configured_url] for show in shows if show.configured_url in by_url}


def failing_shows(configured: Iterable[ShowSettings], shows: Iterable[Show]) -> tuple[Skip, ...]:
    """Return a record for each followed show whose last poll failed, or whose feed is held or gone."""
    followed = settings_by_show(configured, shows)
    return tuple(
        Skip(
            stage="feeds",
            show_id=show.show_id,
            subject_id=show.show_id,
            reason=show.status if show.status in ("gone", "held") else "failing",
            message=f"{show.name}: {show.last_error or 'the feed is gone'}",
            retryable=show.status not in ("gone", "held"),
        )
        for show in shows
        if show.show_id in followed and (show.status == "gone" or show.last_error)
    )

"""Which known shows the reader follows, and which of them fail."""

import re
from collections.abc import Iterable, Mapping

from podcast_insights.feeds.values import Show
from podcast_insights.settings import ShowSettings
from podcast_insights.skips import Skip

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")


def settings_by_show(configured: Iterable[ShowSettings], shows: Iterable[Show]) -> Mapping[str, ShowSettings]:
    """Return the settings of each show that is configured and known, by show id.

    Where they name no language, it is the one that the feed states, if that is a language tag.
    """
    by_url = {settings.url: settings for settings in configured}
    return {
        show.show_id: _with_language(by_url[show.configured_url], show.language)
        for show in shows
        if show.configured_url in by_url
    }


def failing_shows(configured: Iterable[ShowSettings], shows: Iterable[Show]) -> tuple[Skip, ...]:
    """Return a record for each followed show whose last poll failed, or whose feed is held or gone.

    One that is paused is not polled, so its last poll says nothing of today.
    """
    followed = settings_by_show((settings for settings in configured if not settings.paused), shows)
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


def _with_language(settings: ShowSettings, stated: str | None) -> ShowSettings:
    if settings.language or not stated or not _LANGUAGE_TAG.fullmatch(stated.strip()):
        return settings
    return settings.model_copy(update={"language": stated.strip().lower().replace("_", "-")})

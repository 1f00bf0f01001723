"""The list of shows as a whole: taken from another podcast app, given to one, and paused or cut show by show."""

from functools import partial
from pathlib import Path

from upath import UPath

from podcast_insights.cli.podcasts_file import change_file, with_paused, with_shows, without_show
from podcast_insights.errors import PodcastInsightsError, SettingsError
from podcast_insights.feeds.identity import normalised_url
from podcast_insights.feeds.opml import ListedShow, read_opml, without_known, write_opml
from podcast_insights.files import write_bytes
from podcast_insights.settings import Settings, ShowSettings, load_settings, require_shows


def import_shows(path: Path, opml: Path) -> tuple[tuple[ListedShow, ...], tuple[str, ...]]:
    """Add the shows of an OPML file to the settings at ``path``; return those added, and why others were not.

    No feed is asked: what cannot be read shows at the first poll.

    Raises:
        SettingsError: The OPML file cannot be read, or the settings have mistakes.
    """
    settings = load_settings(path)
    try:
        listed = read_opml(opml.read_bytes())
    except (OSError, PodcastInsightsError) as error:
        raise SettingsError(f"{opml} cannot be read: {error}") from error
    new = tuple(without_known(listed.shows, [show.url for show in settings.shows]))
    known = tuple(f"{show.title or show.url}: it is in {path} already" for show in listed.shows if show not in new)
    if new:
        change_file(path, partial(with_shows, shows=[(show.url, show.title) for show in new]))
    return new, (*listed.left_out, *known)


def export_shows(path: Path, opml: Path) -> tuple[int, int]:
    """Write the shows of the settings at ``path`` as an OPML file; return how many, and how many are private.

    The address of a private feed is a secret, so it is not written.

    Raises:
        SettingsError: There is no show, or the settings have mistakes.
        StorageError: The file cannot be written.
    """
    from podcast_insights.defs.resources import utc_now

    settings = load_settings(path)
    followed = require_shows(settings, path)
    shows = [ListedShow(url=show.url, title=show.name) for show in followed if not show.is_private]
    write_bytes(UPath(opml), write_opml(shows, title=settings.delivery.site_title, now=utc_now()))
    return len(shows), len(followed) - len(shows)


def pause_show(path: Path, which: str, *, paused: bool) -> str:
    """Pause a show, or follow it again; return what it is called.

    Raises:
        SettingsError: No show, or more than one, is meant by ``which``.
    """
    show = find_show(load_settings(path), which, path)
    change_file(path, partial(with_paused, url=show.url, paused=paused))
    return show.name or show.url


def remove_show(path: Path, which: str) -> str:
    """Take a show out of the settings; return what it was called. What it gave stays in the store.

    Raises:
        SettingsError: No show, or more than one, is meant by ``which``.
    """
    show = find_show(load_settings(path), which, path)
    change_file(path, partial(without_show, url=show.url))
    return show.name or show.url


def find_show(settings: Settings, which: str, path: Path) -> ShowSettings:
    """Return the show with an address in any spelling, or with a name.

    Raises:
        SettingsError: There is none, or more than one; the message lists the shows.
    """
    found = [show for show in require_shows(settings, path) if _is_meant(show, which)]
    if len(found) == 1:
        return found[0]
    listed = "\n".join(f"  {show.name or '(no name)'}  {show.url}" for show in found or settings.shows)
    trouble = "means more than one show; give the address" if found else "is no show"
    raise SettingsError(f"{which!r} {trouble} of {path}:\n{listed}")


def _is_meant(show: ShowSettings, which: str) -> bool:
    is_named = show.name is not None and show.name.casefold() == which.strip().casefold()
    return is_named or normalised_url(show.url) == normalised_url(which)

"""The one place that writes the site: only what changed, each file whole, the home page last.

A list of what was published stands beside the pages. It tells what changed without reading every file back, and what
may be removed: a file that this module did not write is never touched, so the folder may hold a ``CNAME`` or the
publisher's own pages.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from upath import UPath

from podcast_insights.delivery.links import HOME_PAGE
from podcast_insights.errors import StorageError
from podcast_insights.files import read_bytes, write_bytes

LIST_NAME = ".published.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishReport:
    """The pages written, left as they were, and removed, each by its path in the site."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]


def publish(pages: Mapping[str, bytes], folder: UPath) -> PublishReport:
    """Make ``folder`` hold ``pages``.

    Raises:
        StorageFullError: There is no space left; what was written stays, and the next run goes on.
        StorageError: A page cannot be written, or its path leads out of the folder.
    """
    for page in pages:
        _check_path(page)
    published = _published(folder)
    sums = {page: hashlib.sha256(content).hexdigest() for page, content in pages.items()}
    changed = [page for page in pages if published.get(page) != sums[page] or not (folder / page).exists()]
    stale = sorted(published.keys() - pages.keys())
    # Listed before they are written, without a sum: a run that is killed here leaves nothing that the next one forgets.
    if changed:
        _remember(folder, published | dict.fromkeys(changed, ""))
    for page in sorted(changed, key=lambda page: (page == HOME_PAGE, page)):
        write_bytes(folder / page, pages[page])
    for page in stale:
        _remove(folder, page)
    if changed or stale:
        _remember(folder, sums)
    return PublishReport(
        written=tuple(sorted(changed)), unchanged=tuple(sorted(pages.keys() - set(changed))), removed=tuple(stale)
    )


def _check_path(page: str) -> None:
    path = PurePosixPath(page)
    if path.is_absolute() or ".." in path.parts or "\\" in page or page in ("", LIST_NAME):
        raise StorageError(f"the page {page!r} does not lie in the site's folder, so nothing was published")


def _published(folder: UPath) -> dict[str, str]:
    content = read_bytes(folder / LIST_NAME)
    try:
        listed = json.loads(content) if content else {}
    except ValueError:
        # A damaged list only costs work: every page is written again.
        return {}
    return {page: str(sum_) for page, sum_ in listed.items()} if isinstance(listed, dict) else {}


def _remember(folder: UPath, sums: Mapping[str, str]) -> None:
    write_bytes(folder / LIST_NAME, json.dumps(dict(sorted(sums.items())), indent=0).encode())


def _remove(folder: UPath, page: str) -> None:
    _check_path(page)
    path = folder / page
    try:
        path.unlink(missing_ok=True)
    except NotADirectoryError:
        # Somebody put a file where the page's folder was: the page is gone all the same.
        return
    except OSError as error:
        raise StorageError(f"{path} is no longer published and could not be removed: {error}") from error

"""The one place that writes the site: only what changed, each file whole, the home page last.

A list of what was published stands beside the pages: for each file the key that it was made under, and the hash of what
was written. A file whose key is the same is not even made again; one that is made and comes out the same is not
written. The list also tells what may be removed: a file that this module did not write is never touched, so the
folder may hold a ``CNAME`` or the publisher's own pages.
"""

import hashlib
import json
import mimetypes
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from upath import UPath

from podcast_insights.delivery.links import HOME_PAGE
from podcast_insights.delivery.values import SiteFile
from podcast_insights.errors import StorageError
from podcast_insights.files import explained, local_path, read_bytes, write_bytes

LIST_NAME = ".published.json"
CONTENT_TYPES = {".xml": "application/xml", ".json": "application/json", ".js": "text/javascript"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishReport:
    """The pages written, left as they were, and removed, each by its path in the site; ``made`` were rendered."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    made: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Published:
    """What the list says of a file; without a sum it was announced and perhaps never written."""

    key: str
    sum: str


def publish(files: Sequence[SiteFile], folder: UPath) -> PublishReport:
    """Make ``folder`` hold ``files``.

    Raises:
        StorageFullError: There is no space left; what was written stays, and the next run goes on.
        StorageError: A page cannot be written, or its path leads out of the folder.
    """
    for file in files:
        _check_path(file.path)
    listed = _listed(folder)
    wanted = {file.path: file for file in files}
    present = _present(folder, wanted.keys() & listed.keys()) if listed else frozenset()
    due = [path for path, file in wanted.items() if path not in present or _key_of(listed, path) != file.key]
    stale = sorted(listed.keys() - wanted.keys())
    after = {path: listed[path] for path in wanted.keys() - set(due)}
    # Listed before they are written, without a sum: a run that is killed here leaves nothing that the next one forgets,
    # and the next one takes none of these for what it was before.
    if due:
        _remember(folder, listed | dict.fromkeys(due, _Published(key="", sum="")))
    written = []
    for path in sorted(due, key=lambda path: (path == HOME_PAGE, path)):
        content = wanted[path].make()
        after[path] = _Published(key=wanted[path].key, sum=hashlib.sha256(content).hexdigest()[:32])
        if path not in present or listed[path].sum != after[path].sum:
            _write(folder / path, content)
            written.append(path)
    for path in stale:
        _remove(folder, path)
    if due or stale:
        _remember(folder, after)
    return PublishReport(
        written=tuple(sorted(written)),
        unchanged=tuple(sorted(wanted.keys() - set(written))),
        removed=tuple(stale),
        made=len(due),
    )


def _check_path(path: str) -> None:
    if not _is_inside(path):
        raise StorageError(f"the page {path!r} does not lie in the site's folder, so nothing was published")


def _is_inside(path: str) -> bool:
    # Of ten thousand files a day, so without a Path for each.
    return not (path.startswith("/") or ".." in path.split("/") or "\\" in path or path in ("", LIST_NAME))


def _key_of(listed: Mapping[str, _Published], path: str) -> str:
    return listed[path].key if path in listed else ""


def _listed(folder: UPath) -> dict[str, _Published]:
    content = read_bytes(folder / LIST_NAME)
    try:
        listed = json.loads(content) if content else {}
    except ValueError:
        # A damaged list only costs work: every page is written again.
        return {}
    if not isinstance(listed, dict):
        return {}
    return {
        path: _Published(key=str(entry[0]), sum=str(entry[1]))
        for path, entry in listed.items()
        # What lies elsewhere was never written from here, so it is not for here to remove.
        if isinstance(entry, list) and len(entry) == 2 and _is_inside(path)
    }


def _present(folder: UPath, paths: Collection[str]) -> frozenset[str]:
    """Return those of some files that are there."""
    with explained(folder, "listed"):
        local = local_path(folder)
        if local is not None:
            # One by one and without Paths: pages have folders of their own, and opening ten thousand takes longer.
            return frozenset(path for path in paths if os.path.isfile(f"{local}/{path}"))  # noqa: PTH113
        # A bucket is asked for all at once.
        root = folder.path.rstrip("/") + "/"
        return frozenset(path.removeprefix(root) for path in folder.fs.find(folder.path))


def _write(path: UPath, content: bytes) -> None:
    if local_path(path) is not None:
        write_bytes(path, content)
        return
    with explained(path, "written"):
        path.fs.pipe_file(path.path, content, **_content_type(path))


def _content_type(path: UPath) -> dict[str, str]:
    """Return how a bucket is told what a file is; without it, browsers save pages instead of showing them."""
    suffix = PurePosixPath(path.path).suffix
    content_type = CONTENT_TYPES.get(suffix) or mimetypes.guess_type(path.path)[0] or "application/octet-stream"
    if path.protocol in ("s3", "s3a"):
        return {"ContentType": content_type}
    return {"content_type": content_type} if path.protocol in ("gs", "gcs") else {}


def _remember(folder: UPath, published: Mapping[str, _Published]) -> None:
    listed = {path: [entry.key, entry.sum] for path, entry in sorted(published.items())}
    # With ``indent``, Python's own encoder would do it, which takes five times as long.
    write_bytes(folder / LIST_NAME, json.dumps(listed, separators=(",\n", ":")).encode())


def _remove(folder: UPath, page: str) -> None:
    path = folder / page
    try:
        path.unlink(missing_ok=True)
    except NotADirectoryError:
        # Somebody put a file where the page's folder was: the page is gone all the same.
        return
    except OSError as error:
        raise StorageError(f"{path} is no longer published and could not be removed: {error}") from error

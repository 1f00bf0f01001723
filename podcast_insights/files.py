"""Whole files, written so that a reader sees the old one or the new one and never half of one.

A folder on this machine: write beside, flush to the disk, rename. An object store: one write of the whole object.
Every other module of ``storage`` writes through here, so a full disk means the same error everywhere.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from upath import UPath

from podcast_insights.errors import PodcastInsightsError, StorageError, StorageFullError

# What exFAT, FAT and some network mounts answer to a hard link.
NO_HARD_LINKS = {errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, errno.EMLINK}


def local_path(path: UPath) -> Path | None:
    """Return ``path`` as a path of this machine, where renaming is atomic, or None where it is elsewhere."""
    return Path(str(path)) if isinstance(path, Path) else None


def write_bytes(path: UPath, content: bytes) -> None:
    """Replace the file at ``path`` by ``content``, atomically and durably.

    Raises:
        StorageFullError: There is no space left.
        StorageError: The file cannot be written for another reason.
    """
    with explained(path, "written"):
        target = local_path(path)
        if target is None:
            path.write_bytes(content)
            return
        with _beside(target) as beside:
            beside.write_bytes(content)
            _flush(beside)
            beside.replace(target)


def move_in(path: UPath, local: Path) -> None:
    """Replace the file at ``path`` by the local file ``local``, which is gone afterwards.

    Raises:
        StorageFullError: There is no space left.
        StorageError: The file cannot be written for another reason.
    """
    with explained(path, "written"):
        target = local_path(path)
        if target is None:
            path.fs.put_file(str(local), path.path)
            local.unlink()
        elif not _renamed(local, target):
            with _beside(target) as beside:
                shutil.copyfile(local, beside)
                _flush(beside)
                beside.replace(target)
            local.unlink()


def create_bytes(path: UPath, content: bytes) -> bool:
    """Write ``content`` to ``path`` unless there is a file already; return whether this call created it.

    In a folder of this machine exactly one of several callers succeeds. Object stores are asked first and then
    written, which is safe as long as two runs of one day never overlap.

    Raises:
        StorageFullError: There is no space left.
        StorageError: The file cannot be written for another reason.
    """
    with explained(path, "created"):
        target = local_path(path)
        if target is None:
            if path.exists():
                return False
            path.write_bytes(content)
            return True
        with _beside(target) as beside:
            beside.write_bytes(content)
            _flush(beside)
            try:
                os.link(beside, target)
            except FileExistsError:
                return False
            except OSError as error:
                if error.errno not in NO_HARD_LINKS:
                    raise
                return _claimed(beside, target)
            return True


def flush_folder(path: UPath) -> None:
    """Make sure that a file's name survives a power cut, as its content does: a rename alone may not.

    Raises:
        StorageError: The folder cannot be opened or flushed.
    """
    target = local_path(path)
    if target is None:
        return
    with explained(path, "flushed"):
        descriptor = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def read_bytes(path: UPath) -> bytes | None:
    """Return the content of ``path``, or None where there is no such file.

    Raises:
        StorageError: There is a file, and it cannot be read.
    """
    with explained(path, "read"):
        try:
            return bytes(path.read_bytes())
        except FileNotFoundError:
            return None


def remove_file(path: UPath) -> None:
    """Remove the file at ``path``, if it is there.

    Raises:
        StorageError: It cannot be removed.
    """
    with explained(path, "removed"), suppress(FileNotFoundError):
        path.unlink()


def set_aside(path: UPath, suffix: str, *, is_damaged: Callable[[UPath], bool] = lambda _: True) -> UPath:
    """Rename a damaged file so that nobody reads it and a person can look at it; return its new name.

    Another run may have found the damage at the same time, and have made the file again since: what turns out not to
    be damaged, under its new name, is put back.
    """
    aside = path.with_name(f"{path.name}.{suffix}")
    with explained(path, "set aside"):
        try:
            path.rename(aside)
        except FileNotFoundError:
            return aside
        if not is_damaged(aside):
            if path.exists():
                aside.unlink()
            else:
                aside.rename(path)
    return aside


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Yield the name of a temporary file in the same folder; it is gone afterwards unless it was renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    os.close(descriptor)
    beside = Path(name)
    beside.chmod(0o644)
    try:
        yield beside
    finally:
        beside.unlink(missing_ok=True)


def _claimed(beside: Path, target: Path) -> bool:
    """Rename a file to a name that nobody has taken, where the file system has no hard links.

    The name is taken first, by an empty file: a process that is killed right then leaves it empty, which whoever reads
    it finds damaged. It is never half of what was to be written.
    """
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
    except FileExistsError:
        return False
    try:
        beside.replace(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return True


def _renamed(local: Path, target: Path) -> bool:
    """Rename a file, flushed, and return True; False where it lies on another disk, from where it must be copied."""
    target.parent.mkdir(parents=True, exist_ok=True)
    _flush(local)
    try:
        local.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return False
    return True


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


@contextmanager
def explained(path: UPath, done: str) -> Iterator[None]:
    """Turn every error of the place where ``path`` lies into one of ours; ``done`` is what was tried, such as read.

    Raises:
        StorageFullError: There is no space left.
        StorageError: Anything else.
    """
    try:
        yield
    except PodcastInsightsError:
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFullError(
                f"{path} could not be {done}: no space left; free some, or point storage.base_url elsewhere"
            ) from error
        raise StorageError(
            f"{path} could not be {done}: {error.strerror or error}; check the folder and its permissions, and "
            "storage.base_url, which says where the data lies"
        ) from error
    except Exception as error:
        # What talks to an object store raises errors of its own: no credentials, no server at that address.
        if local_path(path) is not None:
            raise
        raise StorageError(
            f"{path} could not be {done}: {type(error).__name__}: {error}; check storage.base_url and its credentials"
        ) from error

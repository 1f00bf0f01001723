"""What the audio stage works with, as protocols: the network, the store, and what is known of an episode elsewhere."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from podcast_insights.audio.values import AudioFile, StoredFile
from podcast_insights.feeds.values import Enclosure, Episode
from podcast_insights.fingerprints import ResultCache

# Given an episode, asks its feed where its audio is now; None where the feed does not tell.
FreshEnclosure = Callable[[Episode], Enclosure | None]


class Blobs(Protocol):
    """Stored files by key."""

    def exists(self, key: str) -> bool:
        """Whether a file is stored under ``key``."""

    def store(self, key: str, local: Path, *, folder_bytes: int | None = None) -> None:
        """Store a local file under ``key``, whole or not at all.

        Raises:
            DiskBudgetError: Its folder would hold more than ``folder_bytes``.
        """

    def local(self, key: str) -> AbstractContextManager[Path]:
        """Give the stored file as a local path for the time of a ``with`` block."""

    def files(self, folder: str) -> Sequence[StoredFile]:
        """Return the files whose keys begin with ``folder``."""

    def remove(self, key: str) -> None:
        """Remove the file under ``key``, if it is there."""


class Partials(Protocol):
    """Unfinished downloads by key."""

    def hold(self, key: str) -> AbstractContextManager[Path]:
        """Give the path of an unfinished download, which may hold bytes already, for the time of a ``with`` block."""


class Downloaded(Protocol):
    """What one download was."""

    @property
    def size_bytes(self) -> int:
        """How large the file is."""

    @property
    def sha256(self) -> str:
        """Its hash, in hex digits."""


class Downloads(Protocol):
    """Where files come from: ``web.client.WebClient``."""

    def download(self, url: str, path: Path, *, max_bytes: int, timeout_s: float) -> Downloaded:
        """Write what ``url`` serves to ``path``, going on with what is there already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioSources:
    """The collaborators of the stage.

    ``is_heard`` says whether the words of a file are known as the settings ask for them, so that a file that was
    removed is not downloaded again; ``fresh`` where an episode's audio is now.
    """

    web: Downloads
    blobs: Blobs
    partials: Partials
    cache: ResultCache[AudioFile]
    is_heard: Callable[[Episode, AudioFile], bool]
    fresh: FreshEnclosure

"""An object store in memory with so much space and no more: what storage meets when a disk is full."""

import errno
from typing import Any, ClassVar

import fsspec
from fsspec.implementations.memory import MemoryFileSystem
from upath.implementations.memory import MemoryPath
from upath.registry import register_implementation

PROTOCOL = "smalldisk"


class SmallDisk(MemoryFileSystem):
    """Refuses the write after ``writes_left`` more, as the system does: ENOSPC."""

    protocol = PROTOCOL
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]
    writes_left: ClassVar[float] = float("inf")

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(super()._strip_protocol(path.replace(f"{PROTOCOL}://", "memory://")))

    def _open(self, path: str, mode: str = "rb", **options: Any) -> Any:
        if "w" in mode:
            if SmallDisk.writes_left <= 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            SmallDisk.writes_left -= 1
        return super()._open(path, mode, **options)


def mount() -> str:
    """Make the store known and empty; return its URL."""
    fsspec.register_implementation(PROTOCOL, SmallDisk, clobber=True)
    register_implementation(PROTOCOL, MemoryPath, clobber=True)
    SmallDisk.store.clear()
    SmallDisk.writes_left = float("inf")
    return f"{PROTOCOL}://disk"

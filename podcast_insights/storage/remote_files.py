"""Files of an object store, brought to this machine together before a query looks at them.

DuckDB can read an object store through fsspec, and asks it about thirty times for each file, one question after the
other: a day's checks took two thousand requests. Here each file is one request, and many are made at once. What a
query needs lies in a temporary folder for as long as it runs.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from upath import UPath

from podcast_insights.files import explained

# What is held in memory at once; a file is a day of a table, at most a few megabytes.
FILES_AT_ONCE = 64


@contextmanager
def brought_here(files: Mapping[str, Sequence[UPath]]) -> Iterator[dict[str, dict[UPath, UPath]]]:
    """Yield copies of the files of some tables, by table and file; one that is gone by now is left out.

    Raises:
        StorageError: The store refuses, or does not answer.
    """
    with tempfile.TemporaryDirectory(prefix="podcast-insights-") as temporary:
        copies: dict[str, dict[UPath, UPath]] = {}
        for name, paths in files.items():
            copies[name] = {}
            for begin in range(0, len(paths), FILES_AT_ONCE):
                batch = paths[begin : begin + FILES_AT_ONCE]
                for path, content in zip(batch, _contents(batch), strict=True):
                    if content is not None:
                        copy = Path(temporary) / f"{name}-{len(copies[name])}.parquet"
                        copy.write_bytes(content)
                        copies[name][path] = UPath(copy)
        yield copies


def _contents(paths: Sequence[UPath]) -> list[bytes | None]:
    with explained(paths[0], "read"):
        found = paths[0].fs.cat([path.path for path in paths], on_error="return")
        contents: list[bytes | None] = []
        for path in paths:
            content = found[path.fs._strip_protocol(path.path)]
            if isinstance(content, Exception) and not isinstance(content, FileNotFoundError):
                raise content
            contents.append(content if isinstance(content, bytes) else None)
    return contents

"""Artifacts: each finished item is a file under the content address of everything that made it.

A stage asks for what exists and makes what is missing, so nothing slow or paid is done twice, and a killed run loses
only the item in hand. An artifact that cannot be read counts as missing and is made again.
"""

from functools import cached_property
from typing import Any, Generic, TypeVar

from upath import UPath

from podcast_insights.errors import StorageError
from podcast_insights.files import read_bytes, write_bytes

T = TypeVar("T")


class Artifacts(Generic[T]):
    """Finished items of one kind, as JSON files: ``<base>/artifacts/<kind>/<aa>/<fingerprint>.json``.

    Satisfies ``fingerprints.ResultCache``.
    """

    def __init__(self, base: UPath, kind: str, of: type[T]) -> None:
        """Keep values of the dataclass ``of`` under ``base``."""
        self._folder = base / "artifacts" / kind
        self._of = of

    def get(self, fingerprint: str) -> T | None:
        """Return the item, or None where it was never finished or its file is damaged."""
        from pydantic import ValidationError

        content = read_bytes(self._path(fingerprint))
        if content is None:
            return None
        try:
            item: T = self._adapter.validate_json(content)
        except ValidationError:
            return None
        return item

    def put(self, fingerprint: str, item: T) -> None:
        """Keep the item; it is durable when this returns.

        Raises:
            StorageError: The item holds something that JSON cannot, or the file cannot be written.
        """
        from pydantic_core import PydanticSerializationError

        path = self._path(fingerprint)
        try:
            content = self._adapter.dump_json(item)
        except PydanticSerializationError as error:
            raise StorageError(f"what was made for {path} cannot be kept: {error}") from error
        write_bytes(path, content)

    @cached_property
    def _adapter(self) -> Any:
        from pydantic import TypeAdapter

        return TypeAdapter(self._of)

    def _path(self, fingerprint: str) -> UPath:
        if not fingerprint.isalnum():
            raise ValueError(f"a fingerprint is letters and digits, got {fingerprint!r}")
        return self._folder / fingerprint[:2] / f"{fingerprint}.json"

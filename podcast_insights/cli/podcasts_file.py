"""Changes to ``podcasts.yaml``: a person's own file keeps its comments, its order and its quotes.

Changes are functions from bytes to bytes; ``change_file`` writes what they make, and takes it back where it cannot be
read as settings.
"""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from upath import UPath
from yaml import SafeLoader, ScalarNode

from podcast_insights.bundled import bundled_path
from podcast_insights.errors import SettingsError
from podcast_insights.files import write_bytes
from podcast_insights.settings import ENV_PREFIX, load_settings


def change_file(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Change the settings at ``path``; where there is no file, the example without its shows is changed.

    Raises:
        SettingsError: What was made cannot be read as settings; the file is as it was.
    """
    before = path.read_bytes() if path.exists() else None
    _replace(path, change(before or _first_settings()))
    try:
        load_settings(path)
    except SettingsError:
        if before is not None:
            _replace(path, before)
        raise


def _replace(path: Path, content: bytes) -> None:
    """Write the file where it lies, which may be elsewhere by a link, and leave who may read it as it was."""
    place = path.resolve()
    mode = place.stat().st_mode if place.exists() else None
    write_bytes(UPath(place), content)
    if mode is not None:
        place.chmod(mode)


def with_shows(content: bytes, shows: Sequence[tuple[str, str | None]]) -> bytes:
    """Return settings with more shows, each an address and a name."""

    def add(document: Any) -> None:
        listed = document.get("shows") or []
        listed.extend({"url": url, "name": _as_text(name)} if name else {"url": url} for url, name in shows)
        document["shows"] = listed

    return _changed(content, add)


def without_show(content: bytes, url: str) -> bytes:
    """Return settings without the show at ``url``."""

    def remove(document: Any) -> None:
        listed = document.get("shows") or []
        del listed[_position(listed, url)]

    return _changed(content, remove)


def with_paused(content: bytes, url: str, *, paused: bool) -> bytes:
    """Return settings with the show at ``url`` paused or not."""

    def pause(document: Any) -> None:
        listed = document.get("shows") or []
        show = listed[_position(listed, url)]
        if paused:
            show["paused"] = True
        else:
            show.pop("paused", None)

    return _changed(content, pause)


def _changed(content: bytes, change: Callable[[Any], None]) -> bytes:
    yaml = _yaml()
    document: Any = yaml.load(content)
    # What holds nothing but comments reads as nothing, so they are kept as they are.
    comments, document = (content, {}) if document is None else (b"", document)
    change(document)
    written = io.BytesIO()
    yaml.dump(document, written)
    end = b"" if comments.endswith(b"\n") or not comments else b"\n"
    return comments + end + written.getvalue()


def _position(listed: Sequence[Any], url: str) -> int:
    for position, show in enumerate(listed):
        if show.get("url") == url:
            return position
    raise SettingsError(
        f"{url} is not in the file: {ENV_PREFIX}SHOWS lists it, in the environment or in .env; change it there"
    )


def _as_text(name: str) -> str:
    """Return a name as it is written: in quotes where YAML 1.1, which reads it, has another use for it (On, 1:30)."""
    from ruamel.yaml.scalarstring import SingleQuotedScalarString

    read_as = SafeLoader("").resolve(ScalarNode, name, (True, False))  # type: ignore[no-untyped-call]
    return name if read_as == "tag:yaml.org,2002:str" else SingleQuotedScalarString(name)


def _first_settings() -> bytes:
    """Return the example settings without its example shows."""
    yaml = _yaml()
    document: Any = yaml.load(bundled_path("podcasts.example.yaml").read_bytes())
    del document["shows"][:]
    written = io.BytesIO()
    yaml.dump(document, written)
    return written.getvalue()


def _yaml() -> Any:
    """Return a reader and writer that keeps comments, order and quotes."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 120
    return yaml

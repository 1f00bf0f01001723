"""Writes ``docs/settings.md`` from ``podcast_insights/settings/sections.py``: a key's meaning is said once, beside it.

Run it from the root of the repository after a change to the settings: ``python docs/generate_settings.py``. A test
fails where the page and the settings differ.
"""

import types
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from podcast_insights.settings import CONFIG_NAME, CONFIG_VARIABLE, ENV_PREFIX, SECRET_KEYS, Settings

PAGE = Path(__file__).with_name("settings.md")

INTRODUCTION = f"""\
# Settings

Every key of `{CONFIG_NAME}`, with what is allowed and what is used where the key is left out. This page is made from
`podcast_insights/settings/sections.py` by `python docs/generate_settings.py`.

* `{CONFIG_NAME}` is looked for in the working folder, or where the variable `{CONFIG_VARIABLE}` says.
  [podcasts.example.yaml](../podcasts.example.yaml) is a start, with comments.
* A variable `{ENV_PREFIX}<SECTION>__<KEY>` overrides the file, such as `{ENV_PREFIX}TRANSCRIPTION__DEVICE`.
  Lists and whole sections are written as JSON there.
* Variables may stand in a file `.env` beside `{CONFIG_NAME}`. The environment comes before `.env`, and `.env` before
  `{CONFIG_NAME}`. An empty variable is one that is not set.
* Secrets come from the environment or `.env`, and are refused in `{CONFIG_NAME}`:
{{secrets}}
* All mistakes are reported at once, each with its key.
"""

KINDS: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    date: "date",
    time: "time of day",
    Path: "path",
    SecretStr: "secret",
}


def page() -> str:
    """Return the page."""
    secrets = "\n".join(f"  `{key}` as `{variable}`," for key, variable in SECRET_KEYS.items()).removesuffix(",") + "."
    return "\n".join([INTRODUCTION.format(secrets=secrets), *_sections("", Settings)])


def _sections(prefix: str, model: type[BaseModel]) -> Iterator[str]:
    """Yield a heading and a table for each section below ``model``, and for the sections within it."""
    for name, field in model.model_fields.items():
        section = _section_of(field.annotation)
        if section is None:
            continue
        is_list = get_origin(field.annotation) is tuple
        path = f"{prefix}{name}[]" if is_list else f"{prefix}{name}"
        yield f"## {prefix}{name}\n"
        yield f"{section.__doc__}{' A list; each entry has these keys.' if is_list else ''}\n"
        yield "| key | allowed | default | meaning |"
        yield "|---|---|---|---|"
        yield from (_row(f"{path}.{key}", one) for key, one in section.model_fields.items())
        yield ""
        yield from _sections(f"{path}.", section)


def _row(path: str, field: FieldInfo) -> str:
    # Markdown would read <number> as HTML; within backticks it is text.
    meaning = (field.description or "").replace("<", "&lt;")
    cells = (f"`{path}`", _allowed(field), _default(field), meaning)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _allowed(field: FieldInfo) -> str:
    """Return what a key takes: its type or its words, and its bounds."""
    kind = _without_none(field.annotation)
    if get_origin(kind) is Literal:
        return ", ".join(f"`{word}`" for word in get_args(kind))
    if _section_of(kind) is not None:
        return "list, see below" if get_origin(kind) is tuple else "section, see below"
    if get_origin(kind) is tuple:
        return f"list of {KINDS[get_args(kind)[0]]}s"
    can_be_null = kind is not field.annotation and field.default is not None
    return " ".join(filter(None, [KINDS[kind], _bounds(field), "or `null`" if can_be_null else ""]))


def _bounds(field: FieldInfo) -> str:
    found = {
        name: getattr(bound, name)
        for bound in field.metadata
        for name in ("ge", "gt", "le")
        if getattr(bound, name, None) is not None
    }
    low, high = found.get("ge"), found.get("le")
    if low is not None and high is not None:
        return f"from {low:g} to {high:g}"
    words = {"ge": "at least", "gt": "more than", "le": "at most"}
    return ", ".join(f"{words[name]} {bound:g}" for name, bound in found.items())


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default is None or field.default == ():
        return "not set" if field.default is None else "empty"
    if isinstance(field.default, BaseModel):
        return "see below"
    return f"`{_written(field.default)}`"


def _written(value: Any) -> str:
    """Return a value as YAML has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _without_none(annotation: Any) -> Any:
    """Return what an annotation such as ``int | None`` allows beside None."""
    if get_origin(annotation) not in (Union, types.UnionType):
        return annotation
    return next(part for part in get_args(annotation) if part is not type(None))


def _section_of(annotation: Any) -> type[BaseModel] | None:
    """Return the section that an annotation is, or is a list of."""
    kind = _without_none(annotation)
    kind = get_args(kind)[0] if get_origin(kind) is tuple else kind
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

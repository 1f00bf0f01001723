"""Mistakes in the settings, said so that a person can mend them: key, what is wrong, what is allowed; no secrets."""

import difflib
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

# What pydantic says in the words of Python, by its name for the mistake.
_WRITTEN_AS = {
    "tuple_type": "must be a list: [a, b], or each on a line of its own after a hyphen",
    "string_type": "must be a text; write it in quotes",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "date_type": "must be a day such as 2026-11-13",
    "date_from_datetime_parsing": "must be a day such as 2026-11-13",
    "date_from_datetime_inexact": "must be a day such as 2026-11-13",
    "time_type": 'must be a time such as "06:30"',
    "time_parsing": 'must be a time such as "06:30"',
}


def explained(error: ValidationError, root: type[BaseModel], *, secret_keys: Collection[str]) -> Iterator[str]:
    """Yield one line for each mistake: its key, what is wrong, and what is allowed.

    Args:
        error: What pydantic found.
        root: The model of all settings, for the keys that are allowed.
        secret_keys: The keys whose values are never shown, such as ``insights.api_key``.
    """
    for mistake in error.errors(include_url=False, include_context=False):
        location = list(mistake["loc"])
        dotted = ".".join(str(part) for part in location) or "settings"
        if mistake["type"] == "extra_forbidden":
            allowed = _keys_at(root, location[:-1])
            near = difflib.get_close_matches(str(location[-1]), allowed, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            yield f"  {dotted}: there is no such setting; {hint}allowed here: {', '.join(allowed)}"
            continue
        if mistake["type"] == "model_type":
            yield f"  {dotted}: must be a section with keys, such as {', '.join(_keys_at(root, location)[:3])}"
            continue
        if mistake["input"] is None and mistake["type"] in _WRITTEN_AS:
            yield f"  {dotted}: has no value; write one, or leave the key out"
            continue
        is_shown = not _may_hold_secret(dotted, secret_keys) and not isinstance(mistake["input"], dict)
        given = f" (got {mistake['input']!r:.80})" if is_shown else ""
        said = _WRITTEN_AS.get(mistake["type"], mistake["msg"].removeprefix("Value error, "))
        yield f"  {dotted}: {said}{given}"


def misspelt(variables: Iterable[str], root: type[BaseModel], *, prefix: str) -> Iterator[str]:
    """Yield a line for each variable that looks like a setting, of a section that is none: it would do nothing."""
    for name in variables:
        section, parts, _ = name.upper().removeprefix(prefix).lower().partition("__")
        if parts and name.upper().startswith(prefix) and section not in root.model_fields:
            near = difflib.get_close_matches(section, root.model_fields, n=1)
            hint = f"did you mean {prefix}{near[0].upper()}__...? " if near else ""
            sections = ", ".join(root.model_fields)
            yield f"the variable {name} is no setting: there is no section {section}; {hint}sections: {sections}"


def _may_hold_secret(dotted: str, secret_keys: Collection[str]) -> bool:
    """Whether a key is a secret, or a section in which one was meant to stand, or the address of a feed."""
    return dotted.endswith(".url") or any(f"{secret}.".startswith(f"{dotted}.") for secret in secret_keys)


def _keys_at(model: type[BaseModel], location: list[Any]) -> list[str]:
    """Return the keys allowed at a location such as ``["shows", 0]``."""
    current = model
    for part in location:
        if isinstance(part, int):
            continue
        current = next(_models_in(current.model_fields[str(part)].annotation))
    return list(current.model_fields)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models_in(argument)

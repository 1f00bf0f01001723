"""Mistakes in the settings, said so that a person can mend them: key, what is wrong, what is allowed; no secrets."""

import difflib
from collections.abc import Collection, Iterator
from typing import Any

from pydantic import BaseModel, ValidationError


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
        is_shown = not _may_hold_secret(dotted, secret_keys) and not isinstance(mistake["input"], dict)
        given = f" (got {mistake['input']!r:.80})" if is_shown else ""
        yield f"  {dotted}: {mistake['msg'].removeprefix('Value error, ')}{given}"


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

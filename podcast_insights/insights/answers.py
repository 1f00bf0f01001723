"""Reading what a language model answered: JSON that may be fenced, preceded by thoughts, cut off, or no JSON at all.

Nothing here judges an insight; it only turns text into the objects of one list.
"""

import json
import re
from collections.abc import Mapping

MOST_ANSWER_CHARS = 400_000
MOST_OBJECTS = 100

_THOUGHTS = re.compile(r"(?s)<think>.*?</think>")
_FENCE = re.compile(r"```(?:json)?")
_TRAILING_COMMA = re.compile(r",\s*([}\]])")

Item = Mapping[str, object]


def objects_in(text: str, list_key: str) -> tuple[Item, ...] | None:
    """Return the objects of the answer's list, or None where the answer is not the JSON asked for."""
    bare = _FENCE.sub("", _THOUGHTS.sub("", text[:MOST_ANSWER_CHARS]))
    starts = [at for at in (bare.find("{"), bare.find("[")) if at >= 0]
    if not starts:
        return None
    value = _first_value(bare[min(starts) :])
    if isinstance(value, dict):
        value = value.get(list_key)
    if not isinstance(value, list):
        return None
    return tuple(item for item in value[:MOST_OBJECTS] if isinstance(item, dict))


def complete_objects(text: str, list_key: str) -> tuple[Item, ...]:
    """Return the objects of the list that are complete, from an answer that was cut off."""
    decoder = json.JSONDecoder()
    text = text[:MOST_ANSWER_CHARS]
    opening = re.search(rf'"{re.escape(list_key)}"\s*:\s*\[', text)
    at = text.find("{", opening.end()) if opening else -1
    items: list[Item] = []
    while at >= 0 and len(items) < MOST_OBJECTS:
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        if isinstance(value, dict):
            items.append(value)
        at = text.find("{", at)
    return tuple(items)


def _first_value(text: str) -> object:
    decoder = json.JSONDecoder()
    for candidate in (text, _TRAILING_COMMA.sub(r"\1", text)):
        try:
            value: object = decoder.raw_decode(candidate)[0]
        except (ValueError, RecursionError):
            continue
        return value
    return None

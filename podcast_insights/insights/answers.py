"""Reading what a language model answered: JSON that may be fenced, preceded by thoughts, cut off, or no JSON at all.

Nothing here judges an insight; it only turns text into the objects of one list.
"""

import json
import re
from collections.abc import Iterator, Mapping

MOST_ANSWER_CHARS = 400_000
MOST_OBJECTS = 100
# How many brackets of an answer are tried: what stands before the answer may have some, too.
MOST_VALUES = 20

_THOUGHTS = re.compile(r"(?s)<think>.*?</think>")
_OPENING = re.compile(r"[{\[]")
_FENCE = re.compile(r"```(?:json)?")
_TRAILING_COMMA = re.compile(r",\s*([}\]])")

Item = Mapping[str, object]


def objects_in(text: str, list_key: str) -> tuple[Item, ...] | None:
    """Return the objects of the answer's list, or None where the answer is not the JSON asked for."""
    bare = _FENCE.sub("", _THOUGHTS.sub("", text[:MOST_ANSWER_CHARS]))
    for value in _values(bare):
        found = value.get(list_key) if isinstance(value, dict) else value
        # "I found [2] ideas: {...}": what else stands in brackets is not the list.
        if isinstance(found, list) and (found is not value or not found or any(isinstance(one, dict) for one in found)):
            return tuple(item for item in found[:MOST_OBJECTS] if isinstance(item, dict))
    return None


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


def _values(text: str) -> Iterator[object]:
    """Yield the JSON values that a text holds, one after the other."""
    decoder = json.JSONDecoder()
    at = 0
    for _ in range(MOST_VALUES):
        opening = _OPENING.search(text, at)
        if opening is None:
            return
        at = opening.start()
        for candidate in (text, _TRAILING_COMMA.sub(r"\1", text[at:])):
            try:
                value, end = decoder.raw_decode(candidate, at if candidate is text else 0)
            except (ValueError, RecursionError):
                continue
            yield value
            # Where commas were taken out, the places are others: the rest is looked through from the next bracket.
            at = end if candidate is text else at + 1
            break
        else:
            at += 1

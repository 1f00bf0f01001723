"""Chapters: the parts that a publisher divides an episode into, from a JSON file or from the feed itself.

Two forms are read. ``podcast:chapters`` links a JSON file (the podcast namespace's Cloud Chapters), Podlove Simple
Chapters stand in the item. Both end as the same values: in order, one at a time, each with a title. A chapter that the
publisher keeps out of the table of contents (an image that changes while somebody speaks) is none.
"""

import json
from collections.abc import Iterable
from typing import Any

from podcast_insights.errors import FeedError
from podcast_insights.feeds.times import offset_s
from podcast_insights.feeds.titles import plain_text
from podcast_insights.feeds.values import Chapter

MAX_CHAPTERS = 500
MAX_FILE_BYTES = 1024 * 1024


def parse_chapters(body: bytes) -> tuple[Chapter, ...]:
    """Return the chapters in a JSON file of the podcast namespace.

    Raises:
        FeedError: The file is no such JSON, or none of its chapters can be read.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise FeedError(f"the chapters are not JSON ({type(error).__name__})") from error
    listed = content.get("chapters") if isinstance(content, dict) else None
    if not isinstance(listed, list):
        raise FeedError("the JSON has no list of chapters")
    shown = (each for each in listed if isinstance(each, dict) and each.get("toc") is not False)
    chapters = tidy_chapters((_start_s(each.get("startTime")), each.get("title")) for each in shown)
    if listed and not chapters:
        raise FeedError(f"none of the {len(listed)} chapters has a start and a title")
    return chapters


def tidy_chapters(written: Iterable[tuple[float | None, Any]]) -> tuple[Chapter, ...]:
    """Return what can be used of chapters as they were written: in order, with titles, no two at the same second."""
    by_start: dict[float, Chapter] = {}
    for start_s, title in written:
        text = plain_text(title) if isinstance(title, str) else ""
        if start_s is not None and text and len(by_start) < MAX_CHAPTERS:
            by_start.setdefault(start_s, Chapter(start_s=start_s, title=text))
    return tuple(by_start[start_s] for start_s in sorted(by_start))


def _start_s(written: Any) -> float | None:
    """Read a start, which some write as text; a truth value is none, although Python counts it as a number."""
    if isinstance(written, bool) or not isinstance(written, int | float | str):
        return None
    return offset_s(str(written))

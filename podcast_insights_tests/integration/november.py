"""Nine real shows in November 2024, served on loopback: their feeds, and their transcripts as published.

The transcripts come from $PODCAST_INSIGHTS_REAL_DATA. What has no times of its own gets a duration of 150 words a
minute, as its feed would declare it. Episodes come out at noon (UTC) of the day that the catalogue gives.
"""

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

from podcast_insights_tests.integration.podcast_server import Item, PodcastServer

WORDS_PER_S = 150 / 60


def publish_november(web: PodcastServer, data: Path) -> Mapping[str, Sequence[Item]]:
    """Serve every show of the set; return the episodes by the address of their feed."""
    lines = (data / "transcripts" / "CATALOG.jsonl").read_text(encoding="utf-8").splitlines()
    catalog = {line["file"]: line for line in map(json.loads, lines)}
    chosen = json.loads((data / "transcripts" / "SETS.json").read_text(encoding="utf-8"))["two_weeks_november_2024"]
    by_show: dict[str, list[Item]] = defaultdict(list)
    for name in chosen:
        by_show[catalog[name]["show"]].append(_item(web, data / name, catalog[name]))
    return {web.publishes(show, items): items for show, items in by_show.items()}


def _item(web: PodcastServer, file: Path, entry: Mapping[str, str]) -> Item:
    text = file.read_text(encoding="utf-8")
    path = f"/transcripts/{file.stem}{file.suffix}"
    is_timed = file.suffix == ".vtt"
    content_type = "text/vtt" if is_timed else "text/plain"
    web.serves(path, text.encode(), content_type)
    return Item(
        title=file.stem,
        published_at=datetime.combine(date.fromisoformat(entry["best_date"]), time(12), tzinfo=UTC),
        transcript=path,
        transcript_type=content_type,
        duration_s=_last_second(text) if is_timed else len(text.split()) / WORDS_PER_S,
    )


def _last_second(vtt: str) -> float:
    hours, minutes, seconds = re.findall(r"--> (\d+):(\d+):(\d+)", vtt)[-1]
    return 3600.0 * int(hours) + 60 * int(minutes) + int(seconds)

"""Nine real shows in November 2024, served on loopback: their feeds, and their transcripts as published.

The transcripts come from $PODCAST_INSIGHTS_REAL_DATA. What has no times of its own gets a duration of 150 words a
minute, as its feed would declare it. Episodes come out at noon (UTC) of the day that the catalogue gives. Lines of
ours, such as an advertisement, can be planted in the middle of each.
"""

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

from podcast_insights_tests.integration.podcast_server import Item, PodcastServer

WORDS_PER_S = 150 / 60
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
STAMP = re.compile(r"\b(\d\d):(\d\d):(\d\d\.\d\d\d)\b")


def publish_november(web: PodcastServer, data: Path, *, planted: Sequence[str] = ()) -> Mapping[str, Sequence[Item]]:
    """Serve every show of the set, with what is ``planted`` in each; return the episodes by their feed's address."""
    lines = (data / "transcripts" / "CATALOG.jsonl").read_text(encoding="utf-8").splitlines()
    catalog = {line["file"]: line for line in map(json.loads, lines)}
    chosen = json.loads((data / "transcripts" / "SETS.json").read_text(encoding="utf-8"))["two_weeks_november_2024"]
    by_show: dict[str, list[Item]] = defaultdict(list)
    for name in chosen:
        by_show[catalog[name]["show"]].append(_item(web, data / name, catalog[name], planted))
    return {web.publishes(show, items): items for show, items in by_show.items()}


def _item(web: PodcastServer, file: Path, entry: Mapping[str, str], planted: Sequence[str]) -> Item:
    is_timed = file.suffix == ".vtt"
    text = file.read_text(encoding="utf-8")
    text = _with_cues(text, planted) if is_timed else _with_paragraphs(text, planted)
    path = f"/transcripts/{file.stem}{file.suffix}"
    content_type = "text/vtt" if is_timed else "text/plain"
    web.serves(path, text.encode(), content_type)
    return Item(
        title=file.stem,
        published_at=datetime.combine(date.fromisoformat(entry["best_date"]), time(12), tzinfo=UTC),
        transcript=path,
        transcript_type=content_type,
        duration_s=_last_second(text) if is_timed else len(text.split()) / WORDS_PER_S,
    )


def _with_paragraphs(markdown: str, planted: Sequence[str]) -> str:
    """Return a transcript in which whoever speaks in the middle says what is planted."""
    about = found[0] if (found := FRONT_MATTER.match(markdown)) else ""
    paragraphs = re.split(r"\n\s*\n", markdown.removeprefix(about).strip())
    middle = len(paragraphs) // 2
    return f"{about}\n" + "\n\n".join([*paragraphs[:middle], *planted, *paragraphs[middle:]])


def _with_cues(vtt: str, planted: Sequence[str]) -> str:
    """Return a transcript with cues of what is planted in the middle; those after them begin later."""
    blocks = re.split(r"\n\s*\n", vtt)
    middle = len(blocks) // 2
    at_s = _seconds(STAMP.findall(blocks[middle])[0])
    cues = []
    for line in planted:
        end_s = at_s + len(line.split()) / WORDS_PER_S
        cues.append(f"{_stamp(at_s)} --> {_stamp(end_s)}\n{line}")
        at_s = end_s
    late_s = sum(len(line.split()) for line in planted) / WORDS_PER_S
    later = [STAMP.sub(lambda found: _stamp(_seconds(found.groups()) + late_s), block) for block in blocks[middle:]]
    return "\n\n".join([*blocks[:middle], *cues, *later])


def _seconds(stamp: Sequence[str]) -> float:
    hours, minutes, seconds = stamp
    return 3600.0 * int(hours) + 60 * int(minutes) + float(seconds)


def _stamp(at_s: float) -> str:
    return f"{int(at_s // 3600):02}:{int(at_s // 60 % 60):02}:{at_s % 60:06.3f}"


def _last_second(vtt: str) -> float:
    hours, minutes, seconds = re.findall(r"--> (\d+):(\d+):(\d+)", vtt)[-1]
    return 3600.0 * int(hours) + 60 * int(minutes) + int(seconds)

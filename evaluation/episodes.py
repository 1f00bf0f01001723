"""The episodes that are evaluated: transcripts as published, the hosts' own notes, and verified spans of ads.

They are read from the folder in ``$PODCAST_INSIGHTS_REAL_DATA`` through the package's own parsers, as an ingest would
read them. What has no times gets a duration of 150 words a minute.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from podcast_insights.evaluation.values import EvaluatedEpisode
from podcast_insights.transcripts.belongs import plain_notes
from podcast_insights.transcripts.formats import parse_transcript
from podcast_insights.transcripts.make import with_ads
from podcast_insights.transcripts.values import Transcript

WORDS_PER_S = 150 / 60

_SPAN = re.compile(r"^start:\s*(\S+)\nend:\s*(\S+)", re.MULTILINE)
_NUMBERED = re.compile(r"^[#\s*]*\w+ #\d+[^:\n]*:.*$", re.MULTILINE)
_LINK = re.compile(r"(\[[^\]\n]*\])\([^)\s]*\)")
_END_OF_NOTES = re.compile(r"^[#\s*]*(?:extras?|joke|links)\b", re.MULTILINE | re.IGNORECASE)


def read_set(root: Path, name: str) -> tuple[EvaluatedEpisode, ...]:
    """Return the episodes of one set: ``november``, ``noted`` or ``ads``."""
    sets = json.loads((root / "transcripts" / "SETS.json").read_text(encoding="utf-8"))
    readers = {"november": _november, "noted": _noted, "ads": _with_ads}
    return tuple(readers[name](root, sets))


def _november(root: Path, sets: Mapping[str, list[str]]) -> Iterator[EvaluatedEpisode]:
    lines = (root / "transcripts" / "CATALOG.jsonl").read_text(encoding="utf-8").splitlines()
    catalog = {line["file"]: line for line in map(json.loads, lines)}
    for name in sets["two_weeks_november_2024"]:
        day = date.fromisoformat(catalog[name]["best_date"])
        yield EvaluatedEpisode(transcript=read_transcript(root / name, show=catalog[name]["show"]), day=day)


def _noted(root: Path, sets: Mapping[str, list[Mapping[str, str]]]) -> Iterator[EvaluatedEpisode]:
    for pair in sets["notes_pythonbytes"]:
        written = (root / pair["reference"]).read_text(encoding="utf-8")
        transcript = read_transcript(root / pair["transcript"], show="Python Bytes")
        about = plain_notes(_LINK.sub(r"\1", written))
        yield EvaluatedEpisode(transcript=transcript, day=date.min, notes=notes_of(written), about=about)


def _with_ads(root: Path, sets: Mapping[str, list[str]]) -> Iterator[EvaluatedEpisode]:
    for name in sets["ads_ground_truth"]:
        if name.endswith("segments.json"):
            folder = (root / name).parent
            spans = ad_spans_of((folder / "truth.txt").read_text(encoding="utf-8"))
            transcript = read_transcript(root / name, show=folder.name)
            stated = tomllib.loads((folder / "metadata.toml").read_text(encoding="utf-8"))
            about = f"{stated['title']}\n{plain_notes(stated['description'])}"
            yield EvaluatedEpisode(transcript=transcript, day=date.min, ads_s=spans, about=about)


def read_transcript(path: Path, *, show: str) -> Transcript:
    """Return one published transcript, its ads marked as an ingest marks them."""
    body = path.read_bytes()
    parsed = parse_transcript(
        body, media_type=None, url=path.name, duration_s=max(60.0, len(body.split()) / WORDS_PER_S)
    )
    name = path.parent.name if path.stem == "segments" else path.stem
    transcript = Transcript(
        episode_id=name,
        show_id=show,
        source="publisher",
        engine="publisher",
        model=None,
        language="en",
        source_url=None,
        has_times=parsed.has_times,
        duration_s=parsed.segments[-1].end_s,
        segments=parsed.segments,
        fingerprint=name,
        made_at=datetime(2024, 1, 1, tzinfo=UTC),
    )
    return with_ads(transcript)


def ad_spans_of(truth: str) -> tuple[tuple[float, float], ...]:
    """Return the verified spans of a truth file; lines behind ``#`` were rejected by whoever verified it."""
    return tuple((_seconds(start), _seconds(end)) for start, end in _SPAN.findall(truth))


def notes_of(markdown: str) -> tuple[str, ...]:
    """Return the text of each numbered subject of the show notes, its heading included."""
    end = _END_OF_NOTES.search(markdown)
    body = markdown[: end.start()] if end else markdown
    starts = [match.start() for match in _NUMBERED.finditer(body)]
    return tuple(body[start:stop].strip() for start, stop in zip(starts, [*starts[1:], len(body)], strict=True))


def _seconds(stamp: str) -> float:
    seconds = 0.0
    for part in stamp.split(":"):
        seconds = seconds * 60 + float(part)
    return seconds

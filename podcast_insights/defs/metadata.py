"""What the Dagster UI shows of a materialization: the same keys with the same meaning on every asset."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import dagster as dg

from podcast_insights.pictures.svg import Picture
from podcast_insights.skips import Skip
from podcast_insights.storage.schemas import table
from podcast_insights.transcripts.reading import paragraphs
from podcast_insights.transcripts.values import Transcript

OWNERS = ["team:podcast-insights"]
PREVIEW_ROWS = 20
# Of each transcript, about half an hour; every materialization keeps what it shows.
TRANSCRIPT_CHARS = 25_000
# All at once: replaced one after the other, the "&" and "#" of one entity would be replaced again.
_ENTITIES = {ord(special): f"&#{ord(special)};" for special in "&\\`*_~[]|<>#!"}


def table_schema(name: str) -> dict[str, Any]:
    """Return the column schema of a table of the warehouse, for an asset's definition."""
    columns = [
        dg.TableColumn(
            name=column.name,
            type=column.type,
            description=column.description,
            constraints=dg.TableColumnConstraints(
                nullable=column.is_nullable, unique=(column.name,) == table(name).key, other=[]
            ),
        )
        for column in table(name).columns
    ]
    return {"dagster/column_schema": dg.TableSchema(columns=columns), "dagster/table_name": name}


def stage_metadata(
    rows: int, skips: Sequence[Skip] = (), *, titles: Mapping[str, str] = MappingProxyType({}), **more: Any
) -> dict[str, Any]:
    """Return what every stage reports: rows written, items skipped and why; ``titles`` names these by their ids."""
    reasons = Counter(skip.reason for skip in skips)
    metadata: dict[str, Any] = {"dagster/row_count": rows, "skipped": len(skips)} | more
    if skips:
        metadata["skipped_by_reason"] = dict(sorted(reasons.items()))
        shown = [
            {"item": titles.get(skip.subject_id, skip.subject_id), "why": skip.message, "id": skip.subject_id}
            for skip in skips
        ]
        metadata["skipped_items"] = markdown_table(shown)
    return metadata


def markdown_table(rows: Sequence[Mapping[str, Any]], *, limit: int = PREVIEW_ROWS) -> dg.MarkdownMetadataValue:
    """Return rows as a Markdown table of at most ``limit`` rows; cells are text, whatever they hold."""
    if not rows:
        return dg.MetadataValue.md("_none_")
    names = list(rows[0])
    lines = [_line(names), _line(["---"] * len(names))]
    lines += [_line([_cell(row[name]) for name in names]) for row in rows[:limit]]
    if len(rows) > limit:
        lines.append(f"\n{len(rows) - limit} more")
    return dg.MetadataValue.md("\n".join(lines))


def markdown_transcript(
    transcript: Transcript, title: str, *, most_chars: int = TRANSCRIPT_CHARS
) -> dg.MarkdownMetadataValue:
    """Return a transcript to read below its title, with its times and marks; a long one breaks off and says so."""
    lines = [f"**{_cell(title)}**"]
    room = most_chars
    for one in paragraphs(transcript.segments):
        if room <= 0:
            lines.append(f"_The rest is in the table segments, episode {_cell(transcript.episode_id)}._")
            break
        minutes, seconds = divmod(int(one.start_s), 60)
        speaker = f"{_cell(one.speaker)}: " if one.speaker else ""
        mark = f" _({_cell(one.ad_reason)})_" if one.ad_reason else ""
        lines.append(f"**{minutes}:{seconds:02d}**{mark} {speaker}{_text(one.text)}")
        room -= len(one.text)
    return dg.MetadataValue.md("\n\n".join(lines))


def picture(shown: Picture | None) -> dg.MarkdownMetadataValue:
    """Return a picture with what it says in words below it; None, where there was nothing to draw, says so."""
    if shown is None:
        return dg.MetadataValue.md("_nothing to draw_")
    return dg.MetadataValue.md(f"![{_cell(shown.title)}]({shown.address})\n\n{_text(shown.words)}")


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(value: Any) -> str:
    """Return a value as text that cannot end its cell or become markup: titles and notes come from feeds."""
    if value is None:
        return ""
    text = f"{value:.3g}" if isinstance(value, float) else str(value)
    return _text(text, most=200)


def _text(text: str, *, most: int = 4000) -> str:
    line = " ".join(text.split())[:most]
    # Half of a surrogate pair, which JSON may hold, would keep the UI from answering at all.
    return line.encode("utf-8", "replace").decode().translate(_ENTITIES)

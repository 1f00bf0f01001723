"""A digest as Markdown: what the Dagster UI shows beside a run, and what the notes of a day hold."""

import re

from podcast_insights.delivery.views import EntryView, PartView, digest_view
from podcast_insights.digest.values import Digest

# Beside CommonMark's own: $, =, ^ and % mark formulas, highlights, references and comments in note-taking programs.
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>$=^%])")


def digest_markdown(digest: Digest) -> str:
    """Return the headlines of a day with who said them, where to listen, why they were chosen, and their scores."""
    view = digest_view(digest)
    blocks = [f"## {view.title}", escape_markdown(view.summary), *(_entry(entry) for entry in view.entries)]
    if view.entries:
        blocks.append(_score_table(view.entries))
    return "\n\n".join(blocks) + "\n"


def escape_markdown(text: str) -> str:
    """Return text that Markdown shows as it is: no markup, no link, no HTML."""
    return _SPECIAL.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;"))


def _entry(entry: EntryView) -> str:
    insight = entry.insight
    who = escape_markdown(f"{insight.speaker} · {insight.show_title}" if insight.speaker else insight.show_title)
    where = (
        f"[Listen at {insight.timecode}](<{insight.listen_url}>)" if insight.listen_url else f"at {insight.timecode}"
    )
    lines = [f"### {entry.rank}\\. {escape_markdown(insight.claim)}"]
    if insight.explanation:
        lines.append(escape_markdown(insight.explanation))
    if not insight.quote_repeats:
        lines.append(f"> {escape_markdown(insight.quote)}")
    lines.append(f"**{who}**, {escape_markdown(insight.episode_title)}, {where}")
    if entry.also_said_by:
        lines.append("Also said by " + escape_markdown(", ".join(title for title, _ in entry.also_said_by)) + "\\.")
    lines.append(f"*{escape_markdown(entry.reason)}*")
    return "\n\n".join(lines)


def _score_table(entries: tuple[EntryView, ...]) -> str:
    names = [part.name for part in entries[0].parts]
    rows = [
        "| rank | show | " + " | ".join(names) + " | score |",
        "|---:|---|" + "---:|" * (len(names) + 1),
        *(
            f"| {entry.rank} | {escape_markdown(entry.insight.show_title)} | {_percents(entry.parts)} "
            f"| {entry.total_percent} |"
            for entry in entries
        ),
    ]
    totals = [entry.total_percent for entry in entries]
    if totals != sorted(totals, reverse=True):
        rows += ["", "*Each is next by its score and by how unlike it is to those above it.*"]
    return "\n".join(rows)


def _percents(parts: tuple[PartView, ...]) -> str:
    return " | ".join(str(part.percent) for part in parts)

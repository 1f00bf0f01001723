"""Metadata for the UI: tables whose cells stay text, whatever titles and notes hold."""

from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from podcast_insights.defs.metadata import (
    PREVIEW_ROWS,
    markdown_table,
    markdown_transcript,
    stage_metadata,
    table_schema,
)
from podcast_insights.skips import Skip
from podcast_insights.storage.schemas import TABLES
from podcast_insights.transcripts.values import Segment
from podcast_insights_tests.storage.examples import a_transcript


def cells_of(markdown: str) -> list[list[str]]:
    """Return the cells of a table as a reader sees them; anything but plain text in one is an error."""
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(markdown)
    rows: list[list[str]] = []
    for token in tokens:
        assert token.type not in {"html_block", "code_block", "fence"}, token
        if token.type == "tr_open":
            rows.append([])
        if token.type == "inline" and rows:
            kinds = {child.type for child in token.children or []}
            assert kinds <= {"text", "text_special"}, kinds
            rows[-1].append("".join(child.content for child in token.children or []))
    return rows[1:]


HOSTILE = [
    "a | b || c",
    "two\nlines\r\nand a | third",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[here](javascript:alert(1)) ![x](http://example.org/pixel.png)",
    "**bold** _it_ ~~gone~~ `code` # no heading",
    "back\\slash \\| and \\",
    "AT&amp;T &lt;b&gt; &#60;i&#62;",
    "---",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_shows_what_it_was_given_and_nothing_else(text: str) -> None:
    table = markdown_table([{"title": text, "rows": 3}]).value or ""

    assert cells_of(table) == [[" ".join(text.split()), "3"]]
    assert "<" not in table


@given(st.lists(st.tuples(st.text(max_size=40), st.text("|\\`*_[]<>#!&;~\n a", max_size=40)), min_size=1, max_size=3))
def test_no_text_breaks_a_table(rows: list[tuple[str, str]]) -> None:
    table = markdown_table([{"one": one, "two": two} for one, two in rows]).value or ""

    lines = table.splitlines()
    assert len(lines) == 2 + len(rows)
    for line, row in zip(lines[2:], rows, strict=True):
        cells = line.removeprefix("| ").removesuffix(" |").split(" | ")
        assert [unescape(cell) for cell in cells] == [" ".join(text.split()) for text in row]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, ""), (0.123456, "0.123"), (12345, "12345"), (True, "True"), ("x" * 500, "x" * 200), ("  ", "")],
)
def test_values_are_short(value: Any, shown: str) -> None:
    assert cells_of(markdown_table([{"value": value, "end": "."}]).value or "") == [[shown, "."]]


def test_half_of_a_surrogate_pair_leaves_a_text_that_can_be_sent() -> None:
    table = markdown_table([{"claim": "a\ud800b"}]).value or ""

    assert cells_of(table.encode().decode()) == [["a?b"]]


def test_a_long_table_says_how_much_is_left_out() -> None:
    table = markdown_table([{"row": number} for number in range(PREVIEW_ROWS + 7)]).value or ""

    assert len(cells_of(table)) == PREVIEW_ROWS
    assert table.endswith("\n7 more")


def test_no_rows_is_said() -> None:
    assert markdown_table([]).value == "_none_"


def test_a_stage_reports_what_it_skipped_and_why() -> None:
    skips = [
        Skip(stage="audio", show_id="s", subject_id=f"e{n}", reason=reason, message="M", retryable=False)
        for n, reason in enumerate(["refused", "bad_audio", "refused"])
    ]

    metadata = stage_metadata(4, skips, titles={"e1": "The One"}, bytes=9)

    assert (metadata["dagster/row_count"], metadata["skipped"], metadata["bytes"]) == (4, 3, 9)
    assert metadata["skipped_by_reason"] == {"bad_audio": 1, "refused": 2}
    assert [cells[0] for cells in cells_of(metadata["skipped_items"].value)] == ["e0", "The One", "e2"]
    assert "skipped_items" not in stage_metadata(4)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_of_a_table_is_described(table: Any) -> None:
    schema = table_schema(table.name)["dagster/column_schema"]

    assert [column.name for column in schema.columns] == list(table.column_names)
    assert all(column.description and column.type for column in schema.columns)
    unique = [column.name for column in schema.columns if column.constraints.unique]
    assert unique == (list(table.key) if len(table.key) == 1 else [])


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_transcript_to_read_has_times_and_marks_and_stays_text(hostile: str) -> None:
    ad = Segment(index=1, start_s=75, end_s=80, text="Buy.", speaker=hostile, is_ad=True, ad_reason="call")
    transcript = a_transcript("episode", Segment(index=0, start_s=0, end_s=4, text=hostile), ad)
    shown = markdown_transcript(transcript, hostile).value
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(shown)
    kinds = {child.type for token in tokens for child in token.children or []}
    assert kinds <= {"text", "text_special", "strong_open", "strong_close", "em_open", "em_close"}
    assert {token.type for token in tokens} == {"paragraph_open", "inline", "paragraph_close"}
    assert "**0:00**" in shown
    assert "**1:15** _(call)_" in shown


def test_a_long_transcript_breaks_off_and_says_where_the_rest_is() -> None:
    texts = [Segment(index=at, start_s=30.0 * at, end_s=30.0 * at + 30, text="word " * 20) for at in range(9)]
    shown = markdown_transcript(a_transcript("episode", *texts), "Title", most_chars=300).value or ""
    assert shown.count("word " * 19) == 4
    assert "The rest is in the table segments, episode episode." in shown

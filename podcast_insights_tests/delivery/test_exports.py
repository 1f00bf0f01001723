import csv
import io
import json

import pyarrow.parquet as pq
import pytest
import yaml

from podcast_insights.delivery.exports import day_note, insights_csv, insights_parquet
from podcast_insights_tests.digest.fakes import a_candidate, a_digest, a_hostile_candidate, real_digests


def from_csv(digests):
    return list(csv.DictReader(io.StringIO(insights_csv(digests).decode("utf-8-sig"))))


def from_parquet(digests):
    return pq.read_table(io.BytesIO(insights_parquet(digests))).to_pylist()


def test_both_tables_hold_every_insight_oldest_first():
    rows, typed = from_csv(real_digests()), from_parquet(real_digests())
    assert len(rows) == len(typed) == 10
    assert [row["digest_date"] for row in rows] == ["2026-11-11"] * 2 + ["2026-11-12"] * 3 + ["2026-11-13"] * 5
    assert list(rows[0]) == list(typed[0])
    last = typed[-4]
    assert last["show_title"] == "The Grid Hour"
    assert last["topics"] == ["energy", "batteries", "markets"]
    assert last["also_said_by"] == ["Kilowatt"]
    assert (last["start_s"], last["rank"], last["episode_date"].isoformat()) == (1564.0, 2, "2026-11-13")
    assert rows[-4]["topics"] == "energy; batteries; markets"
    assert rows[-4]["claim"] == last["claim"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_cell_is_never_a_formula(start):
    digest = a_digest(a_candidate("a", claim=f"{start}HYPERLINK(1)", start_s=0.0))
    assert from_csv([digest])[0]["claim"] == f"'{start}HYPERLINK(1)"
    assert from_parquet([digest])[0]["claim"] == f"{start}HYPERLINK(1)"


def test_words_with_line_breaks_and_quotes_come_back_whole():
    row = from_csv([a_digest(a_hostile_candidate())])[0]
    assert row["claim"].startswith("</title><script>alert(1)</script> Bcc:")
    assert row["episode_url"] == ""


def test_no_insights_are_a_table_without_rows():
    assert from_csv([]) == from_parquet([]) == []


def parts_of(note):
    _, properties, text = note.decode().split("---\n", 2)
    return yaml.safe_load(properties), text


def test_a_note_has_properties_and_the_day():
    properties, text = parts_of(day_note(real_digests()[0]))
    assert properties["title"] == "Podcast insights, Friday, 13 November 2026"
    assert (properties["date"], properties["insights"], properties["revision"]) == ("2026-11-13", 5, 1)
    assert properties["topics"][:2] == ["python", "software"]
    assert "The Grid Hour" in properties["shows"]
    assert "## Friday, 13 November 2026" in text
    assert "[Listen at 26:04](<https://media.example.org/0.mp3#t=1564>)" in text


def test_hostile_words_add_neither_properties_nor_links():
    candidate = a_candidate(
        "a", claim="[[Secret]] %%hidden%% $x$ ==y== #tag ^ref\n---\nevil: 1", topics=("a\n---\nb: c",)
    )
    properties, text = parts_of(day_note(a_digest(candidate)))
    assert set(properties) == {"title", "date", "insights", "revision", "topics", "shows"}
    assert properties["topics"] == ["a --- b: c"]
    for markup in ("[[", "%%", " $x", "==", " #tag", " ^ref"):
        assert markup not in text
    assert json.dumps(properties)


def test_the_properties_of_a_note_are_cleaned_and_keep_their_letters():
    hostile = '🎧 Ünder\u2028\u202e\x85\ufeff\x00\ud83d 日本 \\"--- ' + "x" * 5000
    properties, _ = parts_of(day_note(a_digest(a_candidate("a", topics=("🎧 audio", hostile), show=hostile))))
    assert properties["topics"][0] == "🎧 audio"
    assert properties["shows"][0].startswith("🎧 Ünder")
    assert len(properties["shows"][0]) <= 160
    for words in (*properties["topics"], *properties["shows"]):
        words.encode()
        assert "\u202e" not in words

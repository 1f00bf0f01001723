"""The benchmark of publishers' files reads what it wrote: every word, by both speakers, with times."""

import pytest

from benchmarks.transcript_files import CUE_S, SPEAKERS, WRITERS, transcript_files
from podcast_insights.transcripts.formats import parse_transcript


@pytest.mark.parametrize("name", WRITERS)
def test_every_cue_is_read(name: str) -> None:
    parsed = parse_transcript(WRITERS[name](100), media_type=None, url=f"https://example.org/t.{name}", duration_s=None)

    words = sum(len(part.text.split()) for part in parsed.segments)
    assert (parsed.format, words, parsed.has_times) == (name, 100 if name == "json" else 600, True)
    assert {part.speaker for part in parsed.segments} == set(SPEAKERS)
    assert parsed.segments[-1].end_s == 100 * CUE_S


def test_each_format_is_told_with_its_goal() -> None:
    found = transcript_files(50)

    assert [figure.meets_goal for figure in found.figures] == [True, None] * len(WRITERS)

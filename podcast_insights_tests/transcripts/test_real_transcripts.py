import json
import os
import re
from html import unescape
from pathlib import Path

import pytest

from podcast_insights.errors import TranscriptError
from podcast_insights.transcripts.formats import ParsedTranscript, parse_transcript
from podcast_insights.transcripts.verify import verify

DATA = Path(os.environ.get("PODCAST_INSIGHTS_REAL_DATA", "/nonexistent"))
FORMATS = DATA / "transcript_formats"
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.exists(), reason="PODCAST_INSIGHTS_REAL_DATA is not set"),
]


def parsed(path: Path) -> ParsedTranscript:
    return parse_transcript(path.read_bytes(), media_type=None, url=path.name, duration_s=None)


def plain_words(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"<[^<>]*>", " ", unescape(text)).lower())


@pytest.mark.parametrize("path", sorted(FORMATS.glob("[prw]*/*.*")), ids=lambda path: path.name)
def test_each_file_is_read_or_refused_with_a_reason(path: Path) -> None:
    if path.name == "invalid_format1.srt":
        with pytest.raises(TranscriptError, match="holds no words"):
            parsed(path)
        return
    segments = parsed(path).segments
    assert segments
    assert all(part.text and part.start_s <= part.end_s for part in segments)
    assert [part.start_s for part in segments] == sorted(part.start_s for part in segments)


@pytest.mark.parametrize("name", ["example.json", "exampleComplex.json"])
def test_chapters_are_no_transcript(name: str) -> None:
    with pytest.raises(TranscriptError, match="chapters"):
        parsed(FORMATS / "chapters" / name)


@pytest.mark.parametrize("path", sorted(FORMATS.glob("real_publisher/expected/*.json")), ids=lambda path: path.name)
def test_the_words_and_speakers_of_another_parser_are_found(path: Path) -> None:
    stem, kind = path.stem.removesuffix("_parsed").rsplit("_", 1)
    expected = json.loads(path.read_text())["segments"]

    transcript = parsed(FORMATS / "real_publisher" / f"{stem}.{kind}")

    ours = plain_words(" ".join(part.text for part in transcript.segments))
    theirs = plain_words(" ".join(part["body"] for part in expected))
    # Their parser makes a speaker of one line's "Subtitles:"; we keep such words.
    assert [word for word in ours if word != "subtitles"] == [word for word in theirs if word != "subtitles"]
    speakers = {part.speaker for part in transcript.segments}
    if None not in speakers:
        assert speakers == {part["speaker"] for part in expected}
    assert transcript.segments[0].start_s == pytest.approx(expected[0]["startTime"], abs=0.01)


@pytest.mark.parametrize(
    "path",
    sorted([*DATA.glob("transcripts/pythonbytes/*.vtt"), *DATA.glob("transcripts/c*/**/*.md")]),
    ids=lambda path: path.stem,
)
def test_real_transcripts_are_trusted(path: Path) -> None:
    transcript = parsed(path)

    verdict = verify(
        transcript.segments,
        has_times=transcript.has_times,
        duration_s=transcript.segments[-1].end_s,
        declared_language="en",
    )

    assert verdict.problems == ()


def test_spanish_labelled_english_is_not_trusted() -> None:
    transcript = parsed(FORMATS / "real_publisher" / "kde_express-16_kde_en_telegram.vtt")

    verdict = verify(transcript.segments, has_times=True, duration_s=150.0, declared_language="en")

    assert [code for code, _ in verdict.problems] == ["wrong_language"]

import json
from itertools import accumulate, pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from podcast_insights.transcripts.formats import ParsedTranscript, parse_transcript

Line = tuple[float, float, str | None, str]


def parsed(text: str | bytes, duration_s: float | None = None) -> ParsedTranscript:
    body = text.encode() if isinstance(text, str) else text
    return parse_transcript(body, media_type=None, url="https://example.org/t", duration_s=duration_s)


def lines(text: str | bytes) -> list[Line]:
    return [(part.start_s, part.end_s, part.speaker, part.text) for part in parsed(text).segments]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nHello.", [(1.0, 2.5, None, "Hello.")]),
        ("WEBVTT\n\n0.860 --> 7.380\nHello.", [(0.86, 7.38, None, "Hello.")]),
        ("WEBVTT\n\n00:01.5 --> 00:03\nHello.", [(1.5, 3.0, None, "Hello.")]),
        ("WEBVTT\n\n00:00:01,000 --> 00:00:02,500\nHello.", [(1.0, 2.5, None, "Hello.")]),
        ("webvtt\n\n00:01.000 --> 00:02.000 align:start position:0%\nHello.", [(1.0, 2.0, None, "Hello.")]),
        ("WEBVTT - a title\n\nNOTE not said\n\nintro\n00:01.000 --> 00:02.000\nHello.", [(1.0, 2.0, None, "Hello.")]),
        ("WEBVTT\n\nSTYLE\n::cue { color: red }\n\n00:01.000 --> 00:02.000\nHi.", [(1.0, 2.0, None, "Hi.")]),
        ("WEBVTT\n00:01.000 --> 00:02.000\nHello.\n00:02.000 --> 00:03.000\nBye.",
         [(1.0, 2.0, None, "Hello."), (2.0, 3.0, None, "Bye.")]),
        ("00:00:01.000 --> 00:00:02.000\nNo header.", [(1.0, 2.0, None, "No header.")]),
        ("1\n00:00:01,000 --> 00:00:02,000\nHello.\n\n2\n00:00:02,000 --> 00:00:03,000\nBye.",
         [(1.0, 2.0, None, "Hello."), (2.0, 3.0, None, "Bye.")]),
        ("1\n00:00:01,000 --> 00:00:02,000\nHello.\n2\n00:00:02,000 --> 00:00:03,000\nBye.",
         [(1.0, 2.0, None, "Hello."), (2.0, 3.0, None, "Bye.")]),
        ("1\n00:00:01,000 --> 00:00:04,000\nOne line\n\nand another.", [(1.0, 4.0, None, "One line and another.")]),
        ("0:00:01.000,0:00:02.000\nAs SBV.\n", [(1.0, 2.0, None, "As SBV.")]),
        ("1\n-00:00:01,000 --> 00:00:02,000\nEarly.", [(0.0, 2.0, None, "Early.")]),
        ("1\n00:00:01,000 --> 00:00:02,000\nType a --> b.", [(1.0, 2.0, None, "Type a --> b.")]),
    ],
)  # fmt: skip
def test_times_and_blocks_are_read_as_hosts_write_them(text: str, expected: list[Line]) -> None:
    assert lines(text) == expected


@pytest.mark.parametrize(
    ("cue", "expected"),
    [
        ("<v Ada>Hello.", [("Ada", "Hello.")]),
        ("<v.loud Ada Lovelace>Hello.</v>", [("Ada Lovelace", "Hello.")]),
        ("<v Ada>Hello.</v>\n<v Bob>Hi.</v>", [("Ada", "Hello."), ("Bob", "Hi.")]),
        ("Q&amp;A with <i>you</i> and <c.red>me</c>.", [(None, "Q&A with you and me.")]),
        ("When <00:00:01.500>it is < 3 &lt;b&gt;", [(None, "When it is < 3 <b>")]),
        ("Hard-wrapped\nlines.", [(None, "Hard-wrapped lines.")]),
        ("♪ ♪\n", []),
        ("You type a --> b\nand go on.", [(None, "You type a --> b and go on.")]),
    ],
)
def test_cues_become_plain_words_with_their_voices(cue: str, expected: list[tuple[str | None, str]]) -> None:
    text = f"WEBVTT\n\n00:01.000 --> 00:05.000\n{cue}\n\n00:09.000 --> 00:10.000\nEnd."

    assert [(part.speaker, part.text) for part in parsed(text).segments[:-1]] == expected


def test_the_language_of_the_header_is_kept() -> None:
    assert parsed("WEBVTT\nKind: captions\nLanguage: pt-BR\n\n00:01.000 --> 00:02.000\nOi.").language == "pt-BR"


def test_rolling_captions_say_each_line_once() -> None:
    said = ["one of these", "two of those", "three of them", "four of ours", "five of yours"]
    cues = [f"00:0{i}.000 --> 00:0{i + 1}.000\n{said[i - 1]}\n{said[i]}" for i in range(1, 5)]
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\n" + said[0] + "\n\n" + "\n\n".join(cues)

    assert " ".join(part.text for part in parsed(text).segments) == " ".join(said)


def test_a_repeated_answer_is_kept() -> None:
    text = "WEBVTT\n\n" + "\n\n".join(
        f"00:0{i}.000 --> 00:0{i + 1}.000\n{words}"
        for i, words in enumerate(["Yes.", "Yes.", "Why?", "So.", "Ok.", "Hm."])
    )

    assert [part.text for part in parsed(text).segments][:2] == ["Yes.", "Yes."]


def test_formats_are_told_by_content() -> None:
    assert parsed("1\n00:00:01,000 --> 00:00:02,000\nHi.").format == "srt"
    assert parsed("WEBVTT\n\n00:01.000 --> 00:02.000\nHi.").format == "vtt"


words = st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=8).filter(str.isalpha)
sentences = st.lists(words, min_size=1, max_size=6).map(lambda found: " ".join(found) + ".")


pieces = st.lists(st.tuples(st.integers(1, 20_000), st.integers(1, 5_000), sentences), min_size=1, max_size=12)


def placed(pieces: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Return the start and the end in milliseconds, and the text."""
    # Cues that repeat the line before are how rolling captions look, and are folded: see the test for those.
    assume(all(before[2] != after[2] for before, after in pairwise(pieces)))
    starts_ms = accumulate(gap_ms + length_ms for gap_ms, length_ms, _ in pieces)
    return [(end_ms - length_ms, end_ms, text) for end_ms, (_, length_ms, text) in zip(starts_ms, pieces, strict=True)]


def stamp(ms: int, mark: str) -> str:
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}{mark}{ms % 1000:03d}"


@settings(max_examples=60, deadline=None)
@given(pieces)
def test_a_written_vtt_file_comes_back(pieces: list[tuple[int, int, str]]) -> None:
    cues = placed(pieces)
    blocks = [f"{stamp(start_ms, '.')} --> {stamp(end_ms, '.')}\n{text}\n" for start_ms, end_ms, text in cues]

    assert lines("\n".join(["WEBVTT\n", *blocks])) == [
        (start_ms / 1000, end_ms / 1000, None, text) for start_ms, end_ms, text in cues
    ]


@settings(max_examples=60, deadline=None)
@given(pieces)
def test_a_written_srt_file_comes_back(pieces: list[tuple[int, int, str]]) -> None:
    cues = placed(pieces)
    blocks = [
        f"{number}\n{stamp(start_ms, ',')} --> {stamp(end_ms, ',')}\n{text}\n"
        for number, (start_ms, end_ms, text) in enumerate(cues, start=1)
    ]

    assert lines("\n".join(blocks)) == [(start_ms / 1000, end_ms / 1000, None, text) for start_ms, end_ms, text in cues]


@settings(max_examples=60, deadline=None)
@given(pieces, st.lists(st.sampled_from([None, "Ann", "Bob"]), min_size=12, max_size=12), st.booleans())
def test_a_written_json_file_comes_back(
    pieces: list[tuple[int, int, str]], speakers: list[str | None], is_by_word: bool
) -> None:
    cues = [(*cue, speaker) for cue, speaker in zip(placed(pieces), speakers, strict=False)]
    segments = []
    for start_ms, end_ms, text, speaker in cues:
        parts = text.split() if is_by_word else [text]
        marks_ms = [start_ms + (end_ms - start_ms) * number / len(parts) for number in range(len(parts) + 1)]
        for part, (begin_ms, stop_ms) in zip(parts, pairwise(marks_ms), strict=True):
            segment = {"startTime": begin_ms / 1000, "endTime": stop_ms / 1000, "body": part}
            segments.append(segment | ({"speaker": speaker} if speaker else {}))

    read = lines(json.dumps({"version": "1.0.0", "segments": segments}))

    assert read == [
        (pytest.approx(start_ms / 1000), pytest.approx(end_ms / 1000), speaker, text)
        for start_ms, end_ms, text, speaker in cues
    ]

import pytest

from podcast_insights.transcripts.formats.cues import Cue, segments_of
from podcast_insights.transcripts.formats.speakers import name_speakers, split_prefix
from podcast_insights.transcripts.formats.text import join_words, plain_text
from podcast_insights.transcripts.formats.times import seconds_of


def cue(text: str, start_s: float | None, end_s: float | None, speaker: str | None = None) -> Cue:
    return Cue(text=text, start_s=start_s, end_s=end_s, speaker=speaker)


@pytest.mark.parametrize(
    ("cues", "expected"),
    [
        ([cue("B.", 5, 6), cue("A.", 1, 2)], [(1, 2, "A."), (5, 6, "B.")]),
        ([cue("A.", 1, 9), cue("B.", 5, 6)], [(1, 5, "A."), (5, 6, "B.")]),
        ([cue("A.", 5, 3), cue("B.", 9, 10)], [(5, 5.133, "A."), (9, 10, "B.")]),
        ([cue("A.", -4, 2)], [(0, 2, "A.")]),
        ([cue("A.", 3, 3), cue("B.", 4, 5)], [(3, 3.133, "A."), (4, 5, "B.")]),
        ([cue("", 1, 2), cue("B.", 4, 5)], [(4, 5, "B.")]),
        ([cue("Aaa.", 0, 4), cue("Bbb.", 0, 4)], [(0, 2, "Aaa."), (2, 4, "Bbb.")]),
        ([cue("A.", 1e9, 2e9), cue("B.", 4, 5)], [(4, 5, "B.")]),
        ([cue("A.", 1, None), cue("B.", None, None)], [(1, 1.133, "A."), (1.133, 1.267, "B.")]),
    ],
)
def test_order_and_times_are_mended(cues: list[Cue], expected: list[tuple[float, float, str]]) -> None:
    assert [(part.start_s, part.end_s, part.text) for part in segments_of(cues)] == expected


@pytest.mark.parametrize(
    ("cues", "expected"),
    [
        ([cue("Half a", 0, 1), cue("sentence.", 1, 2)], ["Half a sentence."]),
        ([cue("Half a", 0, 1, "Ada"), cue("sentence.", 1, 2, "Bob")], ["Half a", "sentence."]),
        ([cue("Before a", 0, 1), cue("long pause.", 9, 10)], ["Before a", "long pause."]),
        ([cue("Done.", 0, 1), cue("Next.", 1, 2)], ["Done.", "Next."]),
        ([cue("「終わり。」", 0, 1), cue("次", 1, 2), cue("です。", 2, 3)], ["「終わり。」", "次です。"]),
        ([cue(f"w{at}", at, at + 1) for at in range(60)],
         [" ".join(f"w{at}" for at in range(30)), " ".join(f"w{at}" for at in range(30, 60))]),
    ],
)  # fmt: skip
def test_fragments_are_merged_into_sentences_of_half_a_minute(cues: list[Cue], expected: list[str]) -> None:
    assert [part.text for part in segments_of(cues)] == expected


def test_segments_are_numbered() -> None:
    assert [part.index for part in segments_of([cue("A.", 0, 1), cue("B.", 1, 2)])] == [0, 1]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ada: Hello", "Ada"),
        ("Ada Lovelace: Hello", "Ada Lovelace"),
        ("SPEAKER_01: Hello", "SPEAKER_01"),
        (">> Ada: Hello", "Ada"),
        ("Ludwig van Beethoven: Hallo", "Ludwig van Beethoven"),
        ("田中：こんにちは", "田中"),
        ("here it is: Hello", None),
        ("https://example.org", None),
        ("10:30 is when", None),
        ("A very long way of saying things with Words: no", None),
    ],
)
def test_prefixes_with_the_form_of_a_name(text: str, name: str | None) -> None:
    assert split_prefix(text)[0] == name


@pytest.mark.parametrize(
    ("texts", "speakers"),
    [
        (["Ada: Hi", "and more", "Bob: Yes", "Ada: No"], ["Ada", "Ada", "Bob", "Ada"]),
        (["Note: this", "is said", "once", "only", "here"], [None] * 5),
        (["plain"] * 300 + ["Warning: x", "Warning: y"], [None] * 302),
    ],
)
def test_only_consistent_prefixes_are_speakers(texts: list[str], speakers: list[str | None]) -> None:
    assert [named.speaker for named in name_speakers([cue(text, 0, 1) for text in texts])] == speakers


def test_marked_voices_win_over_prefixes() -> None:
    cues = [cue("Ada: Hi", 0, 1, "Host"), cue("Ada: Ho", 1, 2, "Host")]

    assert name_speakers(cues) == cues


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1:02:03.5", 3723.5),
        ("02:03,25", 123.25),
        ("-0.5", -0.5),
        (7, 7.0),
        ("7", 7.0),
        ("x", None),
        (True, None),
        (None, None),
        (float("nan"), None),
        (10**400, None),
    ],
)
def test_times(value: object, seconds: float | None) -> None:
    assert seconds_of(value) == seconds


def test_words_are_joined_as_written() -> None:
    assert join_words("it", "'s") == "it's"
    assert join_words("well", ", yes") == "well, yes"
    assert join_words("", "yes") == "yes"
    assert plain_text("a <b>bold</b>\n &quot;word&quot; <3") == 'a bold "word" <3'

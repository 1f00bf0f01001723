import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcast_insights.transcripts.sentences import MAX_SENTENCE_WORDS, TextMap, joined_text, sentences_of
from podcast_insights.transcripts.values import Segment


def said(*lines: str | tuple[str | None, str], seconds: float = 10.0) -> tuple[Segment, ...]:
    """Return one segment of ten seconds per line; a pair is (speaker, text)."""
    pairs = [(None, line) if isinstance(line, str) else line for line in lines]
    return tuple(
        Segment(index=number, start_s=number * seconds, end_s=(number + 1) * seconds, text=text, speaker=speaker)
        for number, (speaker, text) in enumerate(pairs)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One here. Two there.", ["One here.", "Two there."]),
        ("Is it? Yes! Good.", ["Is it?", "Yes!", "Good."]),
        ("Dr. Smith met Mr. Jones. They talked.", ["Dr. Smith met Mr. Jones.", "They talked."]),
        ("The U.S. market grew. J. Doe said so.", ["The U.S. market grew.", "J. Doe said so."]),
        ("It is fast, e.g. Go. And so am I. Really.", ["It is fast, e.g. Go.", "And so am I.", "Really."]),
        ("Well... we tried. It failed...", ["Well... we tried.", "It failed..."]),
        ('She said "Stop." Then she left.', ['She said "Stop."', "Then she left."]),
        ("Version 2.5 is out. Use node.js now.", ["Version 2.5 is out.", "Use node.js now."]),
        ("これは文です。これも文です。", ["これは文です。", "これも文です。"]),
        ("यह पहला वाक्य है। यह दूसरा है ।", ["यह पहला वाक्य है।", "यह दूसरा है ।"]),
        ("كيف حالك؟ هذا جيد.", ["كيف حالك؟", "هذا جيد."]),
        ("یہ ایک جملہ ہے۔ یہ دوسرا ہے۔", ["یہ ایک جملہ ہے۔", "یہ دوسرا ہے۔"]),
        ("   \n ", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert [sentence.text for sentence in sentences_of(said(text))] == expected


def test_a_sentence_runs_over_caption_lines_of_one_speaker_but_not_into_another_speaker() -> None:
    segments = said(("Ann", "We count what we"), ("Ann", "can see. And then"), ("Bob", "You stop. Why?"))
    sentences = sentences_of(segments)
    assert [(one.text, one.speaker, one.turn, one.first_segment, one.last_segment) for one in sentences] == [
        ("We count what we can see.", "Ann", 0, 0, 1),
        ("And then", "Ann", 0, 1, 1),
        ("You stop.", "Bob", 1, 2, 2),
        ("Why?", "Bob", 1, 2, 2),
    ]


def test_times_are_interpolated_within_a_segment_by_characters() -> None:
    first, second = sentences_of(said("Aaaa bbbb. Cccc dddd."))
    assert first.start_s == 0
    assert first.end_s == pytest.approx(10 * 10 / 21)
    assert second.start_s == pytest.approx(10 * 11 / 21)
    assert second.end_s == 10


def test_speech_without_punctuation_is_cut_before_connectives() -> None:
    text = "we looked at the numbers every single week and they never moved at all because nobody had told the people "
    sentences = sentences_of(said(text * 6))
    lengths = [len(one.text.split()) for one in sentences]
    assert max(lengths) <= 30
    assert min(lengths[:-1]) >= 13
    assert any(one.text.startswith(("because", "and")) for one in sentences)


UNSPACED_SPEECH = {
    "zh": "我们觉得城市应该先数一数每天有多少人使用这个停车位",
    "ja": "都市は駐車場の数を数えるけれども大切なのは一日に何人使うかです",
    "th": "เมืองมักนับจำนวนที่จอดรถแต่สิ่งที่สำคัญคือมีคนใช้กี่คนต่อวัน",
}


@pytest.mark.parametrize("language", sorted(UNSPACED_SPEECH))
def test_speech_that_is_neither_spaced_nor_punctuated_is_cut_between_segments(language: str) -> None:
    line = UNSPACED_SPEECH[language]
    sentences = sentences_of(said(*[line] * 40))
    assert {one.text for one in sentences} <= {line, f"{line} {line}"}
    assert all(one.end_s - one.start_s <= 20.0 for one in sentences)


def test_a_question_mark_now_and_then_is_no_punctuation_of_chinese() -> None:
    lines = [UNSPACED_SPEECH["zh"]] * 40
    lines[19] += "？"
    assert max(len(one.text) for one in sentences_of(said(*lines))) <= 2 * len(lines[0]) + 1


def test_an_endless_sentence_in_chinese_is_cut_at_its_commas() -> None:
    clause = "我们先数每天有多少人使用这个停车位，"
    text = "这是第一句。" * 20 + clause * 40 + "然后公布。" + "这是一句话。" * 20
    sentences = [one.text for one in sentences_of(said(text))]
    assert max(map(len, sentences)) <= 2 * MAX_SENTENCE_WORDS
    long = [one for one in sentences if clause in one]
    assert len(long) > 3
    assert all(one.endswith("，") for one in long[:-1])
    assert "".join(sentences) == text


def test_an_endless_sentence_is_cut_at_clauses_or_anywhere() -> None:
    with_clauses = " ".join(["we measure it all day long, and"] * 30) + " done. " + "Short one. " * 4
    without_any = " ".join(["word"] * 300) + ". " + "Short one. " * 8
    for text in (with_clauses, without_any):
        sentences = sentences_of(said(text))
        assert max(len(one.text.split()) for one in sentences) <= MAX_SENTENCE_WORDS


def test_without_speakers_a_question_and_an_answer_are_two_turns() -> None:
    sentences = sentences_of(said("So how does it work? It counts. It waits. Yeah, exactly. The rest is easy."))
    assert [one.turn for one in sentences] == [0, 1, 1, 2, 3]


def test_one_named_speaker_keeps_one_turn() -> None:
    sentences = sentences_of(said(("Ann", "How does it work? It counts."), ("Ann", "Yeah. It waits.")))
    assert {one.turn for one in sentences} == {0}


texts = st.text(alphabet=st.sampled_from("aB .!?…\"',-\n\té字。"), max_size=60)


@given(st.lists(st.tuples(st.sampled_from([None, "Ann", "Bob"]), texts), max_size=6))
def test_every_sentence_stands_word_for_word_in_the_text_and_none_overlap(lines: list[tuple[str | None, str]]) -> None:
    segments = said(*lines)
    text = joined_text(segments)
    end = 0
    for number, sentence in enumerate(sentences_of(segments)):
        assert sentence.index == number
        assert text[sentence.start_char : sentence.end_char] == sentence.text
        assert sentence.start_char >= end
        assert sentence.start_s <= sentence.end_s
        assert sentence.first_segment <= sentence.last_segment
        end = sentence.end_char
    kept = "".join("".join(one.text.split()) for one in sentences_of(segments))
    assert kept == "".join(text.split())


def test_a_character_is_said_within_its_segment() -> None:
    layout = TextMap(said("abcd", "efgh"))
    assert [layout.position_at(char) for char in (0, 3, 4, 5, 8)] == [0, 0, 0, 1, 1]
    assert layout.second_at(7) == pytest.approx(15.0)
    assert layout.span_times((0, 4)) == (0.0, 10.0)

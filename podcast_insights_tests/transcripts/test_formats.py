import json

import pytest

from podcast_insights.errors import TranscriptError
from podcast_insights.transcripts.formats import MAX_BYTES, parse_transcript
from podcast_insights.transcripts.formats.cues import MAX_CUES
from podcast_insights_tests.transcripts.test_captions import parsed


def speakers_and_texts(text: str, duration_s: float | None = None) -> list[tuple[str | None, str]]:
    return [(part.speaker, part.text) for part in parsed(text, duration_s).segments]


def namespace_json(*segments: dict[str, object]) -> str:
    return json.dumps({"version": "1.0.0", "segments": list(segments)})


def test_words_of_a_json_file_become_sentences_of_their_speaker() -> None:
    words = [("Ada", "I"), ("Ada", "am"), ("Ada", "here"), ("Ada", "."), ("Bob", "Oh"), ("Bob", "no")]
    text = namespace_json(
        *(
            {"speaker": name, "startTime": at * 0.5, "endTime": at * 0.5 + 0.3, "body": word}
            for at, (name, word) in enumerate(words)
        )
    )

    transcript = parsed(text)

    assert (transcript.format, transcript.has_times) == ("json", True)
    assert [(p.start_s, p.end_s, p.speaker, p.text) for p in transcript.segments] == [
        (0.0, 1.8, "Ada", "I am here."),
        (2.0, 2.8, "Bob", "Oh no"),
    ]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            [{"start": 1, "end": 5000, "text": "A."}, {"start": 6000, "end": 9000, "text": "B."}],
            [(0.001, 5.0), (6.0, 9.0)],
        ),
        ([{"start": "00:00:01.5", "end": "00:00:02", "text": "A."}], [(1.5, 2.0)]),
        ({"segments": [{"start": 1, "end": 2, "text": "A."}], "language": "de"}, [(1.0, 2.0)]),
        ({"utterances": [{"start": 1.0, "end": 2.0, "transcript": "A.", "speaker": 0}]}, [(1.0, 2.0)]),
        ({"segments": [{"startTime": 3, "body": "A."}, {"startTime": 1, "body": "B."}]}, [(1.0, 1.133), (3.0, 3.133)]),
    ],
)
def test_the_json_of_recognisers_is_read_too(document: object, expected: list[tuple[float, float]]) -> None:
    assert [(part.start_s, part.end_s) for part in parsed(json.dumps(document)).segments] == expected


def test_escapes_that_cannot_be_stored_are_dropped() -> None:
    text = '{"segments": [{"startTime": 1, "speaker": "A\\u0000da", "body": "H\\ud800ello\\u0007."}]}'

    assert speakers_and_texts(text) == [("Ada", "Hello.")]


def test_json_without_times_is_spread() -> None:
    transcript = parsed(json.dumps({"segments": [{"body": "Hello there."}, {"body": "Hello you too."}]}), 20.0)

    assert not transcript.has_times
    assert transcript.segments[-1].end_s == 20.0


def test_html_gives_speakers_and_times() -> None:
    page = (
        "<html lang='en'><head><title>No</title><style>p{}</style></head><body><nav>Menu</nav>"
        "<cite>Ada:</cite> <time>0:05</time> <p>First &amp; <em>best</em>.</p>"
        "<cite>Bob:</cite> <time>0:15</time> <p>Second.</p><cite>Ada:</cite><time>0:25</time><p>Third.</p>"
        "<script>alert(1)</script></body></html>"
    )

    transcript = parsed(page, 35.0)

    assert (transcript.format, transcript.language, transcript.has_times) == ("html", "en", True)
    assert [(p.start_s, p.speaker, p.text) for p in transcript.segments] == [
        (5.0, "Ada", "First & best."),
        (15.0, "Bob", "Second."),
        (25.0, "Ada", "Third."),
    ]


def test_html_paragraphs_with_names_become_speakers() -> None:
    page = "<div><p>Ada: Hello.</p><p>Bob: Hi.<br>Nice to be here.</p><p>Ada: Yes.</p></div>"

    assert speakers_and_texts(page) == [("Ada", "Hello."), ("Bob", "Hi."), ("Bob", "Nice to be here."), ("Ada", "Yes.")]


def test_the_transcript_part_of_a_page_is_taken() -> None:
    page = "<body><p>Buy our mugs.</p><div id='transcript'><p>" + "Only this is said. " * 9 + "</p></div></body>"

    assert "mugs" not in " ".join(text for _, text in speakers_and_texts(page))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**Ada Lovelace:** Hello.\n\n**Bob**: Hi.\n\nStill Bob.",
         [("Ada Lovelace", "Hello."), ("Bob", "Hi."), ("Bob", "Still Bob.")]),
        ("**Ada:** Hello.\n\n**\\[:** Hi.\n\n**Ada:** Yes.", [("Ada", "Hello."), (None, "Hi."), ("Ada", "Yes.")]),
        ("Ada: Hello\nto you.\nBob: Hi.\nAda: Yes.", [("Ada", "Hello to you."), ("Bob", "Hi."), ("Ada", "Yes.")]),
        ("Speaker 1  0:03\nHello.\n\nSpeaker 2  0:09\nHi.", [("Speaker 1", "Hello."), ("Speaker 2", "Hi.")]),
        ("---\ntitle: No\n---\n# Heading\n\nSee [the page](https://example.org) *now*.", [(None, "See the page now.")]),
        ("We left at 10: too late.", [(None, "We left at 10: too late.")]),
        ("He got up and left\nthe house at 5:30\nto catch a train.",
         [(None, "He got up and left the house at 5:30 to catch a train.")]),
        ("Ada  0:03\nHello.\n\nI woke up at 5:30\n\nand went out.",
         [("Ada", "Hello."), ("Ada", "I woke up at 5:30 and went out.")]),
        ("Ada: I get up early.\n\n5:30 in the morning is the best time.\n\nBob: It is not.",
         [("Ada", "I get up early."), ("Ada", "5:30 in the morning is the best time."), ("Bob", "It is not.")]),
        ("0:03 We begin at\n5:30 in the morning.\n0:09 Why so early?\n5:30 AM is cold.\n0:15 Ja.\n5:30 Uhr ist kalt.",
         [(None, "We begin at 5:30 in the morning."), (None, "Why so early? 5:30 AM is cold."),
          (None, "Ja. 5:30 Uhr ist kalt.")]),
        ("0:00 hello there.\n0:04 it is half past.\n0:09 five in the morning.", [(None, "hello there."),
         (None, "it is half past."), (None, "five in the morning.")]),
        ("0:00 hello there.\n0:04 bye.", [(None, "hello there."), (None, "bye.")]),
        ("0:00 你好。\n0:04 再见。", [(None, "你好。"), (None, "再见。")]),
        ("unknown speaker 0:03\nHello.\n\nspeaker_2, 0:09\nHi.", [("unknown speaker", "Hello."), ("speaker_2", "Hi.")]),
        ("One thing: we left.\n\nIt was late. He said this: go home.",
         [(None, "One thing: we left."), (None, "It was late. He said this: go home.")]),
    ],
)  # fmt: skip
def test_text_and_markdown_keep_their_speakers(text: str, expected: list[tuple[str | None, str]]) -> None:
    assert speakers_and_texts(text) == expected


def test_what_follows_something_that_could_not_be_heard_begins_when_that_was_said() -> None:
    text = "**Ada:** How do you handle it \\[unintelligible 00:04:07.27\\]\n\n**Bob:** I practise."

    asked, answered = parsed(text, 600.0).segments

    assert (asked.speaker, asked.text) == ("Ada", "How do you handle it [unintelligible 00:04:07.27]")
    assert (answered.speaker, answered.start_s) == ("Bob", 247.27)


def test_text_is_spread_over_the_duration_by_length() -> None:
    transcript = parsed("Twelve chars.\n\nTwelve chars.", 20.0)

    assert not transcript.has_times
    assert [(part.start_s, part.end_s) for part in transcript.segments] == [(0.0, 10.0), (10.0, 20.0)]


def test_without_a_duration_text_takes_150_words_a_minute() -> None:
    assert parsed("word " * 300).segments[-1].end_s == pytest.approx(120.0)


def test_marks_of_time_place_the_text_between_them() -> None:
    transcript = parsed("Start.\n\n\\[00:10\\] Ten. [00:20] Twenty.\n\n(0:30) Thirty.", 60.0)

    assert transcript.has_times
    assert [(part.start_s, part.text) for part in transcript.segments] == [
        (0.0, "Start."),
        (10.0, "Ten."),
        (20.0, "Twenty."),
        (30.0, "Thirty."),
    ]


def test_long_paragraphs_are_cut_at_sentence_ends() -> None:
    sentence = "This is a sentence of some length that goes on. "
    transcript = parsed(sentence * 100, 400.0)

    assert max(part.end_s - part.start_s for part in transcript.segments) <= 45
    assert {part.text for part in transcript.segments} == {sentence.strip()}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Grüße an alle.".encode(), "Grüße an alle."),
        ("\ufeffGrüße an alle.".encode(), "Grüße an alle."),
        ("Grüße an alle.".encode("utf-16"), "Grüße an alle."),
        ("Grüße an alle.".encode("utf-16-be"), "Grüße an alle."),
        ("Grüße an alle.".encode("windows-1252"), "Grüße an alle."),
        ("“Smart” quotes.".encode("windows-1252"), "“Smart” quotes."),
        ("Grüße ändern übel".encode() + b"\xff.", "Grüße ändern übel\ufffd."),
        (b"Line\r\nends\rhere.", "Line ends here."),
    ],
)
def test_encodings_are_recognised(body: bytes, expected: str) -> None:
    assert parsed(body).segments[0].text == expected


def test_a_stated_charset_is_used_where_it_is_known() -> None:
    body = "Привет всем, это передача.".encode("windows-1251")

    told = parse_transcript(body, media_type="text/plain; charset=windows-1251", url="u", duration_s=None)
    fooled = parse_transcript(body, media_type="text/plain; charset=idna", url="u", duration_s=None)

    assert told.segments[0].text == "Привет всем, это передача."
    assert fooled.segments


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "is empty"),
        (b" \n\n ", "is empty"),
        (b"WEBVTT\n\n", "holds no words"),
        (b"1\n\n2\n", "holds no words"),
        (b'{"version": "1.2.0", "chapters": []}', "holds chapters"),
        (b'{"segments": [{"startTime": 1, "body": "cut o', "cannot be read"),
        (b'{"a": 1}', "without a list of segments"),
        (b"[" * 100_000, "cannot be read"),
        (b"%PDF-1.4 ...", "a PDF document"),
        (b"PK\x03\x04....", "a ZIP archive"),
        (b"ID3\x04 binary", "an audio file"),
        (bytes(range(256)) * 20, "a binary file"),
        (b"<?xml version='1.0'?><tt xmlns='http://www.w3.org/ns/ttml'><body><p>x</p></body></tt>", "TTML"),
        (b"x" * (MAX_BYTES + 1), "at most"),
        (b"WEBVTT\n\n" + b"1 --> 2\na\n\n" * (MAX_CUES + 1), "cues; at most"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(body: bytes, message: str) -> None:
    with pytest.raises(TranscriptError, match=message):
        parse_transcript(body, media_type="text/vtt", url="https://example.org/t.vtt", duration_s=None)


def test_what_is_said_of_a_file_does_not_tell_the_token_in_its_address() -> None:
    with pytest.raises(TranscriptError, match=r"https://example\.org/t\.vtt\?token=\.\.\. is empty") as caught:
        parse_transcript(b"", media_type=None, url="https://me:secret@example.org/t.vtt?token=secret", duration_s=None)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        "\n" * 300_000 + "word",
        "*a " * 100_000,
        "[a](" * 50_000,
        "<" * 200_000,
        "<div>" * 20_000 + "deep",
        "Ada: " * 50_000,
        '{"segments": [{"startTime": 1e999, "endTime": -1, "body": "x y"}, {"startTime": "9" , "body": ["no"]}]}',
        "WEBVTT\n\n99999999:00 --> 1\nlate",
        "- - " * 100_000,
    ],
)
def test_hostile_text_ends_in_words_or_a_reason(body: str) -> None:
    try:
        segments = parsed(body).segments
    except TranscriptError:
        segments = ()
    assert all(part.text and part.start_s <= part.end_s for part in segments)


def test_ten_thousand_cues_are_read() -> None:
    body = "WEBVTT\n\n" + "\n\n".join(f"{at}.0 --> {at + 1}.0\n<v Ada>Sentence number {at}." for at in range(10_000))

    assert len(parsed(body).segments) == 10_000

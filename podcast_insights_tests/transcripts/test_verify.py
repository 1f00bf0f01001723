import pytest

from podcast_insights.transcripts.languages import contradicting_language, primary_language
from podcast_insights.transcripts.loops import looped_words
from podcast_insights.transcripts.values import Segment
from podcast_insights.transcripts.verify import text_fingerprint, verify
from podcast_insights_tests.transcripts.fakes import WORDS, segment, speech

SPANISH = (
    "Hoy vamos a hablar de cómo el equipo trasladó su base de datos a otra región sin ninguna interrupción. "
    "Lo más interesante fue que nadie tuvo que despertarse por la noche, porque cada paso se podía deshacer. "
    "Primero escribieron el plan, lo probaron en una copia y después midieron cuánto tardaba cada tabla. "
)


def problems(
    segments: tuple[Segment, ...],
    *,
    has_times: bool = True,
    duration_s: float | None = None,
    language: str | None = None,
) -> list[str]:
    verdict = verify(segments, has_times=has_times, duration_s=duration_s, declared_language=language)
    return [code for code, _ in verdict.problems]


@pytest.mark.parametrize("duration_s", [None, 600.0, 560.0, 500.0, 660.0, 900.0])
def test_speech_that_fits_its_audio_is_trusted(duration_s: float | None) -> None:
    assert problems(speech(600), duration_s=duration_s, language="en-US") == []


@pytest.mark.parametrize(
    ("duration_s", "expected"),
    [(1300.0, ["too_short"]), (7200.0, ["too_short", "too_slow"]), (460.0, ["too_long"]), (60.0, ["too_long"])],
)
def test_a_span_that_does_not_fit_is_a_problem(duration_s: float, expected: list[str]) -> None:
    assert problems(speech(600), duration_s=duration_s) == expected


@pytest.mark.parametrize("segments", [(), (segment(" ... ", 0, 5),)])
def test_no_words_is_empty(segments: tuple[Segment, ...]) -> None:
    assert problems(segments, duration_s=600) == ["empty"]


def test_text_without_times_is_judged_by_its_speed_alone() -> None:
    spread = tuple(segment(f"{index} {WORDS}", index * 100.0, index * 100.0 + 100, index) for index in range(6))

    assert problems(spread, has_times=False, duration_s=120.0) == []
    assert problems(spread, has_times=False, duration_s=240.0) == ["too_slow"], "half of an episode"
    assert problems(spread, has_times=False, duration_s=3600.0) == ["too_slow"]
    assert problems(spread, has_times=False, duration_s=30.0) == ["too_fast"]


@pytest.mark.parametrize(("chars_per_s", "expected"), [(3.5, []), (5.0, []), (2.0, ["too_slow"])])
def test_a_sign_for_a_syllable_or_a_word_is_more_speech_than_a_letter(chars_per_s: float, expected: list[str]) -> None:
    signs = "".join(chr(0x4E00 + number) for number in range(900))
    spread = (segment(signs, 0.0, 1.0),)
    assert problems(spread, has_times=False, duration_s=len(signs) / chars_per_s) == expected


def test_little_speech_in_much_music_is_believed_where_it_was_heard() -> None:
    spread = tuple(segment(f"{index} {WORDS}", index * 100.0, index * 100.0 + 100, index) for index in range(6))

    verdict = verify(spread, has_times=False, duration_s=600.0, declared_language=None, is_heard=True)

    assert verdict.problems == ()


def test_a_run_that_nobody_can_speak_is_too_fast() -> None:
    rushed = (*speech(100), *(segment(f"{at} {WORDS}", 100 + at, 101 + at, 5 + at) for at in range(4)))

    assert problems(rushed) == ["too_fast"]


def test_times_that_are_all_zero_are_too_fast() -> None:
    assert "too_fast" in problems(tuple(segment(f"{at} {WORDS}", 0, 0, at) for at in range(9)))


def test_a_single_late_cue_is_no_problem() -> None:
    late = list(speech(600))
    late[3] = segment("This cue is given much too little time by its file.", 60, 60.1, 3)

    assert problems(tuple(late)) == []


@pytest.mark.parametrize(
    "text",
    ["Thank you. " * 60, "And then we go on to the next one " * 40, "no " * 300, "谢谢观看" * 150, "ありがとう" * 120],
)
def test_a_phrase_over_and_over_is_a_loop(text: str) -> None:
    looped = tuple(segment(text[at : at + 200], at / 12, at / 12 + 16, at) for at in range(0, len(text), 200))

    assert "looped" in problems(looped)


def test_a_text_twice_is_doubled() -> None:
    once = speech(600)

    assert problems((*once, *once), has_times=False) == ["doubled"]
    assert problems((*once, *once[:-1]), has_times=False) == []


@pytest.mark.parametrize("text", ["No no no, very very good.", "yeah yeah yeah yeah", WORDS * 3])
def test_repeating_oneself_is_no_loop(text: str) -> None:
    assert looped_words(text.lower().split()) == 0


def test_the_words_of_a_loop_are_counted() -> None:
    words = ["a", "b", *(["c", "d", "e"] * 10), "f"]

    assert looped_words(words) == 30


@pytest.mark.parametrize(
    ("declared", "expected"), [("en", []), ("en-GB", []), ("de", ["wrong_language"]), (None, []), ("tlh", [])]
)
def test_another_language_than_declared_is_a_problem(declared: str | None, expected: list[str]) -> None:
    assert problems(speech(600), language=declared) == expected


def test_spanish_under_an_english_label_is_found() -> None:
    segments = speech(600, SPANISH)

    assert contradicting_language(segments, "en") == "es"
    assert contradicting_language(segments, "es-MX") is None
    assert contradicting_language((segment(SPANISH[:90], 0, 6),), "en") is None


@pytest.mark.parametrize(
    ("tag", "primary"),
    [("pt-BR", "pt"), ("EN_us", "en"), ("iw", "he"), ("jw", "jv"), ("Lao", "lo"), ("", None), (None, None)],
)
def test_the_primary_language_of_a_tag(tag: str | None, primary: str | None) -> None:
    assert primary_language(tag) == primary


@pytest.mark.parametrize(
    "text",
    [
        "Transcript coming soon!",
        "404 | Page not found",
        "Please enable JavaScript to view this page.",
        "A transcript is not yet available for this episode.",
        "Access Denied. You don't have permission.",
    ],
)
def test_a_notice_is_no_transcript(text: str) -> None:
    assert "boilerplate" in problems((segment(text, 0, 3),), has_times=False)


def test_talking_about_such_a_notice_is_fine() -> None:
    said = (*speech(600), segment("And the page said access denied.", 600, 605, 30))

    assert problems(said) == []


def test_the_fingerprint_is_of_the_words_alone() -> None:
    one = (segment("Hello, World.", 0, 1, speaker="Ada"), segment("Bye!", 1, 2))
    other = (segment("hello world bye", 5, 9),)

    assert text_fingerprint(one) == text_fingerprint(other)
    assert text_fingerprint(one) != text_fingerprint(one[:1])

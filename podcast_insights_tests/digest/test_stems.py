import pytest

from podcast_insights.digest.stems import stem, stems_in


@pytest.mark.parametrize(
    "forms",
    [
        ("battery", "batteries"),
        ("plan", "plans", "planned", "planning"),
        ("decide", "decided", "deciding"),
        ("reef", "reefs", "reef's"),
    ],
)
def test_the_forms_of_a_word_meet(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1


def test_words_that_differ_do_not_meet() -> None:
    assert len({stem(word) for word in ("new", "news", "mark", "market")}) == 4


def test_marks_case_and_what_is_left_out() -> None:
    assert stems_in("The Reef’s heat, and well-known REEFS!", without={"the", "and"}) == [
        "reef",
        "heat",
        "well-known",
        "reef",
    ]
    assert stems_in("…") == []

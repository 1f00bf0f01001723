import pytest

from podcast_insights.digest.stems import stem, stems_in, telling_stems, without_single_letters


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


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("马拉松", ["马拉", "拉松"]),
        ("我们用Python写代码。", ["python", "写代", "代码"]),
        ("これはペンです", ["ペン"]),
        ("オープン・ソース", ["オー", "ープ", "プン", "ソー", "ース"]),
        ("กขคง", ["กขค", "ขคง"]),
        ("ก", []),
        ("因为所以", []),
    ],
)
def test_pieces_stand_for_words_where_no_space_tells_them_apart(text: str, stems: list[str]) -> None:
    assert telling_stems(text) == stems


def test_forms_of_a_telling_word_are_the_same_and_words_that_fit_any_subject_are_none() -> None:
    assert telling_stems("Farmers’ hedges planted") == telling_stems("a farmer’s hedge, and what it plants")
    assert telling_stems("It is on it, so we actually go: that's what makes things work, moved or used") == []


def test_letters_and_pairs_of_neighbours_are_words_where_no_space_tells_them_apart() -> None:
    assert stems_in("AI 改变医疗 markets") == ["ai", "market", "改", "变", "医", "疗", "改变", "变医", "医疗"]
    assert stems_in("used改变cars") == ["use", "car", "改", "变", "改变"], "a run parts the words beside it"
    assert stems_in("改, 变") == ["改", "变"], "no pair reaches over a mark"


def test_single_letters_of_such_scripts_are_left_out_unless_there_is_nothing_else() -> None:
    assert without_single_letters(["改", "变", "改变", "x"]) == {"改变", "x"}
    assert without_single_letters(["改"]) == {"改"}
    assert without_single_letters([]) == frozenset()


def test_three_letters_are_a_telling_stem_and_two_are_none() -> None:
    assert telling_stems("tax xi") == ["tax"]

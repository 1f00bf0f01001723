import pytest

from podcast_insights.digest.similarity import TextSpace, insight_text, is_duplicate

from .fakes import an_insight


@pytest.mark.parametrize(
    ("a", "b", "cosine", "expected"),
    [
        ("rates rise when banks lend", "quite other words", 0.82, True),
        ("the bank raised its rates", "the bank raised its rates again", 0.5, True),
        ("the bank raised its rates", "the bank lowered every fee in town", 0.7, False),
        ("the bank raised its rates", "the bank raised its rates", 0.49, False),
        ("raising rates helps the poor", "raising rates never helps the poor", 1.0, False),
        ("raising rates helps the poor", "raising rates doesn't help the poor", 0.82, False),
        ("höhere Zinsen helfen den Armen", "höhere Zinsen helfen den Armen nicht", 0.9, False),
        ("raising rates never helps the poor", "raising rates never helps poor people", 0.9, True),
        ("rates rise and nobody in the whole country can say why", "in one year all loans went up", 0.9, True),
    ],
)
def test_duplicates_are_close_or_fairly_close_with_the_same_words(a, b, cosine, expected):
    assert is_duplicate(a, b, cosine) is expected


def test_cosines_tell_the_same_from_the_other():
    same, near, other = "solar panels wait for the grid", "solar panels wait in line", "bread needs old flour"
    cosines = TextSpace([same, near, other]).cosines([same], [same, near, other])[0]
    assert cosines[0] == pytest.approx(1.0)
    assert 0.1 < cosines[1] < 0.9
    assert cosines[2] == 0.0


def test_close_pairs_are_those_of_the_matrix():
    texts = [f"word{i % 3} word{i % 5} word{i % 7} common" for i in range(30)]
    space = TextSpace(texts)
    matrix = space.cosines(texts, texts)
    expected = [(i, j) for i in range(30) for j in range(i + 1, 30) if matrix[i, j] >= 0.5]
    found = list(space.close_pairs(texts, 0.5))
    assert [(i, j) for i, j, _ in found] == expected
    assert [cosine for *_, cosine in found] == pytest.approx([matrix[pair] for pair in expected])


@pytest.mark.parametrize("texts", [[], [""], ["the of and", "?!"]])
def test_texts_without_words_are_like_nothing(texts):
    space = TextSpace(texts)
    assert space.cosines(texts, texts).sum() == 0
    assert list(space.close_pairs(texts, 0.1)) == []


@pytest.mark.parametrize(
    ("claim", "explanation", "text"),
    [
        ("Bread waits.", "Flour is old.", "Bread waits. Flour is old."),
        ("Bread waits.", "Because bread waits. Flour is old.", "Because bread waits. Flour is old."),
        ("Bread waits.", "", "Bread waits."),
    ],
)
def test_an_insight_is_compared_by_each_of_its_words_once(claim, explanation, text):
    assert insight_text(an_insight("a", claim=claim, explanation=explanation)) == text

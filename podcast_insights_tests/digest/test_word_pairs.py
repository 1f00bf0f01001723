"""Pairs that are kept are those that comparing everything finds, whatever was kept."""

import io
import random
from itertools import combinations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from podcast_insights.digest.relate import RELATED_COSINE
from podcast_insights.digest.stems import telling_stems
from podcast_insights.digest.word_pairs import FEWEST_SHARED, WEIGHED_ALL, close_pairs, weighed_of
from podcast_insights_tests.digest.subjects import UNSPACED_SUBJECTS, passages_of_the_demo

AT_LEAST = 0.1


def texts_of(number: int) -> list[str]:
    chance = random.Random(11)
    words = [word for one in passages_of_the_demo(200) for word in one.explanation.split()]
    return [" ".join(chance.choices(words, k=chance.randrange(1, 60))) for _ in range(number)]


TEXTS = texts_of(WEIGHED_ALL + 140)


def found(texts: list[str], kept: bytes | None = None) -> list[tuple[int, int, float]]:
    pairs, _ = close_pairs(texts, at_least=AT_LEAST, kept=kept)
    return sorted(zip(pairs.earlier.tolist(), pairs.later.tolist(), pairs.cosines.tolist(), strict=True))


def kept_of(texts: list[str], at_least: float = AT_LEAST) -> bytes:
    return close_pairs(texts, at_least=at_least)[1]


def test_pairs_and_cosines_are_those_of_the_vector_space_of_all_texts() -> None:
    texts = [*TEXTS[:200], TEXTS[3], ""]

    space = TfidfVectorizer(analyzer=telling_stems, sublinear_tf=True).fit(dict.fromkeys(texts))
    vectors = space.transform(texts)
    cosines = (vectors @ vectors.T).toarray()
    words = [set(telling_stems(text)) for text in texts]

    expected = [
        (one, other)
        for one, other in combinations(range(len(texts)), 2)
        if cosines[one, other] >= AT_LEAST and len(words[one] & words[other]) >= FEWEST_SHARED
    ]

    pairs = found(texts)
    assert [pair[:2] for pair in pairs] == expected
    assert len(pairs) > 100
    assert np.allclose([pair[2] for pair in pairs], [cosines[pair] for pair in expected], atol=1e-6)


def test_one_word_in_common_however_rare_is_no_subject_in_common() -> None:
    assert found(["a quokka", "the quokka again"]) == []
    assert [pair[:2] for pair in found(["a quokka and a wombat", "wombats fear the quokka"])] == [(0, 1)]


def test_words_that_fit_any_subject_make_no_pair() -> None:
    assert found(["you actually made the right things work", "actually the right thing is what makes it work"]) == []


@pytest.mark.parametrize("language", sorted(UNSPACED_SUBJECTS))
def test_what_is_about_the_same_is_found_where_no_space_tells_where_a_word_ends(language: str) -> None:
    others = [one.explanation for one in passages_of_the_demo(100)]
    about = [(subject, text) for subject, texts in UNSPACED_SUBJECTS[language].items() for text in texts]
    pairs, _ = close_pairs([*others, *(text for _, text in about)], at_least=RELATED_COSINE)
    places = zip(pairs.earlier.tolist(), pairs.later.tolist(), strict=True)
    subjects = [
        (about[one - len(others)][0] if one >= len(others) else None, about[other - len(others)][0])
        for one, other in places
        if other >= len(others)
    ]
    assert sorted(subjects) == sorted((one, one) for one, texts in UNSPACED_SUBJECTS[language].items() if texts[1:])


def appended(texts: list[str]) -> list[str]:
    return texts[:-5]


def the_same(texts: list[str]) -> list[str]:
    return texts


def fewer_weighed(texts: list[str]) -> list[str]:
    return texts[:WEIGHED_ALL]


def another_among_the_weighed(texts: list[str]) -> list[str]:
    return [*texts[:7], "unheard-of words", *texts[8:]]


def another_among_the_newest(texts: list[str]) -> list[str]:
    return [*texts[:-3], "unheard-of words", *texts[-2:]]


def one_more_in_between(texts: list[str]) -> list[str]:
    return [*texts[:590], "unheard-of words", *texts[590:]]


def later_ones(texts: list[str]) -> list[str]:
    return [*texts, "unheard-of words", *texts[:3]]


def turned_round(texts: list[str]) -> list[str]:
    return texts[::-1]


def none(texts: list[str]) -> list[str]:
    return []


@pytest.mark.parametrize(
    "before",
    [
        appended,
        the_same,
        fewer_weighed,
        another_among_the_weighed,
        another_among_the_newest,
        one_more_in_between,
        later_ones,
        turned_round,
        none,
    ],
)
def test_what_was_kept_changes_nothing(before) -> None:
    kept = kept_of(before(TEXTS))

    pairs, keep = close_pairs(TEXTS, at_least=AT_LEAST, kept=kept)
    anew, keep_anew = close_pairs(TEXTS, at_least=AT_LEAST)

    assert keep == keep_anew
    assert len(anew.later) > 1000
    for one, other in ((pairs.earlier, anew.earlier), (pairs.later, anew.later), (pairs.cosines, anew.cosines)):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("damage", [b"", b"junk", b"PK\x03\x04junk"])
def test_what_cannot_be_read_is_done_again(damage: bytes) -> None:
    assert found(TEXTS[:50], damage) == found(TEXTS[:50])


def test_a_damaged_byte_anywhere_is_noticed_or_harmless() -> None:
    whole = kept_of(TEXTS[:40])
    expected = found(TEXTS[:44])
    for at in range(0, len(whole), 97):
        damaged = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        assert found(TEXTS[:44], damaged) == expected, at
    assert found(TEXTS[:44], whole[: len(whole) // 2]) == expected


@pytest.mark.parametrize("field", [6, 8, 10])
def test_a_damaged_directory_of_what_was_kept_is_noticed(field: int) -> None:
    """What a reader needs, whether it is encrypted, how it is packed: each is an error of another kind."""
    whole = kept_of(TEXTS[:12])
    at = whole.index(b"PK\x01\x02") + field
    damaged = whole[:at] + b"\xff" + whole[at + 1 :]
    assert found(TEXTS[:14], damaged) == found(TEXTS[:14])


def test_another_threshold_compares_again() -> None:
    assert found(TEXTS[:60], kept_of(TEXTS[:60], at_least=0.9)) == found(TEXTS[:60])


def test_what_was_compared_before_is_not_compared_again() -> None:
    with np.load(io.BytesIO(kept_of(TEXTS[:-5])), allow_pickle=False) as kept:
        arrays = dict(kept)
    truth = found(TEXTS)
    # Nobody would find these again: what is left out stays so, but for the pairs of the five new texts.
    for name in ("earlier", "later", "cosines"):
        arrays[name] = arrays[name][:0]
    without = io.BytesIO()
    np.savez(without, **arrays)

    assert found(TEXTS, without.getvalue()) == [pair for pair in truth if pair[1] >= len(TEXTS) - 5] != []


def test_weights_are_of_all_texts_or_of_all_but_a_tenth() -> None:
    weighed = [weighed_of(number) for number in range(6000)]

    assert weighed[: WEIGHED_ALL + 1] == list(range(WEIGHED_ALL + 1))
    assert weighed == sorted(weighed)
    assert all(number / 1.11 <= one <= number for number, one in enumerate(weighed))
    assert len(set(weighed[5000:])) <= 3

import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcast_insights.fingerprints import fingerprint_of, short_id

PARTS = {"input": "abc", "engine": "whisper", "model": "base", "window_s": 300.0, "options": {"b": 1, "a": [1, None]}}
SCALARS = st.none() | st.booleans() | st.integers() | st.text()


def test_a_fingerprint_never_changes() -> None:
    """Finished work is found by it: another value here means that every stored artifact is made again."""
    assert fingerprint_of(PARTS) == "d7b4cd121b00b99aaf6e05fd192f3b33"
    assert short_id("show", "guid") == "525f6742ec8109ed"


@given(parts=st.dictionaries(st.text(), SCALARS, max_size=6), seed=st.integers(0, 2**16))
def test_the_order_of_parts_does_not_matter(parts: dict[str, Any], seed: int) -> None:
    names = list(parts)
    random.Random(seed).shuffle(names)

    assert fingerprint_of({name: parts[name] for name in names}) == fingerprint_of(parts)


@pytest.mark.parametrize(
    "change",
    [
        {"input": "abd"},
        {"engine": "Whisper"},
        {"window_s": 300.5},
        {"options": {"b": 1, "a": [1]}},
        {"model": None},
        {"another": None},
        {"input": "äbc"},
    ],
)
def test_every_part_counts(change: dict[str, Any]) -> None:
    assert fingerprint_of(PARTS | change) != fingerprint_of(PARTS)


@given(first=st.dictionaries(st.text(), SCALARS, max_size=4), second=st.dictionaries(st.text(), SCALARS, max_size=4))
def test_different_parts_give_different_fingerprints(first: dict[str, Any], second: dict[str, Any]) -> None:
    same = repr(sorted(first.items())) == repr(sorted(second.items()))

    assert (fingerprint_of(first) == fingerprint_of(second)) is same


def test_values_without_a_json_form_count_by_their_text() -> None:
    assert fingerprint_of({"day": date(2026, 1, 1)}) == fingerprint_of({"day": "2026-01-01"})
    assert fingerprint_of({"day": date(2026, 1, 1)}) != fingerprint_of({"day": date(2026, 1, 2)})


def test_half_a_surrogate_pair_from_a_feed_is_no_failure() -> None:
    assert fingerprint_of({"title": "\ud83d"}) != fingerprint_of({"title": "\ud83e"})
    assert short_id("show", "\ud83d") != short_id("show", "\ud83e")


@given(parts=st.lists(st.text(), max_size=3))
def test_fingerprints_and_ids_are_hex_digits_of_fixed_length(parts: list[str]) -> None:
    assert len(bytes.fromhex(fingerprint_of({"parts": parts}))) == 16
    assert len(bytes.fromhex(short_id(*parts))) == 8


XML_TEXT = st.text(st.characters(exclude_characters="\x1f"), max_size=4)


@given(first=st.lists(XML_TEXT, min_size=1, max_size=3), second=st.lists(XML_TEXT, min_size=1, max_size=3))
def test_keys_do_not_collide_by_joining(first: list[str], second: list[str]) -> None:
    assert (short_id(*first) == short_id(*second)) is (first == second)

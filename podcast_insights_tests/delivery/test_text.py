import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcast_insights.delivery.text import clean_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one\r\nBcc: two\ttabs", "one Bcc: two tabs"),
        ("a\x00b\x1b[31mc\ufffe\ud800", "ab[31mc"),
        ("evil \u202egnirts\u2069", "evil gnirts"),
        ("family 👩\u200d👧 stays", "family 👩\u200d👧 stays"),
        ("  ", ""),
        ("\u200b\ufeff \u00ad\u3164\u2060\U000e0041", ""),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_what_hides_or_turns_text_is_removed(text, expected):
    assert clean_text(text, 100) == expected


def test_long_text_is_cut_at_a_word():
    assert clean_text("one two, three four", 12) == "one two…"
    assert clean_text("x" * 50, 10) == "x" * 9 + "…"


@given(st.text(), st.integers(2, 40))
def test_text_is_one_line_that_fits(text, length):
    cleaned = clean_text(text, length)
    assert len(cleaned) <= length
    assert "\n" not in cleaned
    assert "\r" not in cleaned
    cleaned.encode()

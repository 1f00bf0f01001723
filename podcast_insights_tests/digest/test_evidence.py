"""What was said around a quote."""

from dataclasses import replace

import pytest

from podcast_insights.digest.evidence import LONGEST_SIDE, with_contexts, words_around
from podcast_insights.transcripts.values import Segment
from podcast_insights_tests.digest.fakes import a_candidate, a_digest

TEXTS = (
    "We opened in spring.",
    "Nobody came at first. Then it rained.",
    "A shop that refuses to grow",
    "can outlive its rivals. That is what we saw.",
    "Flour doubled.",
    "Rivals closed.",
)
QUOTE = "A shop that refuses to grow can outlive its rivals."


def segments(texts=TEXTS, *, ads=()):
    return [
        Segment(index=index, start_s=10.0 * index, end_s=10.0 * index + 9, text=text, is_ad=index in ads)
        for index, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("quote", "ads", "before", "after"),
    [
        (QUOTE, (), "Nobody came at first. Then it rained.", "That is what we saw. Flour doubled."),
        # What stands between is an advertisement: it is left out, and the talk goes on behind it.
        (QUOTE, (1, 4), "We opened in spring.", "That is what we saw. Rivals closed."),
        # A quote that begins and ends within sentences gets what is missing of them.
        ("refuses to grow can outlive", (), "Then it rained. A shop that", "its rivals. That is what we saw."),
        ("We opened in spring.", (), "", "Nobody came at first. Then it rained."),
        ("Rivals closed.", (), "That is what we saw. Flour doubled.", ""),
        ("It was never said.", (), "", ""),
        ("", (), "", ""),
    ],
)
def test_the_sentences_around_a_quote(quote, ads, before, after):
    assert words_around(quote, segments(ads=ads), first=2, last=3) == (before, after)


def test_of_words_said_twice_those_at_the_right_place_count():
    said = segments(("First.", "Again and again.", "Middle.", "Again and again.", "Last."))
    assert words_around("Again and again.", said, first=1, last=1) == ("First.", "Middle. Again and again.")
    assert words_around("Again and again.", said, first=3, last=3) == ("Again and again. Middle.", "Last.")


def test_speech_without_end_is_cut_at_a_word():
    endless = "word " * 400
    before, after = words_around("quote here", segments((endless, "quote here", endless)), first=1, last=1)
    assert before
    assert after
    for side in (before, after):
        assert len(side) <= LONGEST_SIDE + 2
        assert set(side.split()) <= {"word", "…"}


def test_long_sentences_keep_the_whole_words_beside_the_quote():
    long = " ".join(" ".join(f"word{sentence}{place:02}" for place in range(60)) + "." for sentence in range(3))
    before, after = words_around("A quote.", segments((long, "A quote.", long)), first=1, last=1)
    assert before.startswith("… ")
    assert after.endswith(" …")
    assert long.endswith(f" {before.removeprefix('… ')}")
    assert long.startswith(f"{after.removesuffix(' …')} ")
    for side in (before, after):
        assert LONGEST_SIDE - len(" word000") <= len(side) <= LONGEST_SIDE + 2


def test_a_digest_keeps_what_was_said_around_its_quotes():
    known = a_candidate("a", quote=QUOTE, first_segment=2, last_segment=3)
    digest = a_digest(known, a_candidate("b"))
    entries = with_contexts(digest, {"episode-of-a": segments()}).entries
    assert (entries[0].context_before, entries[0].context_after) == (
        "Nobody came at first. Then it rained.",
        "That is what we saw. Flour doubled.",
    )
    assert entries[1] == digest.entries[1]
    assert replace(entries[0], context_before="", context_after="") == digest.entries[0]


def test_speech_in_a_script_without_spaces_is_cut_anywhere():
    endless = "睡眠は大切です" * 100
    before, after = words_around("名言です。", segments((endless, "名言です。", endless)), first=1, last=1)
    assert before == "… " + endless[-LONGEST_SIDE:]
    assert after == endless[:LONGEST_SIDE] + " …"


def test_a_rare_space_in_a_script_without_spaces_costs_no_context():
    endless = "很" * 1000
    before, after = words_around(
        "重点", segments((f"{endless}很 {'很' * 10}", "重点", f"{'很' * 10} 很{endless}")), first=1, last=1
    )

    assert len(before) == len(after) == LONGEST_SIDE + 2

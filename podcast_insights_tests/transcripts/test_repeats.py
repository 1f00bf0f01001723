from hypothesis import given, settings
from hypothesis import strategies as st

from podcast_insights.transcripts.repeats import REASON, mark_repeats, words_of
from podcast_insights.transcripts.values import Segment

WELCOME = (
    "Welcome to Long Road Company, the show on which people who run small firms for decades say what they would never"
    " do again.",
    "I am Yuki Farrow, and the coffee is still warm.",
)
TALK = (
    "A bakery that owns its oven sleeps better than one that rents it, because the rent comes in August, too.",
    "Whoever hires a second cook before the third baker has thought about the kitchen and not about the queue.",
)


def segments_of(*texts: str) -> tuple[Segment, ...]:
    return tuple(Segment(index=at, start_s=5.0 * at, end_s=5.0 * at + 5, text=text) for at, text in enumerate(texts))


def marked(segments: tuple[Segment, ...], earlier: list[str]) -> list[str]:
    return [one.text for one in mark_repeats(segments, earlier) if one.is_ad]


def test_what_two_earlier_episodes_said_is_marked_wherever_their_segments_ended() -> None:
    earlier = [f"{' '.join(WELCOME).upper()} Number {number}." for number in ("one", "two")]
    found = mark_repeats(segments_of(*WELCOME, *TALK), earlier)
    assert [one.ad_reason for one in found] == [REASON, REASON, None, None]


def test_what_one_earlier_episode_said_may_be_a_quotation() -> None:
    assert marked(segments_of(*WELCOME, *TALK), [" ".join(WELCOME), " ".join(TALK)]) == []
    assert marked(segments_of(*WELCOME, *TALK), [" ".join(WELCOME)]) == []


def test_a_turn_of_phrase_is_no_passage() -> None:
    phrase = "At the end of the day it all comes down to this"
    segments = segments_of(f"{phrase}.", TALK[0])
    assert marked(segments, [f"{phrase}, said the first.", f"{phrase}, said the second."]) == []


def test_a_segment_is_content_where_most_of_it_is_new() -> None:
    long = f"{WELCOME[0]} {' '.join(TALK)}"
    assert marked(segments_of(long), [WELCOME[0], WELCOME[0]]) == []


def test_what_was_marked_for_another_reason_keeps_it() -> None:
    (segment,) = segments_of(WELCOME[0])
    known = Segment(index=0, start_s=0, end_s=5, text=segment.text, is_ad=True, ad_reason="opening")
    assert mark_repeats((known,), [WELCOME[0], WELCOME[0]])[0].ad_reason == "opening"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["a b c d e f g h i j k l m n o p q", "one", "", "…!?", "x y z"]), max_size=8))
def test_words_and_times_stay_and_a_second_look_finds_the_same(texts: list[str]) -> None:
    segments = segments_of(*texts)
    once = mark_repeats(segments, [" ".join(texts)] * 2)
    assert [(one.text, one.start_s, one.end_s) for one in once] == [(s.text, s.start_s, s.end_s) for s in segments]
    assert mark_repeats(once, [" ".join(texts)] * 2) == once


def test_words_are_compared_without_case_and_marks() -> None:
    assert words_of("We’re OFF, dear_friends!") == ["we're", "off", "dear", "friends"]

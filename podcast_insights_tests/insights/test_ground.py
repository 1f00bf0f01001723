import random

import pytest

from podcast_insights.insights.ground import GroundedQuote, Grounder, numbers_in, touches
from podcast_insights.transcripts.sentences import joined_text
from podcast_insights_tests.insights.samples import FILLER, GUEST, HOST, IDEAS, talk, timed

SPOKEN = (
    "So, um, the first thing that we noticed was, you know, uh, that 40 percent of all trips were shorter than 2 "
    "kilometres, and drivers were not aware of that at all."
)
SEGMENTS = timed([(HOST, "What did you see?"), (GUEST, SPOKEN), (HOST, "And the trial?"), *[(GUEST, x) for x in IDEAS]])
GROUNDER = Grounder(SEGMENTS)


def located(quote: str) -> GroundedQuote:
    found = GROUNDER.locate(quote)
    assert found is not None
    assert found.quote in joined_text(SEGMENTS)
    return found


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("the number that matters is how many people use each space", None),
        ("THE NUMBER THAT MATTERS is: how many people use each space", None),
        ('"The biggest mistake in street projects is to open everything on one day."', None),
        ("Drivers change lanes more often, when lanes are wide — so the whole street slows down", None),
        ("drivers were not aware of that at all", "drivers were not aware of that at all."),
    ],
)
def test_the_same_words_are_found_whatever_their_case_and_marks(quote: str, said: str | None) -> None:
    found = located(quote)
    assert found.grounding == "verbatim"
    assert found.score == 100
    assert found.speaker == GUEST
    if said:
        assert found.quote == said


def test_fillers_that_a_model_left_out_are_no_obstacle() -> None:
    found = located("the first thing we noticed was that 40 percent of all trips were shorter than 2 kilometres")
    assert found.grounding == "drifted"
    assert found.quote.startswith("the first thing that we noticed was, you know, uh,")


def test_a_quote_knows_its_time_and_segments() -> None:
    found = located("Residents who see a small trial first")
    segment = SEGMENTS[-1]
    assert found.first_segment == found.last_segment == segment.index
    assert segment.start_s < found.start_s < found.end_s < segment.end_s
    over_two = located("every trial should therefore end with a number that anyone can check")
    assert over_two.end_s == segment.end_s


def test_a_quote_may_run_over_a_change_of_segment() -> None:
    grounder = Grounder(timed([("Ann", "We count what we can"), ("Ann", "see on the street today.")]))
    found = grounder.locate("count what we can see on the street")
    assert found is not None
    assert (found.first_segment, found.last_segment) == (0, 1)
    assert found.quote == "count what we can see on the street"


@pytest.mark.parametrize("seed", range(8))
def test_ten_percent_of_recognition_noise_is_forgiven(seed: int) -> None:
    draw = random.Random(seed)
    for idea in IDEAS:
        words = idea.split(". ")[0].split()
        for place in draw.sample(range(1, len(words) - 1), max(1, len(words) // 10)):
            if words[place].lower() not in {"not", "nobody", "15", "one", "twice"}:
                words[place] = draw.choice(["loam", "verse", "grit"])
        located(" ".join(words))


@pytest.mark.parametrize(
    "quote",
    [
        "Whales sing in dialects that they learn from their mothers over many years",
        "Cities that publish turnover win the debate since merchants notice the waste",
        "the first thing that we noticed was that 60 percent of all trips were shorter than 2 kilometres",
        "the first thing that we noticed was that 40 percent of all trips were shorter than 3 kilometres",
        "drivers were aware of that at all",
        "Residents who never see a small trial first are twice as likely to support the final plan",
        "If you want a faster street, you should not make it narrower and more predictable",
        "a wider road",
        "",
        "...",
        "street " * 400,
    ],
)
def test_other_words_changed_numbers_and_flipped_negations_are_refused(quote: str) -> None:
    assert GROUNDER.locate(quote) is None


def test_shuffled_words_are_refused() -> None:
    draw = random.Random(7)
    for idea in IDEAS:
        words = idea.split(". ")[0].split()
        draw.shuffle(words)
        assert GROUNDER.locate(" ".join(words)) is None


def test_a_negation_that_was_cut_off_in_front_is_noticed() -> None:
    grounder = Grounder(timed([("Ann", "Well, never open all of the new streets of a big project on one single day.")]))
    assert grounder.locate("open all the new streets of a big project on a single day") is None


def test_numbers_agree_whether_spelt_out_or_not() -> None:
    grounder = Grounder(timed([("Ann", "We met twenty people who had really waited for the bus for three hours.")]))
    assert grounder.locate("We met 20 people who had waited for the bus for 3 hours") is not None
    assert grounder.locate("We met 30 people who had waited for the bus for 3 hours") is None
    assert numbers_in("Twenty of 1,000 people, and one more") == {"20", "1000"}


def test_of_a_quote_in_parts_each_part_must_be_said_and_the_longest_is_kept() -> None:
    first, second = "People think that a wider road makes a street faster", "the whole street slows down"
    found = located(f"{first} ... {second}")
    assert found.quote == f"{first},"[:-1]
    assert GROUNDER.locate(f"{first} ... and the mayor of Springfield was delighted about it") is None


def test_the_transcripts_own_ellipsis_is_no_joint() -> None:
    grounder = Grounder(timed([("Ann", "We waited... and then we waited more... until it was done.")]))
    found = grounder.locate("We waited... and then we waited more... until it was done.")
    assert found is not None
    assert found.grounding == "verbatim"


def test_a_quote_touches_an_ad_where_they_overlap() -> None:
    found = located("People think that a wider road makes a street faster")
    assert touches(found, [(found.end_char - 1, found.end_char + 50)])
    assert not touches(found, [(0, found.start_char), (found.end_char, found.end_char + 9)])


def test_no_transcript_has_no_quote() -> None:
    assert Grounder(()).locate("four words or more are here") is None
    assert Grounder(talk()).locate(FILLER[0]) is not None

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast_insights.insights.claims import claim_of, flaws_of, specific_words

CLAIM = "Narrow streets are faster than wide ones in every city that measured both."


@pytest.mark.parametrize(
    ("sentence", "claim"),
    [
        (f"The truth is that {CLAIM[0].lower()}{CLAIM[1:]}", CLAIM),
        (f"In my opinion, {CLAIM[0].lower()}{CLAIM[1:]}", CLAIM),
        (f"Unfortunately, as you know, {CLAIM[0].lower()}{CLAIM[1:]}", CLAIM),
        ("I strongly believe that every narrow street is much faster.", "Every narrow street is much faster."),
        ("As Adithya mentioned, narrow streets are faster for buses.", "Narrow streets are faster for buses."),
        ("It turns out that narrow streets save very many lives.", "Narrow streets save very many lives."),
        ("Because if a street is narrow, drivers slow down.", "If a street is narrow, drivers slow down."),
        ("Second, narrow streets are faster for buses.", "Narrow streets are faster for buses."),
        ("Narrow streets save money, time, lives, and so on.", "Narrow streets save money, time, lives."),
        ("Narrow streets are therefore worth far more.", "Narrow streets are worth far more."),
        ("Planners measured it and therefore know it.", "Planners measured it and therefore know it."),
        ("I'm a firm believer that narrow streets save very many lives.", "Narrow streets save very many lives."),
        ("I'm willing to accept that there is no street without noise.", "There is no street without noise."),
        ("My advice to planners is just build the narrow streets in spring.", "Build the narrow streets in spring."),
        (
            "The first thing I will say is that narrow streets save very many lives.",
            "Narrow streets save very many lives.",
        ),
        (
            "There is no doubt in my mind that narrow streets save very many lives.",
            "Narrow streets save very many lives.",
        ),
        ("Narrow streets, I think are the best gift to a city.", "Narrow streets are the best gift to a city."),
        ("Narrow streets, of course, save lives in every city.", "Narrow streets save lives in every city."),
        ("Narrow streets save lives, I think, and money.", "Narrow streets save lives, and money."),
        ("A mayor who I think is honest wins more votes.", "A mayor who I think is honest wins more votes."),
        ("The way I think is unusual among city planners.", "The way I think is unusual among city planners."),
        ("A fare I believe is fair fills the buses.", "A fare I believe is fair fills the buses."),
        (CLAIM, CLAIM),
        ("The truth is that they lose.", "The truth is that they lose."),
        ("Then streets get slow in winter.", "Then streets get slow in winter."),
    ],
)
def test_only_what_wraps_a_claim_is_trimmed(sentence: str, claim: str) -> None:
    assert claim_of(sentence) == claim


@pytest.mark.parametrize(
    ("flaw", "sentence"),
    [
        ("length", "Streets matter most."),
        ("length", f"{CLAIM} " * 3),
        ("question", "Why are narrow streets faster than wide ones?"),
        ("unfinished", "Narrow streets are faster than wide ones..."),
        ("unfinished", "Narrow streets are faster than wide ones because the."),
        ("broken", "If you go down to the — there is a wide avenue with plane trees."),
        ("broken", "Planners can't make that that simple for narrow streets."),
        ("broken", 'Drivers ask "Why is this street closed to traffic.'),
        ("speech", 'Drivers say "I only want to stop for a minute" on narrow streets.'),
        ("talk_about_talk", "My actual rant was about narrow streets and wide kerbs."),
        ("filler", "Streets are just really something that basically slows traffic."),
        ("filler", "Planners can't like make narrow streets popular."),
        ("example", "If you think about a driver, it's hard to see the cyclists behind."),
        ("example", "Say the mayor wants narrow streets in the whole old town."),
        ("example", "Take Ghent, where narrow streets are closed to through traffic."),
        ("example", "Narrow streets, for example, are cheap to build and to light."),
        ("broken", "Cities have plans for trees, like trees, in every narrow street."),
        ("fragment", "Two parking spaces per household, meaning four for every house."),
        ("run_on", "Streets and trees and shops or kerbs and buses or lanes slow traffic."),
        ("fragment", "Between the large avenues and narrow streets."),
        ("fragment", "If you want to improve the safety of narrow streets."),
        ("vague", "You get a lot for the most part."),
    ],
)
def test_a_flaw_of_form_has_a_name(flaw: str, sentence: str) -> None:
    assert flaw in flaws_of(sentence)


def test_a_good_claim_has_no_flaw() -> None:
    assert flaws_of(CLAIM) == ()
    assert flaws_of("If you widen a street, drivers change lanes more often.") == ()
    assert flaws_of("Measure how many people use each parking space.") == ()
    assert flaws_of("Families with long drives, long waits or small children, they all avoid wide streets.") == ()
    assert "example" not in flaws_of("Take breaks on long drives, because attention returns after ten minutes.")
    assert flaws_of("If you're a driver, narrow streets keep your attention on cyclists.") == ()
    assert "example" not in flaws_of("Say no to wide streets in the middle of an old town.")
    assert flaws_of("Most planners say, if asked, that narrow streets are faster.") == ()


def test_specific_words_leave_out_what_fits_any_subject() -> None:
    assert specific_words("The best thing about parking is really the turnover.") == ("parking", "turnover")


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet='and so on, the truth is that "—like.', max_size=600))
def test_a_claim_is_never_longer_than_its_sentence_and_trimming_ends(text: str) -> None:
    claim = claim_of(text)
    assert len(claim) <= len(text) + 1
    assert flaws_of(claim) == flaws_of(claim)


def test_a_hostile_sentence_is_judged_in_linear_steps() -> None:
    """Quotation marks that never close, in the shape on which a careless pattern takes for ever."""
    assert "length" in flaws_of('"' + "word " * 5000)
    assert "length" in flaws_of('like "' * 3000)

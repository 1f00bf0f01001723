import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast_insights.insights.context import needs_of, stands_alone


@pytest.mark.parametrize(
    ("need", "sentence"),
    [
        ("it", "It takes the paperwork away from small shops."),
        ("it", "It's really a bargain for any town with a river."),
        ("they", "They never count the cyclists."),
        ("they", "Sadly they do not share as much as they should."),
        ("person", "Sometimes a street is closed because he wants quiet."),
        ("this", "Cities can focus on this core task."),
        ("these", "Planning is one more tool for these departments."),
        ("those", "Start building new kerbs for those pedestrians."),
        ("that", "There are even rules on how you do that search."),
        ("that", "You have that permit for three years."),
        ("that", "A wide road does that."),
        ("that", "The rise of buses helped the mayor make that decision."),
        ("that", "If that simplicity is achieved, buses run on time."),
        ("they", "Nobody pays them for a quiet street."),
        ("other", "The mayor should be aware of such a practice."),
        ("place", "A playbook in a readable form is there."),
        ("place", "The delay grows in this case."),
        ("other", "The mayor of Ghent wants the other one."),
        ("head", "Whereas buses carry forty people."),
        ("head", "Not having twenty kinds of paving."),
        ("definite", "The company is built with several units."),
        ("own_team", "We continued to grow by a tenth."),
        ("speaker", "My view of parking has changed."),
        ("team", "Traffic slows down when we count it."),
    ],
)
def test_a_pointing_word_without_what_it_points_to_is_a_need(need: str, sentence: str) -> None:
    assert need in needs_of(sentence)
    assert not stands_alone(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "If a city builds a road, it fills with cars.",
        "If you wait for the perfect plan, that costs you a year.",
        "Residents forget that they pay for empty streets.",
        "It is hard to close a street that shops depend on.",
        "It takes three years to plant an avenue.",
        "When it comes to kerbs, cheap is expensive.",
        "Engineers trust those who measure.",
        "There are streets that are faster when they are narrow.",
        "A person who cycles keeps his car for longer trips.",
        "The fear of looking foolish drives many decisions.",
        "We all forget how wide a parking space is.",
        "Somebody should tell planners that drivers adapt.",
        "Most people leave the city these days.",
        "Each street has its own rhythm.",
    ],
)
def test_a_sentence_that_names_what_it_speaks_of_needs_little(sentence: str) -> None:
    assert set(needs_of(sentence)) <= {"team"}


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="that it. ,they' hereThe\"-…", max_size=400))
def test_any_text_can_be_read_and_the_same_text_has_the_same_needs(text: str) -> None:
    needs = needs_of(text)
    assert needs == needs_of(text)
    assert len(set(needs)) == len(needs)

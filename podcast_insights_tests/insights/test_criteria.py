from podcast_insights.insights.criteria import criteria_of, yes_ratios
from podcast_insights.insights.values import Criteria


def test_criteria_are_answered_by_rules() -> None:
    cleaned = ("Most people think wide streets are fast.", "You should build narrow ones because drivers slow down.")
    criteria = criteria_of(cleaned, cleaned[0])
    assert criteria.stands_alone is True
    assert criteria.makes_a_claim is True
    assert criteria.gives_a_reason is True
    assert criteria.is_news is True
    assert criteria.can_be_acted_on is True
    plain = criteria_of(("It rained.",), "It rained.")
    assert (plain.stands_alone, plain.gives_a_reason, plain.is_news) == (False, False, None)


def test_figures_are_a_reason_and_an_event_is_no_claim() -> None:
    counted = criteria_of(("The street lost 12 shops.", "It had 40 before."), "The street lost 12 shops.")
    assert counted.gives_a_reason is True
    assert criteria_of(("The mayor went home.",), "The mayor went home.").makes_a_claim is False


def test_shares_are_of_what_was_answered() -> None:
    answered = [Criteria(stands_alone=True, is_news=True), Criteria(stands_alone=False)]
    assert yes_ratios(answered) == {"stands_alone": 0.5, "is_news": 1.0}
    assert yes_ratios([]) == {}

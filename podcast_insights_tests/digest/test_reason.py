from datetime import timedelta

import pytest

from podcast_insights.digest.reason import facts_of, reasons_for
from podcast_insights.digest.select import Choice
from podcast_insights.digest.values import ScoreParts
from podcast_insights.insights.values import Criteria

from .fakes import DAY, a_candidate

NOTHING_KNOWN = Criteria()
FIRST = "it scored highest of all"


def facts(*, age_days=2, also=(), criteria=NOTHING_KNOWN, novelty=1.0, **others):
    candidate = a_candidate("a", day=DAY - timedelta(days=age_days), criteria=criteria)
    known = {
        "rank": 1,
        "followed": (),
        "is_like_liked": False,
        "worse_share": 0.1,
        "considered": 50,
        "published_before": 0,
    }
    return facts_of(
        Choice(candidate=candidate, also_said_by=tuple((f"id{n}", title) for n, title in enumerate(also))),
        ScoreParts(value=0.5, novelty=novelty, preference=0.5, freshness=1, support=0, total=0.5),
        day=DAY,
        **(known | others),
    )


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, "it scored highest of all"),
        ({"rank": 2}, "of what was left it added most to those chosen before it"),
        ({"age_days": 0}, "its episode came out that day and it scored highest of all"),
        ({"age_days": 1}, "its episode came out the day before and it scored highest of all"),
        ({"followed": ("AI", "law", "x")}, "this digest follows AI and law and it scored highest of all"),
        ({"is_like_liked": True}, "others like it were liked and it scored highest of all"),
        ({"is_like_liked": True, "followed": ("AI",)}, "this digest follows AI and it scored highest of all"),
        ({"also": ("One",)}, "One says the same and it scored highest of all"),
        ({"also": ("One", "Two")}, "One and Two say the same and it scored highest of all"),
        ({"also": ("One", "Two", "Three")}, "3 other shows say the same and it scored highest of all"),
        (
            {"worse_share": 0.97},
            f"it is worth more than 97 % of the 50 insights considered and {FIRST}",
        ),
        ({"worse_share": 0.97, "considered": 1}, "it scored highest of all"),
        ({"worse_share": 0.5, "considered": 2}, f"it is worth more than 50 % of the 2 insights considered and {FIRST}"),
        (
            {"worse_share": 0.6},
            f"it is worth more than 60 % of the 50 insights considered and {FIRST}",
        ),
        ({"published_before": 9}, "nothing like it was in an earlier digest and it scored highest of all"),
        ({"published_before": 9, "novelty": 0.9}, "it scored highest of all"),
        ({"criteria": Criteria(gives_a_reason=True)}, "it gives its reason and it scored highest of all"),
        ({"criteria": Criteria(can_be_acted_on=True)}, "it can be acted on and it scored highest of all"),
        (
            {"criteria": Criteria(stands_alone=True)},
            "it is understood without the episode and it scored highest of all",
        ),
    ],
)
def test_a_reason_states_the_facts_that_hold(known, expected):
    assert reasons_for([facts(**known)]) == [f"Chosen because {expected}."]


ADVICE = Criteria(can_be_acted_on=True)
ADVICE_WITH_REASON = Criteria(can_be_acted_on=True, gives_a_reason=True)


def test_of_what_holds_that_is_told_which_holds_for_the_fewest_of_the_day():
    of_day = [
        facts(criteria=ADVICE, age_days=0, published_before=9),
        facts(criteria=ADVICE, published_before=9),
        facts(criteria=ADVICE_WITH_REASON, published_before=9),
        facts(criteria=ADVICE_WITH_REASON, published_before=9, age_days=0),
    ]
    assert reasons_for(of_day) == [
        "Chosen because its episode came out that day and it can be acted on.",
        "Chosen because it can be acted on and nothing like it was in an earlier digest.",
        "Chosen because it gives its reason and it can be acted on.",
        "Chosen because it gives its reason and its episode came out that day.",
    ]


def test_what_was_asked_for_and_outstanding_worth_are_told_whatever_holds_for_others():
    of_day = [facts(followed=("AI",), worse_share=0.95), facts(followed=("AI",), worse_share=0.95, age_days=0)]
    assert (
        reasons_for(of_day)
        == ["Chosen because this digest follows AI and it is worth more than 95 % of the 50 insights considered."] * 2
    )


def test_from_a_share_of_nine_tenths_on_worth_is_outstanding():
    worth, other = facts(worse_share=0.9), facts(worse_share=0.9, age_days=0)
    assert worth.leading == other.leading == ("it is worth more than 90 % of the 50 insights considered",)
    assert facts(worse_share=0.89).leading == ()


def test_a_digest_without_entries_has_no_reasons():
    assert reasons_for([]) == []

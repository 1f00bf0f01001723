from datetime import timedelta

import pytest

from podcast_insights.digest.reason import reason_for
from podcast_insights.digest.select import Choice
from podcast_insights.digest.values import ScoreParts
from podcast_insights.insights.values import Criteria

from .fakes import DAY, a_candidate

NOTHING_KNOWN = Criteria()
FIRST = "it scored highest of all"


def reason(*, age_days=2, also=(), criteria=NOTHING_KNOWN, novelty=1.0, **facts):
    candidate = a_candidate("a", day=DAY - timedelta(days=age_days), criteria=criteria)
    known = {
        "rank": 1,
        "followed": (),
        "is_like_liked": False,
        "worse_share": 0.1,
        "considered": 50,
        "published_before": 0,
    }
    return reason_for(
        Choice(candidate=candidate, also_said_by=tuple((f"id{n}", title) for n, title in enumerate(also))),
        ScoreParts(value=0.5, novelty=novelty, preference=0.5, freshness=1, support=0, total=0.5),
        day=DAY,
        **(known | facts),
    )


@pytest.mark.parametrize(
    ("facts", "expected"),
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
        (
            {"worse_share": 0.6},
            f"it is among the better half of the 50 insights considered and {FIRST}",
        ),
        ({"published_before": 9}, "nothing like it was in an earlier digest and it scored highest of all"),
        ({"published_before": 9, "novelty": 0.9}, "it scored highest of all"),
        ({"criteria": Criteria(gives_a_reason=True)}, "it gives its reason and it scored highest of all"),
        ({"criteria": Criteria(can_be_acted_on=True)}, "it can be acted on and it scored highest of all"),
    ],
)
def test_a_reason_states_the_facts_that_hold(facts, expected):
    assert reason(**facts) == f"Chosen because {expected}."

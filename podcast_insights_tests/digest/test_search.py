import pytest

from podcast_insights.digest.search import Searchable, search_insights
from podcast_insights_tests.digest.fakes import an_insight

PARKING = Searchable(
    insight=an_insight(
        "parking",
        claim="Cities that publish parking turnover end the argument.",
        explanation="Shops see that a space held all day serves one person.",
        topics=("parking",),
        speaker="Oskar Imani",
    ),
    show_title="Street and Grid",
    episode_title="The kerb",
)
SPACES = Searchable(
    insight=an_insight(
        "spaces", claim="Parking, parking, parking: spaces are counted.", explanation="Parking is counted by space."
    ),
    show_title="Street and Grid",
    episode_title="The lane",
)
SLEEP = Searchable(
    insight=an_insight("sleep", claim="Light in the morning moves your clock.", explanation="The eye tells the brain."),
    show_title="Night Lab",
    episode_title="Morning light",
)
ALL = (SLEEP, SPACES, PARKING)


def ids(query: str, limit: int = 10) -> list[str]:
    return [one.searchable.insight.insight_id for one in search_insights(query, ALL, limit=limit)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("睡眠", ["sleep"]),
        ("记忆力 AI", ["sleep", "coins"]),
        ("加密货币的风险", ["coins"]),
        ("眠", ["sleep"]),
        ("ความเสี่ยง", ["thai"]),
        ("天气", []),
    ],
)
def test_words_are_found_within_scripts_that_have_no_spaces_between_them(query: str, found: list[str]) -> None:
    claims = {
        "sleep": "睡眠不足会影响记忆力。",
        "coins": "AI说投资加密货币的风险很大。",
        "thai": "การลงทุนมีความเสี่ยงสูง",
    }
    several = [
        Searchable(insight=an_insight(name, claim=claim, explanation=""), show_title="Show", episode_title="Episode")
        for name, claim in claims.items()
    ]
    assert [one.searchable.insight.insight_id for one in search_insights(query, several, limit=5)] == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("parking turnover", ["parking", "spaces"]),
        ("What ends arguments about parking?", ["parking", "spaces"]),
        ("oskar", ["parking"]),
        ("NIGHT lab", ["sleep"]),
        ("morning clocks", ["sleep"]),
        ("the", []),
        ("zeppelin", []),
        ("", []),
        ("?!", []),
    ],
)
def test_what_has_most_of_the_words_comes_first(query: str, found: list[str]) -> None:
    assert ids(query) == found


def test_there_are_no_more_than_asked_for_and_the_order_of_the_store_changes_nothing() -> None:
    assert ids("parking", limit=1) == ids("parking")[:1]
    assert search_insights("parking", ALL, limit=9) == search_insights("parking", ALL[::-1], limit=9)
    assert search_insights("parking", (), limit=9) == ()


def test_a_match_is_a_ratio_and_a_long_query_is_cut() -> None:
    (best, *_) = search_insights("parking turnover " * 5000, ALL, limit=3)
    assert 0 < best.match_ratio <= 1


def test_meaning_counts_as_much_as_words_and_finds_what_has_none_of_them() -> None:
    by_words = {one.searchable: one.match_ratio for one in search_insights("parking", ALL, limit=9)}
    meant = {ALL.index(SLEEP): 0.9, ALL.index(PARKING): 0.8}

    found = {one.searchable: one.match_ratio for one in search_insights("parking", ALL, limit=9, meant=meant)}

    assert found == pytest.approx(
        {SLEEP: 0.9 / 2, PARKING: (by_words[PARKING] + 0.8) / 2, SPACES: by_words[SPACES] / 2}, abs=1e-4
    )

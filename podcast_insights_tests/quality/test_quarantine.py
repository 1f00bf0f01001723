"""The quarantine: every row that breaks a rule with its key, replaced when its table is checked again."""

import json
from typing import Any

import pytest

from podcast_insights.quality.quarantine import OF_EPISODES, OF_INSIGHTS, replace_quarantine, set_aside, skip_set_aside
from podcast_insights.quality.record import record_results
from podcast_insights.quality.rules import Severity
from podcast_insights.quality.run import RuleResult, check_table, effective_severity
from podcast_insights.quality.suites import SUITES
from podcast_insights.settings import DigestSettings
from podcast_insights.storage.store import Store
from podcast_insights_tests.quality.fakes import plant, rewrite
from podcast_insights_tests.storage.examples import DAY, NOW

RULES = {rule.name: rule for suite in SUITES.values() for rule in suite.rules}


def broken(rule: str, *rows: dict[str, Any], severity: Severity = "set_aside") -> RuleResult:
    """What a rule found that is broken by these rows."""
    return RuleResult(
        rule=RULES[rule], passed=not rows, rows=99, failed_rows=len(rows), broken=rows, observed="", severity=severity
    )


def check(store: Store, table: str) -> list[dict[str, Any]]:
    """Check a table as its asset check does, and return what is in quarantine then."""
    results = check_table(store.warehouse, table, DAY, digest=DigestSettings())
    record_results(store.warehouse, table, DAY, results, now=NOW)
    return store.warehouse.read("quarantine", f"table={table}/date={DAY}")


def test_every_bad_row_is_kept_with_its_rule_and_reason(store: Store) -> None:
    plant(store, "segments", "index < 7", text="' '")

    rows = check(store, "segments")

    assert len(rows) == 14, "more than a check shows"
    assert {row["rule"] for row in rows} == {"segments_have_text"}
    assert {row["reason"] for row in rows} == {RULES["segments_have_text"].reason}
    assert {"episode_id": "episode1", "index": 0} in [json.loads(row["row_key"]) for row in rows]
    assert {row["row_values"] for row in rows} == {'{"text": " "}'}
    assert {row["item_id"] for row in rows} == {"episode1", "episode2"}


def test_rows_with_one_key_are_one_row(store: Store) -> None:
    rewrite(store, "insights", "FROM stored UNION ALL FROM stored WHERE insight_id = 'insight1'")

    (row,) = check(store, "insights")

    assert (row["rule"], row["severity"], row["row_count"]) == ("insights_have_unique_ids", "error", 2)


def test_mended_data_leaves(store: Store) -> None:
    plant(store, "insights", "true", claim="''")
    assert len(check(store, "insights")) == 2
    plant(store, "insights", "insight_id = 'insight1'", claim="'A claim'")
    (row,) = check(store, "insights")
    assert row["item_id"] == "insight2"
    plant(store, "insights", "true", claim="'A claim'")
    assert check(store, "insights") == []


def test_only_what_is_set_aside_is_left_out(store: Store) -> None:
    for table, results in {
        "insights": [broken("insights_have_a_claim", {"insight_id": "bad"})],
        "transcripts": [
            broken("transcripts_are_not_skipped_too", {"episode_id": "bad_episode"}),
            broken("transcripts_have_enough_words", {"episode_id": "slow"}, severity="warning"),
            broken("transcripts_belong_to_the_day", {"episode_id": "late"}, severity="error"),
        ],
    }.items():
        replace_quarantine(store.warehouse, table, DAY, results, now=NOW)

    assert set_aside(store.warehouse, OF_INSIGHTS, DAY) == {"bad": "insights_have_a_claim"}
    episodes = set_aside(store.warehouse, OF_EPISODES, DAY)
    assert episodes == {"bad_episode": "transcripts_are_not_skipped_too"}
    (skip,) = skip_set_aside([("bad_episode", "show1"), ("slow", "show1")], episodes)
    assert (skip.subject_id, skip.show_id, skip.retryable) == ("bad_episode", "show1", True)


@pytest.mark.parametrize(
    ("bad", "items", "severity"),
    [
        (1, 1, "set_aside"),
        (4, 4, "set_aside"),
        (2, 5, "set_aside"),
        (3, 5, "error"),
        (10, 20, "set_aside"),
        (11, 20, "error"),
        (0, 20, "set_aside"),
    ],
)
def test_what_breaks_for_most_is_an_error(bad: int, items: int, severity: str) -> None:
    rows = [{"insight_id": f"insight{number}"} for number in range(bad)]
    result = broken("insights_have_a_claim", *rows, *rows)

    assert effective_severity(result, SUITES["insights"], items=items) == severity


def test_a_row_of_nothing_cannot_be_left_out() -> None:
    result = broken("insights_have_a_claim", {"insight_id": None})

    assert effective_severity(result, SUITES["insights"], items=20) == "error"


def test_every_rule_that_sets_aside_says_what() -> None:
    assert {suite.table for suite in SUITES.values() if suite.item} == {*OF_EPISODES, *OF_INSIGHTS}
    for suite in SUITES.values():
        has_such = any(rule.severity == "set_aside" for rule in suite.rules)
        assert has_such == (suite.item is not None)
        assert suite.item is None or suite.item in suite.key

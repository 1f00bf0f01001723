"""The page of rules says what the rules are."""

import re
from types import ModuleType

import pytest

from podcast_insights.quality.suites import SUITES, WITHOUT_SUITE
from podcast_insights_tests.docs.generated import DOCS, load_script


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return load_script("generate_quality")


def test_the_page_is_up_to_date(script: ModuleType) -> None:
    assert (DOCS / "quality.md").read_text(encoding="utf-8") == script.page(), "run: python docs/generate_quality.py"


def test_every_rule_is_on_the_page_once_with_its_reason(script: ModuleType) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", script.page(), re.MULTILINE)
    rules = [rule for suite in SUITES.values() for rule in suite.rules]

    assert sorted(rows) == sorted((rule.name, rule.severity, rule.reason) for rule in rules)


def test_every_table_is_on_the_page(script: ModuleType) -> None:
    headings = re.findall(r"^## (\w+)$", script.page(), re.MULTILINE)
    without = re.findall(r"^\| `(\w+)` \| [^|]+ \|$", script.page(), re.MULTILINE)

    assert headings == list(SUITES)
    assert without == list(WITHOUT_SUITE)

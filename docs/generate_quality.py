"""Writes ``docs/quality.md`` from ``podcast_insights/quality/suites.py``: a rule's reason is said once, beside it.

Run it from the root of the repository after a change to the rules: ``python docs/generate_quality.py``. A test fails
where the page and the rules differ.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from podcast_insights.quality.rules import Rule, Suite
from podcast_insights.quality.suites import SUITES, WITHOUT_SUITE
from podcast_insights.storage.schemas import table

PAGE = Path(__file__).with_name("quality.md")

INTRODUCTION = """\
# Data quality

What must be true of the data between two stages. This page is made from `podcast_insights/quality` by
`python docs/generate_quality.py`.

Each rule is evaluated with Great Expectations on one day alone; `shows` have no days and are checked as a whole. The
asset that writes a table has an asset check for each severity of the table's rules, and the check's result lists the
rules with what was found and a sample of the rows that break them.

| severity | asset check | what happens where a row breaks the rule |
|---|---|---|
| error | `<table>_no_errors` | What is downstream is not made, and no later run builds that day's digest. |
| set_aside | `<table>_nothing_to_set_aside` | The insight, or the transcript's episode, is left out of what follows. |
| warning | `<table>_no_warnings` | A person looks. |

Where more than half of the items of a day (and of five or more) break one rule of severity set_aside, the stage is
wrong and not the items: it counts as an error. A day whose list of episodes is wrong is stopped as a whole, because
nobody can say what to leave out of it; so is a digest, because a reader gets all of it.

Rows that break a rule are in quarantine, with the rule and its reason, until the table is checked again and they keep
it: `podcast-insights sql stg_quarantine`. So after mending, materialize the asset with its checks again.

A rule on what is usual compares a figure of the day with the median of the last thirty days, and is silent until ten of
these have it. It never stops anything.

What the last check of each rule found is the model `stg_check_results`: `podcast-insights sql stg_check_results`.
"""

# How the sentences end that hold for many tables.
SHARED = ("_of_the_day_are_written", "_have_required_values", "_have_unique_ids", "_belong_to_the_day")

COUNTED = (
    "There are {rules} rules for {tables} tables: {errors} errors, {set_aside} that set aside, and {warnings} warnings."
)


def page() -> str:
    """Return the page."""
    return "\n".join([INTRODUCTION, _counted(), "", *_suites(), *_without()])


def _counted() -> str:
    severities = Counter(rule.severity for suite in SUITES.values() for rule in suite.rules)
    return COUNTED.format(
        rules=severities.total(),
        tables=len(SUITES),
        errors=severities["error"],
        set_aside=severities["set_aside"],
        warnings=severities["warning"],
    )


def _suites() -> Iterator[str]:
    for suite in SUITES.values():
        yield f"## {suite.table}\n"
        yield f"{table(suite.table).description}\n"
        yield "| rule | severity | why |"
        yield "|---|---|---|"
        yield from (_row(rule) for rule in _own_first(suite))
        yield ""


def _own_first(suite: Suite) -> Iterator[Rule]:
    """Yield the rules of the table itself, then those that it shares with every table."""
    yield from sorted(suite.rules, key=lambda rule: rule.name.endswith(SHARED))


def _row(rule: Rule) -> str:
    return f"| `{rule.name}` | {rule.severity} | {rule.reason} |"


def _without() -> Iterator[str]:
    yield "## Tables without rules\n"
    yield "| table | why |"
    yield "|---|---|"
    yield from (f"| `{name}` | {reason} |" for name, reason in WITHOUT_SUITE.items())
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

"""What each part of the ranking is there for: digests with one part turned off at a time.

``python -m evaluation.ablation`` has two sets. *Month*: thirty days of eight made-up shows that repeat themselves and
each other, as in the tests. *November*: the insights of the real episodes, each third of them said once more by its
show some days later, as re-runs do; only where the real data is. Parts that are constants of the code are replaced for
the time of one run, here and nowhere else.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from pathlib import Path
from statistics import fmean
from typing import Any

from rich.console import Console
from rich.table import Table

from evaluation.episodes import read_set
from evaluation.run import LIMIT, REAL_DATA, WIDTH
from podcast_insights.digest import build, select
from podcast_insights.digest.similarity import TextSpace, insight_text, is_duplicate
from podcast_insights.digest.values import Candidate, Digest
from podcast_insights.insights.extract_embedded import extract
from podcast_insights.settings import DigestSettings
from podcast_insights_tests.digest.test_month import month

RERUN_EVERY, RERUN_AFTER_DAYS = 3, 4
MAYBE_SAME = 0.5
ALL_CAPS = {"max_per_episode": 5, "max_per_show": 10}
Days = Mapping[date, Sequence[Candidate]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A ranking: which settings differ, and which names of which modules are something else."""

    name: str
    settings: Mapping[str, int]
    replaced: tuple[tuple[Any, str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a reader of every digest would notice."""

    entries: int
    shows_a_day: float
    most_of_a_show: int
    repeats_in_a_day: int
    repeats_across_days: int
    merged: int
    likeness: float
    value: float


def policies() -> tuple[Policy, ...]:
    """Return the whole ranking, it without each part, and what is left without any."""
    no_diversity = ((select, "DIVERSITY_WEIGHT", 0.0),)
    no_merging = ((build, "select_candidates", _without_merging(build.select_candidates)),)
    return (
        Policy(name="all of it", settings={}),
        Policy(name="no novelty", settings={"novelty_days": 0}),
        Policy(name="no diversity", settings={}, replaced=no_diversity),
        Policy(name="no caps", settings=ALL_CAPS),
        Policy(name="no merging", settings={}, replaced=no_merging),
        Policy(name="neither of both", settings={}, replaced=(*no_diversity, *no_merging)),
        Policy(name="value alone", settings={"novelty_days": 0, **ALL_CAPS}, replaced=(*no_diversity, *no_merging)),
    )


def _without_merging(choose: Callable[..., Any]) -> Callable[..., Any]:
    def chosen(*arguments: Any, **more: Any) -> Any:
        with _replaced(((select, "is_duplicate", lambda *_: False),)):
            return choose(*arguments, **more)

    return chosen


@contextmanager
def _replaced(names: Sequence[tuple[Any, str, Any]]) -> Iterator[None]:
    before = [(module, name, getattr(module, name)) for module, name, _ in names]
    try:
        for module, name, value in names:
            setattr(module, name, value)
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)


def outcomes_of(days: Days) -> Mapping[str, Outcome]:
    """Return what each policy makes of days, by its name."""
    return {policy.name: outcome_of(digests_of(days, policy)) for policy in policies()}


def digests_of(days: Days, policy: Policy) -> list[Digest]:
    """Return the digest of each day under a policy, built in order."""
    settings = DigestSettings(start_date=min(days), **policy.settings)
    made: list[Digest] = []
    with _replaced(policy.replaced):
        for day in sorted(days):
            entries = [entry for digest in made for entry in digest.entries]
            recent = [candidate for past, ones in days.items() if past <= day for candidate in ones]
            made.append(
                build.build_digest(
                    day,
                    recent,
                    used_insight_ids=frozenset(entry.candidate.insight.insight_id for entry in entries),
                    history=entries,
                    previous=None,
                    settings=settings,
                    now=datetime.combine(day, time(6), tzinfo=UTC),
                )
            )
    return made


def outcome_of(digests: Sequence[Digest]) -> Outcome:
    """Return what is to be noticed about digests."""
    entries = [(digest.digest_date, entry.candidate.insight) for digest in digests for entry in digest.entries]
    texts = [insight_text(insight) for _, insight in entries]
    space = TextSpace(texts)
    same = [
        entries[i][0] == entries[j][0]
        for i, j, cosine in space.close_pairs(texts, MAYBE_SAME)
        if is_duplicate(texts[i], texts[j], cosine)
    ]
    full = [digest for digest in digests if digest.entries]
    shows = [Counter(entry.candidate.insight.show_id for entry in digest.entries) for digest in full]
    likeness = [
        float(space.cosines([insight_text(one.candidate.insight)], [insight_text(other.candidate.insight)])[0, 0])
        for digest in full
        for one, other in combinations(digest.entries, 2)
    ]
    return Outcome(
        entries=len(entries),
        shows_a_day=fmean(len(of_day) for of_day in shows) if shows else 0.0,
        most_of_a_show=max((max(of_day.values()) for of_day in shows), default=0),
        repeats_in_a_day=sum(same),
        repeats_across_days=len(same) - sum(same),
        merged=sum(len(entry.also_said_by) for digest in digests for entry in digest.entries),
        likeness=fmean(likeness) if likeness else 0.0,
        value=fmean(insight.value_ratio for _, insight in entries) if entries else 0.0,
    )


def november(root: Path) -> Days:
    """Return what the embedded extractor finds in the real episodes, with re-runs."""
    days: dict[date, list[Candidate]] = {}
    for episode in read_set(root, "november"):
        found = extract(episode.transcript, limit=LIMIT)
        for insight in found.insights:
            days.setdefault(episode.day, []).append(
                Candidate(
                    insight=insight,
                    show_title=insight.show_id,
                    episode_title=insight.episode_id,
                    episode_date=episode.day,
                    published_at=datetime.combine(episode.day, time(5), tzinfo=UTC),
                )
            )
    return with_reruns(days)


def with_reruns(days: Days) -> Days:
    """Return days on which each third insight is said again, by its show in another episode."""
    more: dict[date, list[Candidate]] = {day: list(ones) for day, ones in days.items()}
    everything = sorted((one for ones in days.values() for one in ones), key=lambda one: one.insight.insight_id)
    for one in everything[::RERUN_EVERY]:
        day = one.episode_date + timedelta(days=RERUN_AFTER_DAYS)
        again = replace(one.insight, insight_id=f"re-{one.insight.insight_id}", episode_id=f"re-{one.episode_title}")
        published_at = datetime.combine(day, time(5), tzinfo=UTC)
        more.setdefault(day, []).append(replace(one, insight=again, episode_date=day, published_at=published_at))
    return more


def table_of(name: str, outcomes: Mapping[str, Outcome]) -> Table:
    """Return the outcomes of one set as a table, a line for each policy."""
    heads = (
        "entries",
        "shows a day",
        "most of a show",
        "repeats in a day",
        "across days",
        "merged",
        "likeness",
        "value",
    )
    table = Table(name, *heads)
    for policy, one in outcomes.items():
        table.add_row(policy, *_cells(one))
    return table


def as_markdown(name: str, outcomes: Mapping[str, Outcome]) -> str:
    """Return the same in Markdown."""
    lines = [
        f"| {name} | entries | shows a day | most of a show in a day | repeats in a day | repeats across days "
        "| shows named beside another | likeness of two of a day | mean value |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
        *(f"| {policy} | {' | '.join(_cells(one))} |" for policy, one in outcomes.items()),
    ]
    return "\n".join(lines) + "\n"


def _cells(one: Outcome) -> tuple[str, ...]:
    whole = (str(one.repeats_in_a_day), str(one.repeats_across_days), str(one.merged))
    shows = (f"{one.shows_a_day:.2f}", str(one.most_of_a_show))
    return (str(one.entries), *shows, *whole, f"{one.likeness:.3f}", f"{one.value:.2f}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure both sets and print them; without the real data, the month alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get(REAL_DATA), help=f"the folder; else ${REAL_DATA}")
    parser.add_argument("--output", type=Path, help="where to write the tables as Markdown")
    given = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    sets: dict[str, Days] = {"month": month()}
    if given.data is None:
        console.print(f"Without {REAL_DATA}, the made-up month only.")
    else:
        sets["november"] = november(Path(given.data))
    written = []
    for name, days in sets.items():
        outcomes = outcomes_of(days)
        console.print(table_of(name, outcomes))
        written.append(as_markdown(name, outcomes))
    if given.output:
        given.output.write_text("\n".join(written), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

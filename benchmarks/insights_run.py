"""One part of the benchmark of insights, in the process that is measured; prints what it used as JSON."""

import json
import random
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import accumulate
from typing import TypeVar

from podcast_insights.bundled import bundled_path
from podcast_insights.digest.build import build_digest
from podcast_insights.digest.relate import related_insights
from podcast_insights.insights.extract_embedded import extract
from podcast_insights.insights.values import Insight
from podcast_insights.settings import DigestSettings
from podcast_insights_tests.digest.fakes import DAY, a_candidate, an_entry, an_insight
from podcast_insights_tests.insights.samples import timed, transcript_of

CANDIDATES, SHOWS, PUBLISHED_A_MONTH, PUBLISHED_A_YEAR = 10_000, 500, 150, 1825
VOCABULARY, CLAIM_WORDS, EXPLANATION_WORDS = 20_000, 14, 55
SEED = 7

T = TypeVar("T")


def main(part: str) -> None:
    """Run one part and print its figures."""
    print(json.dumps(PARTS[part]()))


def extract_an_hour() -> Mapping[str, float]:
    """Find the insights of the demo's scripts, as one long talk."""
    talk = transcript_of(timed([("Speaker", text) for text in spoken_paragraphs()]))
    extract(transcript_of(timed([("Speaker", "A short talk warms up what is loaded once.")])), limit=1)
    cpu_s, found = _timed(lambda: extract(talk, limit=8))
    return {"cpu_s": cpu_s, "minutes": talk.segments[-1].end_s / 60, "insights": len(found.insights)}


def rank_a_day() -> Mapping[str, float]:
    """Build the digest of a day with very many candidates and a month of digests behind it."""
    made = written(CANDIDATES + PUBLISHED_A_MONTH)
    candidates = [replace(a_candidate(insight.insight_id), insight=insight) for insight in made]
    history = [replace(an_entry(one), digest_date=DAY.replace(day=1)) for one in candidates[CANDIDATES:]]
    settings, now = DigestSettings(), datetime(2026, 11, 14, tzinfo=UTC)
    small = candidates[:50]
    build_digest(DAY, small, used_insight_ids=frozenset(), history=history, previous=None, settings=settings, now=now)
    cpu_s, digest = _timed(
        lambda: build_digest(
            DAY,
            candidates[:CANDIDATES],
            used_insight_ids=frozenset(),
            history=history,
            previous=None,
            settings=settings,
            now=now,
        )
    )
    return {"cpu_s": cpu_s, "entries": len(digest.entries)}


def relate_a_year() -> Mapping[str, float]:
    """Find the neighbours of everything that a year of digests published."""
    published = written(PUBLISHED_A_YEAR)
    related_insights(published[:50])
    cpu_s, related = _timed(lambda: related_insights(published))
    return {"cpu_s": cpu_s, "insights": len(published), "related": len(related)}


PARTS: dict[str, Callable[[], Mapping[str, float]]] = {
    "extract": extract_an_hour,
    "rank": rank_a_day,
    "relate": relate_a_year,
}


def spoken_paragraphs() -> Sequence[str]:
    """Return what the demo's speakers say, in the order of the files."""
    paragraphs = []
    for path in sorted((bundled_path("demo") / "scripts").rglob("*.md")):
        _, _, text = path.read_text(encoding="utf-8").split("---", 2)
        paragraphs += [" ".join(one.split()) for one in re.split(r"\n\s*\n", text) if one.strip()]
    return paragraphs


def written(count: int) -> Sequence[Insight]:
    """Return insights of made-up words, always the same."""
    chance = random.Random(SEED)  # noqa: S311 - nothing secret
    words = [f"w{number}" for number in range(VOCABULARY)]
    reached = list(accumulate(1 / (rank + 10) for rank in range(VOCABULARY)))

    def sentence(length: int) -> str:
        return " ".join(chance.choices(words, cum_weights=reached, k=length))

    return [
        an_insight(
            f"i{number:05d}",
            show_id=f"s{number % SHOWS}",
            episode_id=f"e{number // 4}",
            claim=sentence(CLAIM_WORDS),
            explanation=sentence(EXPLANATION_WORDS),
            value_ratio=chance.random(),
        )
        for number in range(count)
    ]


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    started_s = time.process_time()
    result = work()
    return time.process_time() - started_s, result


if __name__ == "__main__":
    main(sys.argv[1])

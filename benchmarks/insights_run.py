"""One part of the benchmark of insights, in the process that is measured; prints what it used as JSON."""

import gc
import json
import random
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np
from upath import UPath

from podcast_insights.bundled import bundled_path
from podcast_insights.digest.build import build_digest
from podcast_insights.digest.neighbours import Published, neighbourhoods
from podcast_insights.digest.relate import related_insights
from podcast_insights.digest.values import DayNeighbours, InsightVector
from podcast_insights.digest.vectors import text_fingerprint
from podcast_insights.insights.extract_embedded import extract
from podcast_insights.insights.extract_llm import LLMExtractor
from podcast_insights.insights.values import Insight
from podcast_insights.settings import DigestSettings
from podcast_insights.storage.vectors import VectorsRepository
from podcast_insights.storage.warehouse import Warehouse
from podcast_insights_tests.digest.fakes import DAY, a_candidate, an_entry, an_insight
from podcast_insights_tests.insights.fakes import proposal
from podcast_insights_tests.insights.samples import timed, transcript_of

CANDIDATES, SHOWS, PUBLISHED_A_MONTH, PUBLISHED_A_YEAR = 10_000, 500, 150, 1825
VOCABULARY, CLAIM_WORDS, EXPLANATION_WORDS = 20_000, 14, 55
SEED = 7
QUOTES, QUOTED_WORDS = 8, 12
# A digest publishes five insights a day; an ingest of 25 episodes stores two hundred.
NEW, STORED, STORED_A_DAY, DIMENSIONS, MODEL = 5, 100_000, 200, 384, "random"

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


def extract_with_a_model() -> Mapping[str, float]:
    """Do what the path of a language model does beside its calls, for the demo's scripts as one long talk.

    The model answers at once, with eight quotes of the stretch: preparing, checking and grounding is what is left.
    """
    talk = transcript_of(timed([("Speaker", text) for text in spoken_paragraphs()]))
    answers = AnswersAtOnce([" ".join(segment.text.split()[:QUOTED_WORDS]) for segment in talk.segments])
    extractor = LLMExtractor(answers, context_tokens=32_768, max_output_tokens=3000)  # type: ignore[arg-type]
    short = transcript_of(timed([("Speaker", "A short talk warms up what is loaded once.")]))
    extractor.extract(short, show_title="", episode_title="", limit=1)
    answers.asked = 0
    cpu_s, found = _timed(lambda: extractor.extract(talk, show_title="A show", episode_title="A talk", limit=8))
    return {
        "cpu_s": cpu_s,
        "minutes": talk.segments[-1].end_s / 60,
        "insights": len(found.insights),
        "calls": answers.asked,
    }


class AnswersAtOnce:
    """A client whose calls cost nothing: a few quotes for each."""

    model = "none"
    calls = ()

    def __init__(self, quotes: Sequence[str]) -> None:
        """Answer with the first of ``quotes`` that the stretch has."""
        self._quotes = quotes
        self.asked = 0

    def ask(self, messages: Sequence[Mapping[str, str]], *_: object, **__: object) -> Sequence[Mapping[str, object]]:
        """Return eight proposals."""
        self.asked += 1
        prompt = messages[-1]["content"]
        quotes = [quote for quote in self._quotes if quote in prompt][:: max(1, len(self._quotes) // QUOTES)]
        return [proposal(quote) for quote in quotes[:QUOTES]]


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


def relate_a_day_by_vectors() -> Mapping[str, float]:
    """Find the neighbours of a day's five insights among all that are stored, by vectors in files by day."""
    some = written(STORED // 100)
    stored = [replace(some[at % len(some)], insight_id=f"v{at:06d}", episode_id=f"e{at // 4}") for at in range(STORED)]
    new, old = stored[:NEW], stored[NEW:]
    published = Published(
        by_day={DAY - timedelta(days=1): old, DAY: new}, episode_dates={one.insight_id: DAY for one in new}
    )
    with TemporaryDirectory() as folder:
        vectors = VectorsRepository(Warehouse(UPath(folder)))
        _store_vectors(vectors, stored)
        vectors.dimensions_of(MODEL)
        gc.collect()
        started_s = time.perf_counter()
        cpu_s, near = _timed(
            lambda: neighbourhoods(
                published, source=vectors, model=MODEL, cache=AllButTheLastDay(len(published.by_day))
            )
        )
        wall_s = time.perf_counter() - started_s
    return {"cpu_s": cpu_s, "wall_s": wall_s, "stored": STORED, "dimensions": DIMENSIONS, "compared": len(near)}


class AllButTheLastDay:
    """A cache that knows every day but the one that is asked for last."""

    def __init__(self, days: int) -> None:
        """Expect to be asked for ``days`` days."""
        self._known = days - 1

    def get(self, fingerprint: str) -> DayNeighbours | None:
        """Return what is known of a day: that it is known is enough for the new one."""
        self._known -= 1
        return DayNeighbours(neighbourhoods=()) if self._known >= 0 else None

    def put(self, fingerprint: str, item: DayNeighbours) -> None:
        """Keep nothing."""


def _store_vectors(vectors: VectorsRepository, insights: Sequence[Insight]) -> None:
    """Give each insight a random vector, in files of as many days as it takes."""
    chance = np.random.default_rng(SEED)
    for day, start in enumerate(range(0, len(insights), STORED_A_DAY)):
        of_day = insights[start : start + STORED_A_DAY]
        numbers = chance.standard_normal((len(of_day), DIMENSIONS), dtype=np.float32)
        numbers /= np.linalg.norm(numbers, axis=1, keepdims=True)
        made = [
            InsightVector(
                insight_id=one.insight_id,
                model=MODEL,
                text_fingerprint=text_fingerprint(one),
                dimensions=DIMENSIONS,
                vector=row.tobytes(),
            )
            for one, row in zip(of_day, numbers, strict=True)
        ]
        vectors.replace_day(DAY - timedelta(days=day), made)


PARTS: dict[str, Callable[[], Mapping[str, float]]] = {
    "extract": extract_an_hour,
    "model": extract_with_a_model,
    "rank": rank_a_day,
    "relate": relate_a_year,
    "vectors": relate_a_day_by_vectors,
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

"""Thirty days of eight shows that repeat themselves and each other: what a reader of every digest would notice."""

import random
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from podcast_insights.digest.build import build_digest
from podcast_insights.digest.similarity import TextSpace, insight_text, is_duplicate
from podcast_insights.digest.values import Candidate, Digest
from podcast_insights.settings import DigestSettings
from podcast_insights_tests.digest.fakes import NOW, a_candidate

FIRST, DAYS, SHOWS = date(2026, 10, 1), 30, 8
SYLLABLES = "ba ce di fo gu ka le mi no pu ra se ti vo zu".split()  # noqa: SIM905
STORY = "storymark"


def words(draw: random.Random, count: int) -> str:
    return " ".join("".join(draw.choices(SYLLABLES, k=4)) for _ in range(count))


def month() -> Mapping[date, list[Candidate]]:
    """Return candidates by day: fresh ones, re-runs of an earlier day, and each Monday a story on four shows."""
    draw = random.Random(5)
    days: dict[date, list[Candidate]] = {}
    told: list[tuple[str, str]] = []
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        story = (f"{STORY}{number} {words(draw, 6)}", words(draw, 20))
        days[day] = []
        for show in range(SHOWS):
            texts = [(words(draw, 8), words(draw, 25)) for _ in range(2)]
            if told and show < 2:
                texts[0] = draw.choice(told)
            if day.weekday() == 0 and show < 4:
                texts[1] = (story[0], f"{story[1]} {words(draw, 1)}")
            told += texts
            days[day] += [
                a_candidate(
                    f"i{number}-{show}-{place}",
                    day=day,
                    claim=claim,
                    explanation=explanation,
                    quote=f"{number} {show} {place}",
                    show_id=f"show{show}",
                    episode_id=f"e{number}-{show}",
                    value_ratio=round(draw.uniform(0.3, 0.9), 3) + 0.09 * claim.startswith(STORY),
                )
                for place, (claim, explanation) in enumerate(texts)
            ]
    return days


@pytest.fixture(scope="module")
def digests() -> list[Digest]:
    days = month()
    settings = DigestSettings(start_date=FIRST)
    made: list[Digest] = []
    for day in days:
        published = [entry for digest in made for entry in digest.entries]
        made.append(
            build_digest(
                day,
                [candidate for past in days if past <= day for candidate in days[past]],
                used_insight_ids=frozenset(entry.candidate.insight.insight_id for entry in published),
                history=published,
                previous=None,
                settings=settings,
                now=NOW,
            )
        )
    return made


def test_every_day_is_full_and_from_many_shows_within_the_caps(digests: list[Digest]) -> None:
    for digest in digests:
        shows = Counter(entry.candidate.insight.show_id for entry in digest.entries)
        episodes = Counter(entry.candidate.insight.episode_id for entry in digest.entries)
        assert len(digest.entries) == 5
        assert len(shows) >= 4
        assert max(shows.values()) == max(episodes.values()) == 1


def test_no_two_entries_of_the_month_say_the_same(digests: list[Digest]) -> None:
    texts = [insight_text(entry.candidate.insight) for digest in digests for entry in digest.entries]
    repeats = [
        (texts[one], texts[other])
        for one, other, cosine in TextSpace(texts).close_pairs(texts, 0.5)
        if is_duplicate(texts[one], texts[other], cosine)
    ]
    assert len(set(texts)) == 5 * DAYS
    assert repeats == []


def test_a_story_on_four_shows_is_told_once_with_its_sources(digests: list[Digest]) -> None:
    told = [entry for digest in digests for entry in digest.entries if entry.candidate.insight.claim.startswith(STORY)]
    mondays = [digest.digest_date for digest in digests if digest.digest_date.weekday() == 0]

    assert Counter(entry.digest_date for entry in told).keys() >= set(mondays)
    assert len({entry.candidate.insight.claim for entry in told}) == len(told)
    for entry in told:
        if entry.digest_date in mondays:
            assert len(entry.also_said_by) == 3
            assert len({title for _, title in entry.also_said_by}) == 3

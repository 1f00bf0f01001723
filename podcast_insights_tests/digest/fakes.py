"""Insights, candidates and days to test with: a realistic day of podcasts, and one made to break things."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from podcast_insights.digest.build import build_digest
from podcast_insights.digest.values import Candidate, Digest, DigestEntry, RelatedInsight, ScoreParts, Stance
from podcast_insights.insights.values import Criteria, Insight
from podcast_insights.settings import DigestSettings

DAY = date(2026, 11, 13)
NOW = datetime(2026, 11, 14, 5, 30, tzinfo=UTC)


def an_insight(insight_id: str, **changes: Any) -> Insight:
    """Return an insight that says something of its own, changed as asked."""
    plain = Insight(
        insight_id=insight_id,
        episode_id=f"episode-of-{insight_id}",
        show_id=f"show-of-{insight_id}",
        claim=f"Claim {insight_id} alpha{insight_id} beta{insight_id} gamma{insight_id}",
        explanation=f"Because delta{insight_id} epsilon{insight_id} zeta{insight_id}.",
        quote=f"quote {insight_id}",
        speaker="Ada Example",
        start_s=754.4,
        end_s=790.0,
        first_segment=10,
        last_segment=12,
        topics=("testing",),
        kind="claim",
        extractor="llm",
        model="model-a",
        prompt_version="1",
        grounding="verbatim",
        criteria=Criteria(),
        raw_score=0.7,
        value_ratio=0.7,
        fingerprint="f" * 32,
    )
    return replace(plain, **changes)


def a_candidate(
    insight_id: str, *, day: date = DAY, priority: float = 1.0, show: str = "", **changes: Any
) -> Candidate:
    """Return a candidate of an episode of ``day``; the other changes are the insight's."""
    insight = an_insight(insight_id, **changes)
    return Candidate(
        insight=insight,
        show_title=show or f"Show {insight.show_id}",
        episode_title=f"Episode {insight.episode_id}",
        episode_date=day,
        published_at=datetime.combine(day, time(8), tzinfo=UTC),
        episode_url=f"https://example.org/episodes/{insight.episode_id}",
        audio_url=f"https://media.example.org/{insight.episode_id}.mp3",
        language="en",
        show_priority=priority,
    )


def an_entry(candidate: Candidate, *, day: date = DAY, rank: int = 1, **changes: Any) -> DigestEntry:
    """Return a chosen insight with scores in the middle."""
    parts = ScoreParts(value=0.7, novelty=1.0, preference=0.5, freshness=1.0, support=0.0, total=0.75)
    entry = DigestEntry(digest_date=day, rank=rank, candidate=candidate, parts=parts, reason="Chosen because it is so.")
    return replace(entry, **changes)


def a_digest(*candidates: Candidate, day: date = DAY, **changes: Any) -> Digest:
    """Return a digest that holds exactly these candidates."""
    entries = tuple(an_entry(candidate, day=day, rank=rank) for rank, candidate in enumerate(candidates, start=1))
    digest = Digest(
        digest_date=day,
        entries=entries,
        considered=10 + len(entries),
        eligible=3 + len(entries),
        shows_considered=4,
        built_at=datetime.combine(day + timedelta(days=1), time(5, 30), tzinfo=UTC),
        fingerprint=f"fingerprint-of-{day}",
    )
    return replace(digest, **changes)


HOSTILE_TEXTS = {
    "claim": "</title><script>alert(1)</script>\r\nBcc: victim@example.org \u202egnirts\x00 & "
    "\"quoted\" 'too' ]]> {{ 7 }}",
    "explanation": "<img src=x onerror=alert(1)> [link](javascript:alert(1)) **bold** \ufffe\ud800",
    "quote": '<blockquote onmouseover="x">&lt;b&gt; \'"</blockquote>',
    "speaker": 'Eve"><script>alert(2)</script>\r\nSubject: pwned',
    "topics": ("<b>topic</b>", "\x1b[31m"),
}


def a_hostile_candidate() -> Candidate:
    """Return a candidate of which every text and every URL tries to break out."""
    candidate = a_candidate("../../etc/passwd", **HOSTILE_TEXTS)
    return replace(
        candidate,
        show_title="<svg/onload=alert(3)>\r\nX-Evil: 1",
        episode_title="--><script>alert(4)</script>",
        episode_url="javascript:alert(5)",
        audio_url='https://media.example.org/a.mp3"><script>alert(6)</script>',
        language='en"><script>',
    )


def a_hebrew_candidate(insight_id: str) -> Candidate:
    """Return a candidate of which every word is written from right to left."""
    texts = {"claim": "הלחם מחכה.", "explanation": "הקמח ישן.", "quote": "הקמח כבר ישן", "speaker": "דנה"}
    candidate = a_candidate(insight_id, show_id="show", episode_id="episode", topics=("לחם", "קמח"), **texts)
    return replace(candidate, show_title="המאפייה", episode_title="פרק ראשון", language="he")


# A day as it really looks: (show, speaker, episode, second, kind of extractor, claim, explanation, quote).
_REAL_DAY = [
    (
        "The Grid Hour", "Dr. Helena Ortiz", "Why your solar panels are waiting in line", 1564.0, "llm",
        "Home batteries now earn more from steadying the grid than from storing solar power",
        "In markets that pay for frequency response, a ten kilowatt-hour battery makes about twice as much by reacting "
        "within a second to small swings as it does by shifting midday sun into the evening. Owners who only look at "
        "their own roof leave most of the value unused.",
        "people bought the battery for the sun, and then, um, the thing that actually pays it back is these tiny "
        "little corrections, a second here, a second there, and that is worth double what the shifting is worth",
        ("energy", "batteries", "markets"), 0.91, Criteria(makes_a_claim=True, gives_a_reason=True, stands_alone=True),
    ),
    (
        "Slow Medicine", "Prof. Amara Nwosu", "The test nobody needed", 754.0, "embedded",
        "A screening test for a rare disease is wrong most of the times it says yes, even when it is ninety-nine per "
        "cent accurate.",
        "If one person in a thousand has the disease, you test a thousand people and you find that one person, and you "
        "also find ten people who are perfectly healthy. So ten out of eleven of your positives are false.",
        "a screening test for a rare disease is wrong most of the times it says yes, even when it is, you know, "
        "ninety-nine per cent accurate. if one person in a thousand has the disease, you test a thousand people and "
        "you find that one person, and you also find ten people who are perfectly healthy. so ten out of eleven of "
        "your positives are false",
        ("medicine", "statistics"), 0.84, Criteria(makes_a_claim=True, stands_alone=True),
    ),
    (
        "Python Table Talk", "Michał Zieliński", "Episode 212: Types at the edges", 2210.0, "llm",
        "Typing a program at its edges finds more bugs than typing all of it",
        "Most of the errors that annotations caught in a year of code review were in the twenty per cent of functions "
        "that read files, requests and settings. Inside, where the program makes its own values, tests had already "
        "found them.",
        "eighty percent of what mypy ever found for us was in the code that touches the outside, so if you have one "
        "week, spend it there",
        ("python", "software"), 0.8, Criteria(makes_a_claim=True, gives_a_reason=True, can_be_acted_on=True),
    ),
    (
        "Museum of Small Economies", None, "The bakery that stopped growing", 3912.0, "llm",
        "A shop that refuses to grow can outlive its competitors because it never has to repay growth",
        "The bakery kept one oven for forty years. Three rivals expanded on credit and closed in the first year in "
        "which the price of flour doubled.",
        "we never owed anybody for an oven, so when flour went up we just baked less",
        ("business",), 0.77, Criteria(makes_a_claim=True, stands_alone=True),
    ),
    (
        "Deep Water", "Captain Rosa Lindqvist", "What the harbour pilots know", 421.0, "embedded",
        "Most groundings happen on the way out of a harbour and not on the way in, because on the way in everybody is "
        "afraid.",
        "",
        "most groundings happen on the way out of a harbour and not on the way in, because on the way in everybody is "
        "afraid",
        ("shipping", "safety"), 0.74, Criteria(stands_alone=True),
    ),
    (
        "Kilowatt", "Jun Park", "Batteries, revisited", 998.0, "llm",
        "Home batteries now earn more from steadying the grid than by storing solar power",
        "A ten kilowatt-hour battery makes about twice as much by reacting within a second to small swings as it does "
        "by shifting midday sun into the evening.",
        "frequency response pays double, it is not even close anymore",
        ("energy", "batteries"), 0.66, Criteria(makes_a_claim=True),
    ),
    (
        "The Long Commute", "Tess Okafor", "Rails and rates", 1822.0, "llm",
        "Night trains fail on track fees, not on demand",
        "On the busiest European routes the beds are sold out for months, yet an operator pays per kilometre for "
        "tracks that stand empty at night anyway.",
        "the beds are full, it is the track that is expensive",
        ("transport", "markets"), 0.64, Criteria(makes_a_claim=True, gives_a_reason=True),
    ),
]  # fmt: skip


def real_candidates(day: date = DAY, suffix: str = "") -> tuple[Candidate, ...]:
    """Return what a day of seven shows gives."""
    candidates = []
    for place, (show, speaker, episode, at_s, extractor, claim, why, quote, topics, value, criteria) in enumerate(
        _REAL_DAY
    ):
        insight = an_insight(
            f"{place:02}c0ffee{place:02}{suffix}",
            episode_id=f"{show}-{day}", show_id=show, claim=claim, explanation=why, quote=quote, speaker=speaker,
            start_s=at_s, end_s=at_s + 30, extractor=extractor, topics=topics, value_ratio=value, criteria=criteria,
            model="model-a" if extractor == "llm" else None,
        )  # fmt: skip
        candidates.append(
            Candidate(
                insight=insight, show_title=show, episode_title=episode, episode_date=day - timedelta(days=place % 2),
                published_at=datetime.combine(day, time(7), tzinfo=UTC), episode_url=f"https://example.org/e/{place}",
                audio_url=f"https://media.example.org/{place}.mp3", language="en",
            )
        )  # fmt: skip
    return tuple(candidates)


def real_digests() -> Sequence[Digest]:
    """Return four days: a full one, a rebuilt one, a short one and an empty one."""
    settings = DigestSettings(follow=("python",))

    def built(day: date, candidates: Sequence[Candidate], **changes: Any) -> Digest:
        built = build_digest(
            day, candidates, used_insight_ids=frozenset(), history=(), previous=None, settings=settings,
            now=datetime.combine(day + timedelta(days=1), time(5, 30), tzinfo=UTC),
        )  # fmt: skip
        return replace(built, **changes)

    return (
        built(DAY, real_candidates()),
        built(DAY - timedelta(days=1), real_candidates(DAY - timedelta(days=1), "b")[1:4], revision=2),
        built(DAY - timedelta(days=2), real_candidates(DAY - timedelta(days=2), "c")[4:6]),
        built(DAY - timedelta(days=3), ()),
    )


def related_to(insight_id: str, *others: str, stance: Stance | None = None) -> dict[str, list[RelatedInsight]]:
    """Return the neighbours of one insight by its id, as the store gives them."""
    return {
        insight_id: [
            RelatedInsight(insight_id=insight_id, related_insight_id=one, similarity_ratio=0.4, stance=stance)
            for one in others
        ]
    }

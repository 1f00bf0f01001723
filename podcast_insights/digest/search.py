"""Finding insights by words: the query is one more text in the space in which insights are compared.

An insight is compared by its claim, explanation, topics, show and speaker. A query's words count in any form that
differs by its ending only, and every one that is found lifts an insight, so that one with all of them stands above one
that repeats a single one. It is a search by words: what says the same in quite other words is not found.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from podcast_insights.digest.similarity import TextSpace, insight_text
from podcast_insights.digest.stems import stems_in
from podcast_insights.insights.values import Insight

MOST_QUERY_CHARS = 300
COSINE_SHARE, WORDS_SHARE = 0.4, 0.6

# What a question is made of, but no answer.
_ASKING = frozenset(
    "a an and are about do does for how in is it of on or that the to what when where which who why with".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Searchable:
    """An insight with what a reader must know about its source."""

    insight: Insight
    show_title: str
    episode_title: str
    episode_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One result: what was found, and how well it matches, from 0 to 1."""

    searchable: Searchable
    match_ratio: float


def search_insights(query: str, insights: Sequence[Searchable], *, limit: int) -> tuple[Found, ...]:
    """Return at most ``limit`` insights that have words of the query, best first; ties go to the smaller id."""
    query = query[:MOST_QUERY_CHARS]
    wanted = frozenset(stems_in(query, without=_ASKING))
    texts = [_text_of(one) for one in insights]
    hits = [len(wanted.intersection(stems_in(text))) / len(wanted) if wanted else 0.0 for text in texts]
    near = [at for at, hit in enumerate(hits) if hit > 0]
    cosines = TextSpace([query, *(texts[at] for at in near)]).cosines([query], [texts[at] for at in near])
    found = [
        Found(
            searchable=insights[at],
            match_ratio=round(COSINE_SHARE * float(cosines[0, row]) + WORDS_SHARE * hits[at], 4),
        )
        for row, at in enumerate(near)
    ]
    return tuple(sorted(found, key=_best_first)[:limit])


def _best_first(found: Found) -> tuple[float, str]:
    return -found.match_ratio, found.searchable.insight.insight_id


def _text_of(one: Searchable) -> str:
    insight = one.insight
    return " ".join([insight_text(insight), *insight.topics, one.show_title, one.episode_title, insight.speaker or ""])

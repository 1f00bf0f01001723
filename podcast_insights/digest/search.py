"""Finding insights by words, and by meaning where there are vectors.

By words, the query is one more text in the space in which insights are compared: claim, explanation, topics, show and
speaker. A query's words count in any form that differs by its ending only, and every one that is found lifts an
insight, so that one with all of them stands above one that repeats a single one. What says the same in quite other
words is found by vectors only; the cosine of an insight's vector with the query's then counts as much as its words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from podcast_insights.digest.similarity import TextSpace, insight_text
from podcast_insights.digest.stems import stems_in, without_single_letters
from podcast_insights.insights.values import Insight

MOST_QUERY_CHARS = 300
COSINE_SHARE, WORDS_SHARE = 0.4, 0.6
MEANING_SHARE = 0.5
# What has no word of the query has to be this near to it: a query is short, and its cosines with answers are low.
MEANT_COSINE = 0.3

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


def search_insights(
    query: str, insights: Sequence[Searchable], *, limit: int, meant: Mapping[int, float] | None = None
) -> tuple[Found, ...]:
    """Return at most ``limit`` insights that match the query, best first; ties go to the smaller id.

    Args:
        query: What a person looks for.
        insights: What is searched.
        limit: How many at most.
        meant: The cosines of vectors with the query's, by the places of the insights; None to search by words only.
    """
    by_words = _matches_by_words(query, insights)
    if meant is None:
        matches = by_words
    else:
        matches = {
            at: (1 - MEANING_SHARE) * by_words.get(at, 0.0) + MEANING_SHARE * meant.get(at, 0.0)
            for at in by_words.keys() | meant.keys()
        }
    found = [Found(searchable=insights[at], match_ratio=round(match, 4)) for at, match in matches.items()]
    return tuple(sorted(found, key=_best_first)[:limit])


def _matches_by_words(query: str, insights: Sequence[Searchable]) -> Mapping[int, float]:
    """Return how well the insights that have words of the query match it, by their places."""
    query = query[:MOST_QUERY_CHARS]
    wanted = without_single_letters(stems_in(query, without=_ASKING))
    texts = [_text_of(one) for one in insights]
    hits = [len(wanted.intersection(stems_in(text))) / len(wanted) if wanted else 0.0 for text in texts]
    near = [at for at, hit in enumerate(hits) if hit > 0]
    cosines = TextSpace([query, *(texts[at] for at in near)]).cosines([query], [texts[at] for at in near])
    return {at: COSINE_SHARE * float(cosines[0, row]) + WORDS_SHARE * hits[at] for row, at in enumerate(near)}


def _best_first(found: Found) -> tuple[float, str]:
    return -found.match_ratio, found.searchable.insight.insight_id


def _text_of(one: Searchable) -> str:
    insight = one.insight
    return " ".join([insight_text(insight), *insight.topics, one.show_title, one.episode_title, insight.speaker or ""])

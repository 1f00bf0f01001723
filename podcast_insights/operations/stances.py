"""Asking a language model which related insights agree: what is not known yet, day by day, under each day's caps.

A pair belongs to the later of the days on which its two insights were published. What was answered is kept at once and
in the relation itself, so nothing is paid twice; so is that an answer was of no use. A model that cannot be reached, or
may not spend more, is not asked again in this run: those pairs stay unmarked until the next.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date

from podcast_insights.digest.neighbours import Published
from podcast_insights.digest.stances import (
    PURPOSE,
    STANCES,
    Pair,
    batches_of,
    marked,
    messages_about,
    pairs_of,
    stances_in,
)
from podcast_insights.digest.values import RelatedInsight, Stance
from podcast_insights.errors import LLMBudgetError, LLMError, LLMRefusedError, SettingsError
from podcast_insights.fingerprints import ResultCache
from podcast_insights.insights.embed import ALL_EPISODES
from podcast_insights.insights.llm import ChatClient
from podcast_insights.insights.values import LLMCall
from podcast_insights.storage.store import Store

Connect = Callable[[Sequence[LLMCall]], ChatClient]
ANSWERED = ("answered", "cut", LLMRefusedError.code)
# What is kept of an answer that was paid and says nothing of a pair: it is not asked again.
UNUSABLE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedPairs:
    """The relation with what is known of each pair, the calls that this took, and why it ended early if it did."""

    related: tuple[RelatedInsight, ...]
    calls: tuple[LLMCall, ...] = ()
    problem: str | None = None


def mark_stances(
    store: Store, related: Sequence[RelatedInsight], published: Published, *, connect: Connect, model: str
) -> MarkedPairs:
    """Return the relation with stances; asks about those pairs of which nothing is known.

    Args:
        store: Where the last relation, the answers and the account are kept.
        related: The relation, with both directions of each pair.
        published: The insights that it relates.
        connect: Gives a client with what is left of a day's budget after some calls.
        model: The model that answers.

    Raises:
        StorageError: An answer cannot be kept.
    """
    by_id = {insight.insight_id: insight for insight in published.insights}
    pairs = pairs_of(related, by_id, model=model)
    known = _known(store, pairs)
    calls: list[LLMCall] = []
    problem = None
    for day, new in _by_day([pair for pair in pairs if pair.fingerprint not in known], published).items():
        earlier = store.llm_calls.of_day(day)
        with closing(connect(earlier)) as client:
            problem = _ask(client, new, known, store.asked_stances)
            made = client.calls
        store.llm_calls.add(day, made)
        calls += made
        if problem is not None:
            break
    stances: dict[str, Stance] = {key: stance for key, stance in known.items() if stance is not None}
    return MarkedPairs(related=marked(related, pairs, stances), calls=tuple(calls), problem=problem)


def _ask(
    client: ChatClient, pairs: Sequence[Pair], known: dict[str, Stance | None], cache: ResultCache[str]
) -> str | None:
    """Ask about the pairs of one day, and add what is answered to ``known``; return why it ended early."""
    for batch in batches_of(pairs):
        found: Mapping[str, Stance] = {}
        try:
            items = client.ask(messages_about(batch), STANCES, episode_id=ALL_EPISODES, purpose=PURPOSE)
            found = stances_in(items, batch)
        except SettingsError as error:
            return str(error)
        except LLMError as error:
            if error.retryable or isinstance(error, LLMBudgetError) or not _was_paid(client):
                return str(error)
        for pair in batch:
            known[pair.fingerprint] = found.get(pair.fingerprint)
            cache.put(pair.fingerprint, found.get(pair.fingerprint, UNUSABLE))
    return None


def _was_paid(client: ChatClient) -> bool:
    """Whether the last call gave an answer; a request that the server did not take gave none, nor would the next."""
    last = client.calls[-1] if client.calls else None
    return last is not None and (last.status in ANSWERED or last.completion_tokens > 0)


def _known(store: Store, pairs: Sequence[Pair]) -> dict[str, Stance | None]:
    """Return what was answered before: from the last relation, else from the answers; None for one of no use."""
    known: dict[str, Stance | None] = {
        one.stance_fingerprint: one.stance for one in store.related_insights.all() if one.stance_fingerprint
    }
    for pair in pairs:
        if pair.fingerprint not in known and (kept := store.asked_stances.get(pair.fingerprint)) is not None:
            known[pair.fingerprint] = _stance(kept)
    return known


def _stance(kept: str) -> Stance | None:
    match kept:
        case "agrees" | "disputes" | "neither":
            return kept
        case _:
            return None


def _by_day(pairs: Sequence[Pair], published: Published) -> Mapping[date, Sequence[Pair]]:
    """Return pairs by the later day on which one of the two was published, oldest day first."""
    days = {one.insight_id: day for day, insights in published.by_day.items() for one in insights}
    found: defaultdict[date, list[Pair]] = defaultdict(list)
    for pair in pairs:
        found[max(days[pair.one_id], days[pair.other_id])].append(pair)
    return dict(sorted(found.items()))

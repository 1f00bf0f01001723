"""What a backfill asks in one go: the questions about many days that nobody has answered, and waiting for them.

What is asked is noted before it is sent, and the batch's id as soon as the server has given it. A process that was
killed waits for the same batch again; one that was killed in between finds the batch among those of the server, by the
name that its questions give it, where the server lists them. Elsewhere, and where the server never got it, they are
asked once more. An answer is kept as soon as it is fetched. Nothing here makes an insight: the days are made as always,
and find their answers; what a batch left open is asked directly there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from podcast_insights.errors import LLMBudgetError, LLMUnavailableError
from podcast_insights.fingerprints import ResultCache, fingerprint_of
from podcast_insights.insights.batch import BatchClient, BatchState, Body, in_files
from podcast_insights.insights.budget import Prices, estimated_tokens
from podcast_insights.insights.extract_llm import LLMExtractor
from podcast_insights.insights.identity import insights_fingerprint
from podcast_insights.insights.make import day_budget
from podcast_insights.insights.values import LLMCall, OpenBatch, OpenBatches
from podcast_insights.settings import InsightSettings
from podcast_insights.storage.store import Store
from podcast_insights.transcripts.values import Transcript

# Half an hour and more, as the command line looks. Whoever gives up asks directly, and pays a second time.
MOST_LOOKS_WITHOUT_ANSWER = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class DayToAsk:
    """What a day's extraction will read: its transcripts, their titles by episode, and the calls made for it so far."""

    day: date
    transcripts: Sequence[Transcript]
    titles: Mapping[str, tuple[str, str]]
    calls: Sequence[LLMCall]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReport:
    """How many questions were open, how many of them have an answer now, and how many a cap kept out."""

    asked: int
    answered: int
    over_cap: int


def unanswered(
    day: DayToAsk, *, extractor: LLMExtractor, store: Store, settings: InsightSettings
) -> tuple[dict[str, Body], int]:
    """Return the requests of a day that nobody answered, by their fingerprints, and how many its caps keep out."""
    budget = day_budget(settings, day.calls)
    prices = Prices(
        prompt_usd_per_million=settings.prompt_usd_per_million,
        completion_usd_per_million=settings.completion_usd_per_million,
    )
    found: dict[str, Body] = {}
    over_cap = 0
    for transcript in day.transcripts:
        made = insights_fingerprint(transcript, extractor.fingerprint_parts(), settings.per_episode)
        if store.finished_insights.get(made) is not None:
            continue
        show_title, episode_title = day.titles.get(transcript.episode_id, ("", ""))
        for body in extractor.requests(transcript, show_title=show_title, episode_title=episode_title):
            fingerprint = fingerprint_of(body)
            if store.batch_answers.get(fingerprint) is not None:
                continue
            sent_tokens = estimated_tokens([message["content"] for message in body["messages"]])
            cost_usd = prices.cost_usd(sent_tokens, settings.max_output_tokens)
            try:
                budget.reserve(None if cost_usd is None else cost_usd * settings.batch_price_ratio)
            except LLMBudgetError:
                over_cap += 1
                continue
            found[fingerprint] = body
    return found, over_cap


class BatchRun:
    """Asks in batches, and waits until they have ended."""

    def __init__(
        self,
        store: Store,
        client: BatchClient,
        *,
        server: str,
        wait: Callable[[], None],
        tell: Callable[[str], None],
    ) -> None:
        """Prepare.

        Args:
            store: Where open batches and answers are kept.
            client: Reaches the server.
            server: What the server is called in the record of open batches.
            wait: Lets time pass between two looks at a batch.
            tell: Says how far a batch is.
        """
        self._answers: ResultCache[str] = store.batch_answers
        self._record = store.open_batches
        self._key = fingerprint_of({"open_batches": server})
        self._client = client
        self._wait = wait
        self._tell = tell

    def ask(self, requests: Mapping[str, Body]) -> int:
        """Return how many of the requests have an answer now.

        Raises:
            NoBatchesError: The server has no batch API.
            LLMError: The server gives no answer; the subclass says why.
            SettingsError: The server does not accept the key.
            StorageError: An answer cannot be kept.
        """
        self._find_lost()
        under_way = {one for batch in self._open().batches for one in batch.fingerprints}
        for group in in_files({key: body for key, body in requests.items() if key not in under_way}):
            unnamed = OpenBatch(batch_id=None, fingerprints=tuple(group))
            self._note(OpenBatches(batches=(*self._open().batches, unnamed)))
            batch_id = self._client.submit(group)
            self._replace(unnamed, replace(unnamed, batch_id=batch_id))
            self._tell(f"batch {batch_id}: {len(group)} questions sent")
        for batch in self._open().batches:
            if batch.batch_id is not None:
                self._fetch(batch.batch_id, batch.fingerprints)
            self._replace(batch, None)
        return sum(self._answers.get(key) is not None for key in requests)

    def _find_lost(self) -> None:
        """Find the batches that were sent by a process which could not note their ids; forget those never sent."""
        for batch in self._open().batches:
            if batch.batch_id is None:
                found = self._client.find(batch.fingerprints)
                self._replace(batch, replace(batch, batch_id=found) if found else None)

    def _fetch(self, batch_id: str, fingerprints: Sequence[str]) -> None:
        while not (state := self._looked_at(batch_id)).has_ended:
            self._tell(f"batch {batch_id}: {state.status}, {state.answered} of {state.asked} answered")
            self._wait()
        for fingerprint, completion in self._client.answers(state, frozenset(fingerprints)):
            self._answers.put(fingerprint, completion)
        self._tell(f"batch {batch_id}: {state.status}")

    def _looked_at(self, batch_id: str) -> BatchState:
        """Return how far a batch is: it takes hours, and what it answers is paid, so an outage meanwhile is waited for.

        Raises:
            LLMError: The server gives no answer, look after look; the subclass says why.
        """
        for _ in range(MOST_LOOKS_WITHOUT_ANSWER - 1):
            try:
                return self._client.state(batch_id)
            except LLMUnavailableError as error:
                self._tell(f"batch {batch_id}: {error}")
                self._wait()
        return self._client.state(batch_id)

    def _open(self) -> OpenBatches:
        return self._record.get(self._key) or OpenBatches()

    def _replace(self, batch: OpenBatch, by: OpenBatch | None) -> None:
        found = [by if one == batch else one for one in self._open().batches]
        self._note(OpenBatches(batches=tuple(one for one in found if one is not None)))

    def _note(self, batches: OpenBatches) -> None:
        self._record.put(self._key, batches)

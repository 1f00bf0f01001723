"""Waiting for a batch: what is paid is not given up for an outage."""

from collections.abc import Collection, Iterator
from typing import cast

import pytest

from podcast_insights.errors import LLMUnavailableError
from podcast_insights.fingerprints import fingerprint_of
from podcast_insights.insights.batch import BatchClient, BatchState
from podcast_insights.insights.values import OpenBatch, OpenBatches
from podcast_insights.operations.batches import MOST_LOOKS_WITHOUT_ANSWER, BatchRun
from podcast_insights.storage.store import Store


class Client:
    """A server with one batch under way, which gives no answer for some looks."""

    def __init__(self, *, silent_looks: int) -> None:
        self.silent_looks = silent_looks

    def state(self, batch_id: str) -> BatchState:
        if self.silent_looks:
            self.silent_looks -= 1
            raise LLMUnavailableError("no connection")
        return BatchState(status="completed")

    def answers(self, state: BatchState, asked: Collection[str]) -> Iterator[tuple[str, str]]:
        yield from ((fingerprint, "{}") for fingerprint in asked)


def waits_for(client: Client, store: Store) -> tuple[int, int]:
    """Wait for the batch; return how many questions have an answer, and how often it was waited."""
    key = fingerprint_of({"open_batches": "server"})
    store.open_batches.put(key, OpenBatches(batches=(OpenBatch(batch_id="b", fingerprints=("f",)),)))
    waits: list[None] = []
    run = BatchRun(
        store,
        cast("BatchClient", client),
        server="server",
        wait=lambda: waits.append(None),
        tell=lambda line: None,
    )
    return run.ask({"f": {"messages": []}}), len(waits)


def test_an_outage_while_a_batch_is_at_work_is_waited_for() -> None:
    assert waits_for(Client(silent_looks=3), Store("memory://outage")) == (1, 3)


def test_a_server_that_gives_no_answer_any_more_is_given_up_and_its_batch_stays_known() -> None:
    store = Store("memory://silence")

    with pytest.raises(LLMUnavailableError):
        waits_for(Client(silent_looks=MOST_LOOKS_WITHOUT_ANSWER), store)

    assert waits_for(Client(silent_looks=0), store) == (1, 0)

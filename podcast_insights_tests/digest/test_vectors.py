from collections.abc import Sequence
from dataclasses import replace

import pytest

from podcast_insights.digest.values import InsightVector
from podcast_insights.digest.vectors import make_vectors, text_fingerprint, without_vector
from podcast_insights.errors import LLMUnavailableError
from podcast_insights_tests.digest.fakes import an_insight

INSIGHTS = tuple(an_insight(f"i{n}", episode_id=f"e{n // 2}", claim=f"Claim number {n}.") for n in range(5))


class FakeEmbedder:
    """Makes vectors of as many numbers as it is told, until it breaks."""

    model = "meaning-1"

    def __init__(self, *, dimensions: int = 2, breaks_after: int = 99) -> None:
        self.asked: list[str] = []
        self._dimensions = dimensions
        self._left = breaks_after

    def vectors(self, texts: Sequence[str]) -> tuple[bytes, ...]:
        if not self._left:
            raise LLMUnavailableError("the server is away")
        self._left -= 1
        self.asked += texts
        return tuple(b"\0\0\0\x3f" * self._dimensions for _ in texts)


def made_by(embedder: FakeEmbedder, known: Sequence[InsightVector] = (), dimensions: int | None = None):
    kept: list[Sequence[InsightVector]] = []
    result = make_vectors(
        INSIGHTS, known=known, embedder=embedder, dimensions=dimensions, batch_size=2, keep=kept.append
    )
    return result, kept


def test_every_insight_gets_a_vector_of_its_words_and_each_batch_is_kept_at_once() -> None:
    result, kept = made_by(FakeEmbedder())
    assert [one.insight_id for one in result.made] == [one.insight_id for one in INSIGHTS]
    assert [len(batch) for batch in kept] == [2, 4, 5]
    assert kept[-1] == list(result.made)
    assert {(one.model, one.dimensions) for one in result.made} == {("meaning-1", 2)}
    assert result.skipped == ()


def test_what_has_a_vector_is_not_asked_about_again_and_changed_words_are() -> None:
    known = made_by(FakeEmbedder())[0].made
    again = FakeEmbedder()
    assert made_by(again, known)[0].made == ()
    assert again.asked == []
    old = replace(known[3], text_fingerprint="of other words")
    other_model = replace(known[4], model="meaning-2")
    assert without_vector(INSIGHTS, [*known[:3], old, other_model], model="meaning-1") == INSIGHTS[3:]


def test_a_failure_keeps_what_was_made_and_names_the_episodes_that_are_left() -> None:
    embedder = FakeEmbedder(breaks_after=1)
    result, kept = made_by(embedder)
    assert len(result.made) == len(kept[-1]) == 2
    assert [(skip.stage, skip.subject_id, skip.reason, skip.retryable) for skip in result.skipped] == [
        ("insight_vectors", "e1", "llm_unavailable", True),
        ("insight_vectors", "e2", "llm_unavailable", True),
    ]
    assert made_by(FakeEmbedder(), result.made)[0].skipped == ()


@pytest.mark.parametrize("dimensions", [3, 1])
def test_vectors_of_another_length_than_those_stored_are_refused(dimensions: int) -> None:
    result, kept = made_by(FakeEmbedder(dimensions=2), dimensions=dimensions)
    assert (result.made, kept) == ((), [])
    assert {skip.reason for skip in result.skipped} == {"llm"}
    assert f"2 numbers now and had {dimensions} before" in result.skipped[0].message


def test_the_fingerprint_is_of_the_words_that_are_compared() -> None:
    one = INSIGHTS[0]
    assert text_fingerprint(one) == text_fingerprint(replace(one, quote="other", topics=("x",)))
    assert text_fingerprint(one) != text_fingerprint(replace(one, explanation="Another explanation of it."))

from collections.abc import Sequence

import pytest
import torch

from podcast_insights.transcripts.engines.batches import Batches


class Memory:
    """Work on numbers that fits in batches of some size, and says so in a device's words."""

    def __init__(self, fits: int, error: type[RuntimeError] = torch.OutOfMemoryError, words: str = "no room") -> None:
        self.fits = fits
        self.error = error
        self.words = words
        self.tried: list[int] = []

    def doubled(self, numbers: Sequence[int]) -> list[int]:
        self.tried.append(len(numbers))
        if len(numbers) > self.fits:
            raise self.error(self.words)
        return [2 * number for number in numbers]


def test_without_trouble_batches_are_as_large_as_asked_for() -> None:
    memory = Memory(fits=99)

    assert Batches(4).run(range(10), memory.doubled) == [2 * number for number in range(10)]
    assert memory.tried == [4, 4, 2]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (torch.OutOfMemoryError, "CUDA"),
        (RuntimeError, "MPS backend out of memory (MPS allocated: 9 GB)"),
        (RuntimeError, "[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
    ],
    ids=["cuda", "mps", "cpu"],
)
def test_out_of_memory_halves_the_batch_and_goes_on(error: type[RuntimeError], words: str) -> None:
    memory = Memory(3, error, words)
    batches = Batches(8)

    assert batches.run(range(9), memory.doubled) == [2 * number for number in range(9)]
    assert memory.tried == [8, 4, 2, 2, 2, 2, 1]
    assert batches.run(range(2), memory.doubled) == [0, 2]
    assert memory.tried[-1] == 2


def test_what_does_not_fit_alone_fails() -> None:
    memory = Memory(fits=0)

    with pytest.raises(torch.OutOfMemoryError):
        Batches(8).run(range(3), memory.doubled)
    assert memory.tried == [3, 1]


def test_another_failure_is_not_tried_again() -> None:
    memory = Memory(0, RuntimeError, "size mismatch")

    with pytest.raises(RuntimeError, match="size mismatch"):
        Batches(8).run(range(8), memory.doubled)
    assert memory.tried == [8]

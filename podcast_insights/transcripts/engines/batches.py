"""How many windows go through the model together: as many as asked for, until memory says no.

Out of memory is no failure of an episode: the batch is halved and the same windows are tried again, and what follows is
as small.
"""

import gc
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# The allocators of the CPU and of Apple's GPU raise nothing more telling than a RuntimeError.
_NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")


class Batches:
    """Runs work on items in batches; remembers how many fitted."""

    def __init__(self, most: int) -> None:
        """Begin with batches of ``most`` items."""
        self._most = most

    @property
    def most(self) -> int:
        """How many items a batch holds now."""
        return self._most

    def run(self, items: Sequence[Item], work: Callable[[Sequence[Item]], Sequence[Result]]) -> list[Result]:
        """Return the results of ``work`` on all items, in order.

        Raises:
            RuntimeError: The work failed, or one item alone does not fit into memory.
        """
        results: list[Result] = []
        while len(results) < len(items):
            batch = items[len(results) : len(results) + self._most]
            try:
                results.extend(work(batch))
                continue
            except RuntimeError as error:
                if len(batch) == 1 or not is_out_of_memory(error):
                    raise
            # Out of the handler: there, the error still holds the frames with all that filled the memory.
            self._most = len(batch) // 2
            _give_back()
        return results


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error of torch means that a smaller batch may fit."""
    import torch

    text = str(error).lower()
    return isinstance(error, torch.OutOfMemoryError) or any(words in text for words in _NO_MEMORY)


def _give_back() -> None:
    import torch

    gc.collect()
    accelerator: Any = torch.cuda if torch.cuda.is_available() else None
    if accelerator is not None:
        accelerator.empty_cache()

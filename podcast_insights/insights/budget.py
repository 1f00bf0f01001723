"""The caps on calls and money, kept by reserving before a call and settling after it.

Calls run at the same time: without a reservation each of them would see the money that the others are about to spend.
A budget belongs to one day's partition, whatever the number of shows and stages that draw on it.
"""

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from podcast_insights.errors import LLMBudgetError

# Measured on transcripts in Latin letters: 4.34 characters per token, so this estimates about 8 % too much.
CHARS_PER_TOKEN = 4
# A rule of thumb, not measured: what tokenizers know less of is in shorter pieces. Greek, Cyrillic, Hebrew, Arabic and
# Devanagari have about two characters in a token; what is rarer, Thai, kana, ideographs, Hangul, pictures and the
# accented letters of Vietnamese have one.
CHARS_PER_TOKEN_WIDER = 2
_WIDER = re.compile("[\u0370-\u052f\u0590-\u06ff\u0750-\u077f\u0900-\u097f\u1f00-\u1fff]+")
_OTHERS = re.compile("[\u0530-\u058f\u0700-\u074f\u0780-\u08ff\u0980-\u1eff\u2e80-\ud7ff\uf900-\U0010ffff]+")


def estimated_tokens(texts: Sequence[str]) -> int:
    """Return about how many tokens texts have, by their scripts and rather too many than too few."""
    quarters = 0
    for text in texts:
        quarters += len(text)
        if not text.isascii():
            quarters += sum(map(len, _WIDER.findall(text))) * (CHARS_PER_TOKEN // CHARS_PER_TOKEN_WIDER - 1)
            quarters += sum(map(len, _OTHERS.findall(text))) * (CHARS_PER_TOKEN - 1)
    return quarters // CHARS_PER_TOKEN + 1


def fewest_tokens(texts: Sequence[str]) -> int:
    """Return about how many tokens texts have at least: of a tokenizer that knows their script as well as Latin."""
    return sum(len(text) for text in texts) // CHARS_PER_TOKEN + 1


def told_tokens(usage: object, name: str) -> int:
    """Return a count of tokens as a server tells it; 0 where it tells none, or something that is no count."""
    told = getattr(usage, name, None)
    return told if isinstance(told, int) and not isinstance(told, bool) and told > 0 else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What a million tokens cost; None where the user gave no price, and then money is not counted."""

    prompt_usd_per_million: float | None = None
    completion_usd_per_million: float | None = None

    def cost_usd(self, prompt_tokens: int, completion_tokens: int) -> float | None:
        """Return what a call costs, or None where a price is missing."""
        if self.prompt_usd_per_million is None or self.completion_usd_per_million is None:
            return None
        return (
            prompt_tokens * self.prompt_usd_per_million + completion_tokens * self.completion_usd_per_million
        ) / 1_000_000


class Budget:
    """Counts calls and money against their caps; safe to share between threads."""

    def __init__(self, *, max_calls: int, max_usd: float | None, spent_calls: int = 0, spent_usd: float = 0.0) -> None:
        """Start with what earlier runs of the same day spent."""
        self._max_calls = max_calls
        self._max_usd = max_usd
        self._lock = threading.Lock()
        self._calls = spent_calls
        self._usd = spent_usd

    def reserve(self, usd: float | None) -> None:
        """Take one call, and what it may cost at most, out of the budget.

        Raises:
            LLMBudgetError: The call would pass a cap; the message names the setting.
        """
        with self._lock:
            if self._calls >= self._max_calls:
                raise LLMBudgetError(
                    f"{self._calls} calls were made for this day, and insights.max_calls_per_day allows no more; raise "
                    "it to go on"
                )
            if self._max_usd is not None and usd is not None and self._usd + usd > self._max_usd:
                raise LLMBudgetError(
                    f"{self._usd:.4f} USD are spent and the next call may cost {usd:.4f}: more than "
                    f"insights.max_usd_per_day ({self._max_usd:g}) allows; raise it to go on"
                )
            self._calls += 1
            self._usd += usd or 0.0

    def settle(self, reserved_usd: float | None, spent_usd: float | None) -> None:
        """Replace what was reserved by what the call did cost."""
        with self._lock:
            self._usd += (spent_usd or 0.0) - (reserved_usd or 0.0)

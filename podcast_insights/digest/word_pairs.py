"""Pairs of texts that share telling words, by the cosines of their TF-IDF vectors; each pair is compared once.

One word in common is no subject in common, however rare it is: a pair has at least two.

How much a word tells depends on all texts, so with each new text every cosine would change a little, and all of them
would have to be compared again. The weights are therefore those of the first texts: of all, up to 500, then of so many
that at most a tenth is newer. When there is a tenth more, everything is weighed and compared anew. What comes out
depends on the texts and their order alone; what is kept from the last time only saves work, and is believed only as far
as the texts are the same.
"""

import hashlib
import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from podcast_insights.digest.stems import telling_stems

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

RULES_VERSION = 4
FEWEST_SHARED = 2
WEIGHED_ALL = 500
ROWS_AT_A_TIME = 1024
DECIMALS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosePairs:
    """The places of two texts, the earlier one first, and the cosine (0 to 1) of the two, for each pair."""

    earlier: Ints
    later: Ints
    cosines: Floats


@dataclass(slots=True, kw_only=True)
class _Kept:
    """What was found the last time: each text's hash, its words (by their numbers) with their counts, and the pairs.

    ``starts`` says where the words of each text begin; a word has the next number when it is seen for the first time.
    """

    rules: tuple[float, ...]
    keys: npt.NDArray[np.uint64]
    words: list[str]
    starts: Ints
    columns: Ints
    counts: Ints
    pairs: ClosePairs


def close_pairs(texts: Sequence[str], *, at_least: float, kept: bytes | None = None) -> tuple[ClosePairs, bytes]:
    """Return the pairs that are at least that close, and what to keep for the next time.

    Args:
        texts: In an order in which new ones come last.
        at_least: From which cosine on two are close.
        kept: What was kept the last time; anything else, damaged or of other texts, only costs time.
    """
    before = _read(kept)
    keys = np.array([_key(text) for text in texts], dtype=np.uint64)
    same = _same(before.keys, keys)
    words, starts, columns, counts = _counted(texts, before, same)
    weighed = weighed_of(len(texts))
    rules = (RULES_VERSION, at_least, weighed)
    vectors = _vectors(keys[:weighed], starts, columns, counts, len(words))
    old = before.pairs
    # Where weights are as they were, and so all cosines, only what is new has to be compared.
    first = same if before.rules == rules and same >= weighed else 0
    is_kept = old.later < first
    new = _compared(vectors, first, at_least)
    pairs = ClosePairs(
        earlier=np.concatenate([old.earlier[is_kept], new.earlier]),
        later=np.concatenate([old.later[is_kept], new.later]),
        cosines=np.concatenate([old.cosines[is_kept], new.cosines]),
    )
    after = _Kept(rules=rules, keys=keys, words=words, starts=starts, columns=columns, counts=counts, pairs=pairs)
    return pairs, _written(after)


def weighed_of(number: int) -> int:
    """Return from how many of so many texts the weights of words are taken."""
    weighed = min(number, WEIGHED_ALL)
    while weighed >= WEIGHED_ALL and weighed + weighed // 10 <= number:
        weighed += weighed // 10
    return weighed


def _key(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _same(before: npt.NDArray[np.uint64], now: npt.NDArray[np.uint64]) -> int:
    """Return how many texts at the beginning are as they were."""
    shorter = min(len(before), len(now))
    others = np.flatnonzero(before[:shorter] != now[:shorter])
    return int(others[0]) if len(others) else shorter


def _counted(texts: Sequence[str], before: _Kept, same: int) -> tuple[list[str], Ints, Ints, Ints]:
    """Return the words of all texts, of which those that are as they were are not counted again."""
    starts = before.starts[: same + 1]
    columns, counts = before.columns[: starts[-1]], before.counts[: starts[-1]]
    # Numbered in the order in which they came, so words that only later texts had are the last ones.
    words = before.words[: int(columns.max()) + 1 if len(columns) else 0]
    numbers = {word: number for number, word in enumerate(words)}
    new_starts, new_columns, new_counts = [], [], []
    for text in texts[same:]:
        found = Counter(telling_stems(text))
        row = sorted((numbers.setdefault(word, len(numbers)), count) for word, count in found.items())
        new_columns += [column for column, _ in row]
        new_counts += [count for _, count in row]
        new_starts.append(int(starts[-1]) + len(new_columns))
    return (
        list(numbers),
        np.concatenate([starts, np.array(new_starts, dtype=np.int64)]),
        np.concatenate([columns, np.array(new_columns, dtype=np.int64)]),
        np.concatenate([counts, np.array(new_counts, dtype=np.int64)]),
    )


def _vectors(weighed: npt.NDArray[np.uint64], starts: Ints, columns: Ints, counts: Ints, words: int) -> Any:
    """Return one unit vector for each text as a row; a text that is there twice counts once among the ``weighed``."""
    from scipy.sparse import csr_matrix

    rows = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    is_first = np.zeros(len(starts) - 1, dtype=bool)
    is_first[np.unique(weighed, return_index=True)[1]] = True
    texts_with = np.bincount(columns[is_first[rows]], minlength=words)
    weights = np.log((1 + is_first.sum()) / (1 + texts_with)) + 1
    numbers = (1 + np.log(counts)) * weights[columns]
    lengths = np.sqrt(np.bincount(rows, weights=numbers**2, minlength=len(starts) - 1))
    return csr_matrix((numbers / lengths[rows], columns, starts), shape=(len(starts) - 1, words))


def _compared(vectors: Any, first: int, at_least: float) -> ClosePairs:
    """Return the close pairs of which the later one is at ``first`` or after it."""
    earlier, later, cosines = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)]
    transposed = vectors.T.tocsr()
    has_word = vectors.astype(bool).astype(np.int8)
    for start in range(first, vectors.shape[0], ROWS_AT_A_TIME):
        block = (vectors[start : start + ROWS_AT_A_TIME] @ transposed).tocoo()
        is_close = (block.data >= at_least) & (block.col < block.row + start)
        rows, found = block.row[is_close].astype(np.int64) + start, block.col[is_close].astype(np.int64)
        shared = np.asarray(has_word[rows].multiply(has_word[found]).sum(axis=1)).ravel()
        order = np.lexsort((found, rows))
        order = order[shared[order] >= FEWEST_SHARED]
        earlier.append(found[order])
        later.append(rows[order])
        cosines.append(np.round(np.minimum(block.data[is_close][order], 1.0), DECIMALS))
    return ClosePairs(earlier=np.concatenate(earlier), later=np.concatenate(later), cosines=np.concatenate(cosines))


def _written(kept: _Kept) -> bytes:
    buffer = io.BytesIO()
    np.savez(
        buffer,
        rules=np.array(kept.rules),
        keys=kept.keys,
        words=np.frombuffer("\n".join(kept.words).encode("utf-8", "surrogatepass"), dtype=np.uint8),
        starts=kept.starts,
        columns=kept.columns.astype(np.int32),
        counts=kept.counts.astype(np.int32),
        earlier=kept.pairs.earlier.astype(np.int32),
        later=kept.pairs.later.astype(np.int32),
        cosines=kept.pairs.cosines,
    )
    return buffer.getvalue()


def _read(content: bytes | None) -> _Kept:
    """Return what was kept; nothing where there is none, or where it cannot be read."""
    try:
        if content:
            with np.load(io.BytesIO(content), allow_pickle=False) as kept:
                words = kept["words"].tobytes().decode("utf-8", "surrogatepass")
                return _Kept(
                    rules=tuple(kept["rules"].tolist()),
                    keys=kept["keys"],
                    words=words.split("\n") if words else [],
                    starts=kept["starts"],
                    columns=kept["columns"].astype(np.int64),
                    counts=kept["counts"].astype(np.int64),
                    pairs=ClosePairs(
                        earlier=kept["earlier"].astype(np.int64),
                        later=kept["later"].astype(np.int64),
                        cosines=kept["cosines"],
                    ),
                )
    except (ValueError, KeyError, OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error):
        pass  # RuntimeError: where damage says that it is encrypted, or packed as nobody packs it.
    nothing = np.zeros(0, np.int64)
    return _Kept(
        rules=(),
        keys=np.zeros(0, np.uint64),
        words=[],
        starts=np.zeros(1, np.int64),
        columns=nothing,
        counts=nothing,
        pairs=ClosePairs(earlier=nothing, later=nothing, cosines=np.zeros(0)),
    )

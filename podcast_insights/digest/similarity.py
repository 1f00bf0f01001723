"""How alike two insights are: TF-IDF vectors, their cosines, and the rule that calls two texts the same.

Only texts are compared here; what follows from likeness (merging, novelty, relatedness) is decided by the callers. The
vectors are fitted on exactly the texts to be compared, so nothing is downloaded and nothing is remembered between
days. A lost noun drops the cosine of a true duplicate to 0.63, hence the second, lexical half of ``is_duplicate``.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from podcast_insights.insights.turning_words import is_denied

Matrix = npt.NDArray[np.float64]

SAME_COSINE = 0.82
MAYBE_SAME_COSINE = 0.5
SAME_TOKENS_PERCENT = 90.0
ROWS_AT_A_TIME = 1024


class Worded(Protocol):
    """What has the words of an insight."""

    @property
    def claim(self) -> str:
        """What it says."""

    @property
    def explanation(self) -> str:
        """Why."""


class Comparable(Worded, Protocol):
    """An insight, as far as it is compared."""

    @property
    def insight_id(self) -> str:
        """Its id."""

    @property
    def episode_id(self) -> str:
        """Its episode."""

    @property
    def show_id(self) -> str:
        """Its show."""


def insight_text(insight: Worded) -> str:
    """Return the words by which an insight is compared with others: what it claims, and why, each word said once."""
    if insight.claim.casefold() in insight.explanation.casefold():
        return insight.explanation
    return f"{insight.claim} {insight.explanation}".strip()


class TextSpace:
    """The vector space of words and pairs of words of a set of texts, each text a unit vector.

    It tells whether two texts say the same; whether they are about the same is told by ``word_pairs``.

    Args:
        texts: What is compared later.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._rows = {text: row for row, text in enumerate(dict.fromkeys(texts))}
        self._vectors = _fitted_vectors(list(self._rows))

    def cosines(self, left: Sequence[str], right: Sequence[str]) -> Matrix:
        """Return the cosine (0 to 1) of each left text with each right text; all were given to the space before."""
        if self._vectors is None or not left or not right:
            return np.zeros((len(left), len(right)))
        product = self._vectors_of(left) @ self._vectors_of(right).T
        cosines: Matrix = np.clip(product.toarray(), 0.0, 1.0)
        return cosines

    def close_pairs(self, texts: Sequence[str], at_least: float) -> Iterator[tuple[int, int, float]]:
        """Yield (i, j, cosine) with i < j for every two texts that are at least that close, in order of i and j."""
        if self._vectors is None or not texts:
            return
        vectors = self._vectors_of(texts)
        columns = vectors.T.tocsr()
        for start in range(0, len(texts), ROWS_AT_A_TIME):
            block = (vectors[start : start + ROWS_AT_A_TIME] @ columns).tocoo()
            close = (block.data >= at_least) & (block.row + start < block.col)
            found = zip(block.row[close] + start, block.col[close], block.data[close], strict=True)
            for row, column, cosine in sorted(found):
                yield int(row), int(column), min(1.0, float(cosine))

    def _vectors_of(self, texts: Sequence[str]) -> Any:
        return self._vectors[[self._rows[text] for text in texts]]


def is_duplicate(a_text: str, b_text: str, cosine: float) -> bool:
    """Whether two texts say the same thing, judged by their cosine and, in the doubtful middle, by their words.

    To the cosine "it helps" and "it never helps" are the same: words such as "never" are in all texts.
    """
    if cosine >= MAYBE_SAME_COSINE and is_denied(a_text, b_text):
        return False
    if cosine >= SAME_COSINE:
        return True
    if cosine < MAYBE_SAME_COSINE:
        return False
    from rapidfuzz import fuzz

    return bool(fuzz.token_set_ratio(a_text.casefold(), b_text.casefold()) >= SAME_TOKENS_PERCENT)


def _fitted_vectors(texts: list[str]) -> Any:
    """Return one row for each text, or None where there is not one word to compare, so that nothing is alike."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, stop_words="english")
    try:
        return vectorizer.fit_transform(texts)
    except ValueError:
        return None

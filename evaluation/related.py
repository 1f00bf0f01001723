"""Whether insights about one subject find each other: twenty about five subjects, among two hundred about anything.

Four shows speak of each subject in words of their own, so each insight has three to find; the others are passages of
the demo. They are compared by their words, as where no embeddings model is set, and where one is given by its vectors,
alone and beside the words. The baseline takes the three nearest by words as they stand, without stems and with no
threshold: it always gives three.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from evaluation.lines import Line, told
from podcast_insights.digest.neighbours import nearest
from podcast_insights.digest.relate import MOST_RELATED, related_insights
from podcast_insights.digest.similarity import TextSpace, insight_text
from podcast_insights.digest.values import Near, Neighbourhood, RelatedInsight
from podcast_insights.digest.vectors import Embedder
from podcast_insights.insights.values import Insight
from podcast_insights_tests.digest.fakes import an_insight
from podcast_insights_tests.digest.subjects import SUBJECTS, passages_of_the_demo

OTHERS = 200
TO_FIND = 3
# No cosine is as high, so nothing is related by words.
NEVER = 2.0

Pairs = Sequence[tuple[str, str]]


def insights_of_subjects() -> list[Insight]:
    """Return one insight for each thing that is said of a subject; its id begins with the subject."""
    return [
        an_insight(f"{subject}-{number}", claim=claim, explanation=explanation)
        for subject, said in SUBJECTS.items()
        for number, (claim, explanation) in enumerate(said)
    ]


def nearest_by_words(insights: Sequence[Insight], *, most: int = MOST_RELATED) -> Pairs:
    """Return each insight with the nearest others, by words as they stand."""
    texts = [insight_text(one) for one in insights]
    cosines = TextSpace(texts).cosines(texts, texts)
    pairs = []
    for row, one in enumerate(insights):
        order = sorted((-float(cosines[row, column]), column) for column in range(len(insights)) if column != row)
        pairs += [(one.insight_id, insights[column].insight_id) for _, column in order[:most]]
    return pairs


def recall_and_precision(pairs: Iterable[tuple[str, str]]) -> tuple[float | None, float | None]:
    """Return the share of what there is to find that was found, and of what was given that is right."""
    given = [(one, other) for one, other in pairs if _subject(one) in SUBJECTS]
    right = [pair for pair in given if _subject(pair[0]) == _subject(pair[1])]
    there_are = TO_FIND * sum(map(len, SUBJECTS.values()))
    return len(right) / there_are, len(right) / len(given) if given else None


def nearest_by_vectors(insights: Sequence[Insight], embedder: Embedder) -> Mapping[str, Neighbourhood]:
    """Return the neighbours of each insight by the vectors of a model, by its id."""
    vectors = np.stack([np.frombuffer(one, dtype="<f4") for one in embedder.vectors(list(map(insight_text, insights)))])
    found = nearest(insights, vectors, insights, [(np.arange(len(insights)), vectors)])
    return {
        one.insight_id: Neighbourhood(
            insight_id=one.insight_id,
            near=tuple(Near(insight_id=insights[place].insight_id, similarity_ratio=ratio) for place, ratio in of_one),
        )
        for one, of_one in zip(insights, found, strict=True)
    }


def related_lines(embedder: Embedder | None = None) -> list[Line]:
    """Return how many of three are found and how many of those given are right; by vectors, too, where they can be."""
    everything = [*insights_of_subjects(), *passages_of_the_demo(OTHERS)]
    others = {"three nearest": nearest_by_words(everything)}
    if embedder:
        near, model = nearest_by_vectors(everything, embedder), embedder.model
        others["vectors alone"] = _pairs(related_insights(everything, near=near, model=model, at_least=NEVER))
        others["words and vectors"] = _pairs(related_insights(everything, near=near, model=model))
    ours = recall_and_precision(_pairs(related_insights(everything)))
    measured = {name: recall_and_precision(pairs) for name, pairs in others.items()}
    return [
        Line(
            area="related",
            figure=words,
            ours=told(ours[at], 1),
            others={name: told(figures[at], 1) for name, figures in measured.items()},
        )
        for at, words in enumerate(("recall of three to find", "precision of what is given"))
    ]


def _pairs(related: Iterable[RelatedInsight]) -> Pairs:
    return [(one.insight_id, one.related_insight_id) for one in related]


def _subject(insight_id: str) -> str:
    return insight_id.partition("-")[0]

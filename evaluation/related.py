"""Whether insights about one subject find each other: twenty about five subjects, among two hundred about anything.

Four shows speak of each subject in words of their own, so each insight has three to find; the others are passages of
the demo. They are compared by their words, as where no embeddings model is set. The baseline takes the three nearest by
words as they stand, without stems and with no threshold: it always gives three.
"""

from collections.abc import Iterable, Sequence

from evaluation.lines import Line, told
from podcast_insights.digest.relate import MOST_RELATED, related_insights
from podcast_insights.digest.similarity import TextSpace, insight_text
from podcast_insights.insights.values import Insight
from podcast_insights_tests.digest.fakes import an_insight
from podcast_insights_tests.digest.subjects import SUBJECTS, passages_of_the_demo

OTHERS = 200
TO_FIND = 3

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


def related_lines() -> list[Line]:
    """Return how many of three are found and how many of those given are right."""
    everything = [*insights_of_subjects(), *passages_of_the_demo(OTHERS)]
    ours = [(one.insight_id, one.related_insight_id) for one in related_insights(everything)]
    found = recall_and_precision(ours)
    baseline = recall_and_precision(nearest_by_words(everything))
    return [
        Line(area="related", figure=words, ours=told(found[at], 1), others={"three nearest": told(baseline[at], 1)})
        for at, words in enumerate(("recall of three to find", "precision of what is given"))
    ]


def _subject(insight_id: str) -> str:
    return insight_id.partition("-")[0]

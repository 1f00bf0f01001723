"""What is compared: the embedded extractor, and two baselines that choose passages of the same length.

``random_passages`` takes any stretch of talk. ``textrank_passages`` takes those whose sentences are most central to
their episode (PageRank over TF-IDF likeness). Both keep to one turn, as the extractor does, and have no gates.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from podcast_insights.evaluation.values import Passage
from podcast_insights.insights.extract_embedded import extract
from podcast_insights.insights.passages import windows
from podcast_insights.insights.values import Insight
from podcast_insights.transcripts.disfluencies import clean_speech
from podcast_insights.transcripts.sentences import Sentence, joined_text, sentences_of
from podcast_insights.transcripts.values import Transcript

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

DAMPING, STEPS = 0.85, 30

Method = Callable[[Transcript, int], tuple[Passage, ...]]


def passage_of(insight: Insight) -> Passage:
    """Return an insight as a passage, whichever extractor found it."""
    return Passage(
        passage_id=insight.insight_id,
        episode_id=insight.episode_id,
        show_id=insight.show_id,
        claim=insight.claim,
        explanation=insight.explanation,
        quote=insight.quote,
        start_s=insight.start_s,
        end_s=insight.end_s,
        score=insight.value_ratio,
    )


def embedded_passages(transcript: Transcript, limit: int) -> tuple[Passage, ...]:
    """Return what the embedded extractor gives."""
    return tuple(map(passage_of, extract(transcript, limit=limit).insights))


def random_passages(transcript: Transcript, limit: int) -> tuple[Passage, ...]:
    """Return stretches of talk drawn at random, the same ones in each run."""
    draw = random.Random(transcript.episode_id)  # noqa: S311 - a sample, not a secret
    sentences = sentences_of(transcript.segments)
    scored = [(draw.random(), window) for window in windows(sentences)]
    return _best(transcript, sentences, scored, limit)


def textrank_passages(transcript: Transcript, limit: int) -> tuple[Passage, ...]:
    """Return the stretches whose sentences are most central to the episode."""
    sentences = sentences_of(transcript.segments)
    ranks = sentence_ranks([sentence.text for sentence in sentences])
    scored = [(float(ranks[first : last + 1].mean()), (first, last)) for first, last in windows(sentences)]
    return _best(transcript, sentences, scored, limit)


METHODS: Mapping[str, Method] = {
    "embedded": embedded_passages,
    "TextRank": textrank_passages,
    "random": random_passages,
}


def sentence_ranks(texts: Sequence[str]) -> "npt.NDArray[np.float64]":
    """Return the PageRank of each sentence in the graph of their TF-IDF likeness.

    Where no sentence has a word that counts (all are the like of "It is what it is."), none is more central.
    """
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(stop_words="english")
    if not any(map(vectorizer.build_analyzer(), texts)):
        return np.full(len(texts), 1 / max(1, len(texts)))
    vectors: Any = vectorizer.fit_transform(texts)
    likeness = (vectors @ vectors.T).tolil()
    likeness.setdiag(0.0)
    likeness = likeness.tocsr()
    out = np.asarray(likeness.sum(axis=1)).ravel()
    weights = np.divide(1.0, out, out=np.zeros_like(out), where=out > 0)
    ranks = np.full(len(texts), 1 / len(texts))
    for _ in range(STEPS):
        ranks = (1 - DAMPING) / len(texts) + DAMPING * (likeness.T @ (ranks * weights))
    return np.asarray(ranks)


def _best(
    transcript: Transcript,
    sentences: Sequence[Sentence],
    scored: Sequence[tuple[float, tuple[int, int]]],
    limit: int,
) -> tuple[Passage, ...]:
    """Return the best windows that do not overlap; the first sentence is the headline."""
    text = joined_text(transcript.segments)
    chosen: list[tuple[float, tuple[int, int]]] = []
    for score, (first, last) in sorted(scored, reverse=True):
        if len(chosen) < limit and all(last < one[0] or first > one[1] for _, one in chosen):
            chosen.append((score, (first, last)))
    return tuple(_passage(transcript, text, sentences[first : last + 1], score) for score, (first, last) in chosen)


def _passage(transcript: Transcript, text: str, sentences: Sequence[Sentence], score: float) -> Passage:
    cleaned = [clean_speech(sentence.text) for sentence in sentences]
    return Passage(
        passage_id=f"{transcript.episode_id}-{sentences[0].index}",
        episode_id=transcript.episode_id,
        show_id=transcript.show_id,
        claim=cleaned[0],
        explanation=" ".join(cleaned[1:]),
        quote=text[sentences[0].start_char : sentences[-1].end_char],
        start_s=sentences[0].start_s,
        end_s=sentences[-1].end_s,
        score=score,
    )

"""Passages: stretches of two to five sentences of one turn, gated, scored, and chosen so that they do not overlap.

What a passage sounds like is judged by ``cue_score.py`` and ``gates.py``; here is only which sentences make one, who
says it, and which are taken.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from podcast_insights.insights.claims import claim_of, flaws_of, specific_words
from podcast_insights.insights.context import needs_of
from podcast_insights.insights.cue_score import BEST_SCORE, SentenceCues, cue_score, cues_of, length_score
from podcast_insights.insights.gates import PENALTIES, refusal
from podcast_insights.insights.headlines import BEARABLE_NEEDS, explaining, headline_score, strongest
from podcast_insights.transcripts.disfluencies import clean_speech
from podcast_insights.transcripts.sentences import Sentence

FEWEST_SENTENCES, MOST_SENTENCES = 2, 5
MOST_EXPLAINING = 4
FEWEST_RAW_WORDS, MOST_RAW_WORDS = 35, 110
EDGE_RATIO = 0.04
# Sentences left between two chosen passages; a short episode cannot afford as many.
SPACING, SENTENCES_PER_SPACING = 3, 40
HOST_COST = 1.0
# A passage is opened for its headline.
HEADLINE_SHARE, WORST_HEADLINE, BEST_HEADLINE = 0.35, -1.0, 3.0
# What the explanation leaves open after the headline was read, and its sentences that read like speech.
NEED_COST, MOST_NEEDS = 0.25, 3
# A headline and an explanation about one thing share words that say what it is; each beyond the first is a gain.
UNRELATED_COST, RELATED_GAIN, MOST_RELATED, STEM_CHARS = 0.5, 0.2, 3, 5
ROUGH_COST, SPOKEN_FLAWS = 0.2, frozenset({"unfinished", "broken", "speech", "talk_about_talk"})
# What an explanation may not open with.
BROKEN_OPENINGS = frozenset({"broken", "fragment"})
TRAILING = ("...", "…")
# An explanation that says its headline again has less to say.
REPEATED_HEADLINE_COST, THIN_COST = 0.35, 0.45
UNPUNCTUATED_COST = 1.5
HOST_QUESTION_RATIO, OPENING_HOST_QUESTION_RATIO = 0.14, 0.08
MAIN_SPEAKER_RATIO = 0.04


@dataclass(frozen=True, slots=True)
class Passage:
    """The sentences from ``first`` to ``last``, cleaned, with the score of the whole.

    ``headline`` is the position in ``cleaned`` of the sentence that a reader sees first, and ``explanation`` what they
    read below it.
    """

    first: int
    last: int
    cleaned: tuple[str, ...]
    headline: int
    explanation: tuple[str, ...]
    score: float

    @property
    def rank_key(self) -> tuple[float, float, int]:
        """Best first; above ``BEST_SCORE`` less is better, and the earlier one wins a tie."""
        return -min(self.score, BEST_SCORE), self.score, self.first


@dataclass(frozen=True, slots=True)
class Search:
    """What was found in one episode: passages behind the gates, and how many each gate refused."""

    passages: tuple[Passage, ...]
    refused: tuple[tuple[str, int], ...]


def find_passages(sentences: Sequence[Sentence], off_limits: Sequence[bool]) -> Search:
    """Return every passage that passes the gates, scored; the first and last few sentences are left out."""
    cleaned = [clean_speech(sentence.text) or "." for sentence in sentences]
    cues = [cues_of(text) for text in cleaned]
    headlines = [headline_score(text, counted) for text, counted in zip(cleaned, cues, strict=True)]
    hosts = hosts_of(sentences)
    cost = 0.0 if _is_punctuated(sentences) else UNPUNCTUATED_COST
    edge = len(sentences) * EDGE_RATIO
    refused: Counter[str] = Counter()
    passages: list[Passage] = []
    for first, last in windows(sentences):
        if first < edge or last >= len(sentences) - edge:
            refused["edge"] += 1
            continue
        if any(off_limits[first : last + 1]):
            refused["ad"] += 1
            continue
        texts = tuple(cleaned[first : last + 1])
        reason = refusal(texts)
        if reason == "points_back" and headlines[first] is not None:
            # The gate hears a pointing word; the headline's closer reading found what it points to.
            reason = None
        if reason is not None and reason not in PENALTIES:
            refused[reason] += 1
            continue
        headline = strongest(headlines[first : last + 1])
        if headline is None:
            refused["no_headline"] += 1
            continue
        explanation = explaining(texts, headline)
        reason_below = refusal_of_explanation(texts[headline], explanation)
        if reason_below is not None:
            refused[reason_below] += 1
            continue
        score = _score(cues[first : last + 1]) - PENALTIES.get(reason or "", 0.0)
        score += headline_share(headlines[first + headline])
        if cost:
            # Above the best score more is not better, so the cost is taken from what counts.
            score = min(score, BEST_SCORE) - cost
        score -= HOST_COST * (sentences[first].speaker in hosts)
        score -= explanation_cost(texts[headline], explanation)
        if len(explanation) == len(texts):
            score -= REPEATED_HEADLINE_COST + THIN_COST * (len(texts) == FEWEST_SENTENCES)
        passages.append(Passage(first, last, texts, headline, explanation, score))
    return Search(tuple(passages), tuple(sorted(refused.items())))


def headline_share(score: float | None) -> float:
    """Return what a passage gains or loses by its headline's score."""
    return HEADLINE_SHARE * max(WORST_HEADLINE, min(BEST_HEADLINE, score or 0.0))


def refusal_of_explanation(headline: str, explanation: Sequence[str]) -> str | None:
    """Return why nobody could read an explanation below its headline, or None."""
    if opens_unclearly(headline, explanation):
        return "points_back"
    if not BROKEN_OPENINGS.isdisjoint(flaws_of(explanation[0])):
        return "fragment"
    if explanation[0].endswith(TRAILING) or explanation[-1].endswith(TRAILING):
        return "dangling_end"
    return "length" if len(explanation) > MOST_EXPLAINING else None


def opens_unclearly(headline: str, explanation: Sequence[str]) -> bool:
    """Whether the explanation opens with what neither it nor the headline above it names."""
    if claim_of(explanation[0]) == claim_of(headline):
        return False
    open_needs = frozenset(needs_of(explanation[0])) - BEARABLE_NEEDS - {"speaker", "own_team", "definite"}
    return bool(open_needs & frozenset(needs_of(f"{claim_of(headline)} {explanation[0]}")) | open_needs & {"head"})


def explanation_cost(headline: str, explanation: Sequence[str]) -> float:
    """Return what a passage loses by an explanation that leaves things open; below 0 where it keeps to its headline."""
    needs = frozenset(needs_of(f"{claim_of(headline)} {' '.join(explanation)}")) - BEARABLE_NEEDS - {"speaker"}
    rough = sum(not SPOKEN_FLAWS.isdisjoint(flaws_of(sentence)) for sentence in explanation)
    rest = [sentence for sentence in explanation if sentence != headline]
    shared = len(_stems(headline) & _stems(" ".join(rest)))
    apart = UNRELATED_COST if not shared else -RELATED_GAIN * min(MOST_RELATED, shared - 1)
    return NEED_COST * min(MOST_NEEDS, len(needs)) + ROUGH_COST * rough + apart


def _stems(text: str) -> frozenset[str]:
    """Return the beginnings of the words that say what a text is about: two sentences on one thing share some."""
    return frozenset(word.lower()[:STEM_CHARS] for word in specific_words(text))


def windows(sentences: Sequence[Sentence]) -> Iterator[tuple[int, int]]:
    """Yield the first and last sentence of every stretch of one turn that has the length of a passage."""
    words = [len(sentence.text.split()) for sentence in sentences]
    for first, opening in enumerate(sentences):
        total = 0
        for last, sentence in enumerate(islice(sentences, first, first + MOST_SENTENCES), start=first):
            total += words[last]
            if sentence.turn != opening.turn or total > MOST_RAW_WORDS:
                break
            if last - first + 1 >= FEWEST_SENTENCES and total >= FEWEST_RAW_WORDS:
                yield first, last


def choose_passages(passages: Sequence[Passage], *, limit: int, sentence_count: int) -> tuple[Passage, ...]:
    """Return the best passages, best first, none of them overlapping or next to another."""
    spacing = min(SPACING, sentence_count // SENTENCES_PER_SPACING)
    chosen: list[Passage] = []
    for passage in sorted(passages, key=lambda one: one.rank_key):
        if len(chosen) >= limit:
            break
        if all(passage.first > other.last + spacing or passage.last < other.first - spacing for other in chosen):
            chosen.append(passage)
    return tuple(chosen)


def hosts_of(sentences: Sequence[Sentence]) -> frozenset[str | None]:
    """Return the speakers who ask rather than answer; never all of the main speakers."""
    said: Counter[str | None] = Counter()
    asked: Counter[str | None] = Counter()
    words: Counter[str | None] = Counter()
    for sentence in sentences:
        said[sentence.speaker] += 1
        asked[sentence.speaker] += sentence.text.endswith("?")
        words[sentence.speaker] += len(sentence.text.split())
    if len(said) < 2:
        return frozenset()
    main = [speaker for speaker in said if words[speaker] > MAIN_SPEAKER_RATIO * words.total()]
    question_ratio = {speaker: asked[speaker] / said[speaker] for speaker in main}
    hosts = {speaker for speaker in main if question_ratio[speaker] >= HOST_QUESTION_RATIO}
    opening = sentences[0].speaker
    if question_ratio.get(opening, 0.0) > OPENING_HOST_QUESTION_RATIO:
        hosts.add(opening)
    if main and len(hosts) == len(main):
        hosts = {max(main, key=lambda speaker: question_ratio[speaker])}
    return frozenset(hosts)


def _score(cues: Sequence[SentenceCues]) -> float:
    return cue_score(cues) + length_score(sum(sentence.words for sentence in cues))


def _is_punctuated(sentences: Sequence[Sentence]) -> bool:
    ended = sum(sentence.text.rstrip("\"'”’)").endswith((".", "!", "?", "…")) for sentence in sentences)
    return ended * 2 >= len(sentences)

"""Topics of a passage: up to three salient terms, by counting within the episode. No model, no dictionary of nouns.

A term counts as a noun where the episode uses it after an article, a preposition or a possessive, and often enough at
the end of its phrase: before a mark or a function word, where adjectives rarely stand.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

MOST_TOPICS = 3
NOUN_RATIO = 0.5
FEWEST_LETTERS = 3
FEWEST_PAIR_MENTIONS = 2
PAIR_GAIN = 1.5

_TOKEN = re.compile(r"[A-Za-z][A-Za-z'’-]+|[.,;:!?()—]")
_NAME_PART = re.compile(r"[A-Za-z][A-Za-z'’-]+")
_BEFORE_NOUNS = frozenset(
    "a an the of in for with on about by into from at than their our your its his her my this these those some more"  # noqa: SIM905
    " most many any every no such between other".split()
)
_STOP_WORDS = frozenset(
    """
    a about above after again against all also always an and another any anybody anyone anything are aren't around as
    at back be became because been before being below between both but by came can can't come could course day did
    different does doing don't done down during each either else end even ever every everybody everyone everything
    fact far few first for from further get getting gets give go goes going gonna good got great had has have having
    he help her here him his how however idea if important in instead into is isn't it its itself just keep kind know
    last least less let let's like little long look lot lots made main make makes making many may maybe me mean means
    might more most much must my need needs never new next no nobody not nothing now of off often oh okay old on once
    one ones only or order other others our out over own part people person place point possible pretty probably
    problem put question quite rather reason really right said same say saying says second see seem seen set she
    should since single so some somebody someone something sometimes sort still stuff such take talk talking tell than
    that that's the their them then there there's these they they're thing things think thinking third this those
    though thought three through time times to today together too top try trying two under until up upon us use used
    using usually very want wanted was wasn't way ways we we're well went were what what's when where which while who
    whole why will with within without won't work working world would year years yeah yes yet you you're your
    bit day couple couldn't doesn't didn't wouldn't shouldn't example everyday half hundred thousand million level
    two three four five six seven eight nine ten twenty thirty forty fifty hundred
    amount number group half number side start week month months weeks hours minutes hour minute
    """.split()  # noqa: SIM905
)

_AFTER_PHRASES = _STOP_WORDS | {""}


def _stem(word: str) -> str:
    """Fold plain plurals, so that "models" and "model" are one topic."""
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("sses", "shes", "ches", "xes")) else word[:-1]


def _words(text: str) -> list[str]:
    """Return the words in their folded form; a mark between phrases stands as an empty word."""
    tokens = (token.lower().replace("’", "'").removesuffix("'s") for token in _TOKEN.findall(text))
    return [_stem(token) if token[0].isalpha() else "" for token in tokens]


class TopicFinder:
    """Finds the topics of passages of one episode."""

    def __init__(self, texts: Iterable[str], speakers: Iterable[str | None] = ()) -> None:
        """Count the episode's words once; speakers' names are never topics."""
        self._names = {part.lower() for speaker in speakers if speaker for part in _NAME_PART.findall(speaker)}
        self._counts: Counter[str] = Counter()
        self._after_article: Counter[str] = Counter()
        self._phrase_ends: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        for text in texts:
            words = _words(text)
            self._counts.update(words)
            self._after_article.update(word for before, word in pairwise(words) if before in _BEFORE_NOUNS)
            self._phrase_ends.update(word for word, after in pairwise([*words, ""]) if after in _AFTER_PHRASES)
            self._pairs.update(pairwise(words))

    def topics_of(self, text: str) -> tuple[str, ...]:
        """Return up to three terms of a passage, most salient first, in lower case."""
        words = _words(text)
        scores: dict[str, float] = {}
        for word, uses in Counter(words).items():
            if self._is_topic(word):
                scores[word] = uses * self._counts[word] ** 0.5
        for one, other in pairwise(words):
            if self._is_pair(one, other):
                scores[f"{one} {other}"] = PAIR_GAIN * (scores.get(one, 0.0) + self._counts[other] ** 0.5)
        return _distinct(sorted(scores, key=lambda term: (-scores[term], term)))

    def _is_topic(self, word: str) -> bool:
        return self._after_article[word] > 0 and self._ends_phrases(word)

    def _is_pair(self, one: str, other: str) -> bool:
        is_used = self._pairs[one, other] >= FEWEST_PAIR_MENTIONS and self._after_article[one] > 0
        return is_used and self._is_allowed(one) and self._ends_phrases(other)

    def _ends_phrases(self, word: str) -> bool:
        return self._is_allowed(word) and self._phrase_ends[word] >= NOUN_RATIO * self._counts[word]

    def _is_allowed(self, word: str) -> bool:
        if len(word) < FEWEST_LETTERS or word in _STOP_WORDS or word in self._names:
            return False
        return "'" not in word and not word.endswith("ly")


def _distinct(terms: Sequence[str]) -> tuple[str, ...]:
    """Keep the first terms of which no word is in a better one already."""
    kept: list[str] = []
    taken: set[str] = set()
    for term in terms:
        if taken.isdisjoint(term.split()):
            kept.append(term)
            taken.update(term.split())
        if len(kept) == MOST_TOPICS:
            break
    return tuple(kept)

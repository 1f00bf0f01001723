"""Topics of a passage: up to three salient terms, by counting within the episode. No model, no dictionary of nouns.

A term counts as a noun where the episode uses it often enough after an article, a preposition or a possessive, and at
the end of its phrase: before a mark or a function word, where adjectives rarely stand. Singular and plural are one
term, but only where the episode says both: a word is never cut to a form that nobody said ("buse", "specie").
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from podcast_insights.insights.plain_words import PLAIN_WORDS

MOST_TOPICS = 3
NOUN_RATIO = 0.5
# One use in so many must follow an article or the like, where nouns stand and verbs do not.
ARTICLE_RATIO = 0.2
# "Parking" and "learning" are things, "waiting" and "starting" mostly are not: such a word has more to prove.
FEWEST_GERUND_USES, GERUND_ARTICLE_RATIO = 3, 0.4
FEWEST_LETTERS = 3
FEWEST_PAIR_MENTIONS, FIXED_PAIR_MENTIONS = 2, 3
PAIR_GAIN = 1.5

_TOKEN = re.compile(r"[A-Za-z][A-Za-z'’-]+|[.,;:!?()—]")
_NAME_PART = re.compile(r"[A-Za-z][A-Za-z'’-]+")
_BEFORE_NOUNS = frozenset(
    "a an the of in for with on about by into from at than their our your its his her my this these those some more"  # noqa: SIM905
    " most many any every no such between other".split()
)

# Adverbs, participles and adjectives by their endings; nouns that end so ("seed", "perspective") are few or missed.
_NO_NOUN = re.compile(r"ly$|(?<!e)ed$|(?:ful|ous|able|ible|less|iest|(?:ion|ic|ment)al)$")
_AFTER_PHRASES = PLAIN_WORDS | {""}


def _singulars(word: str) -> tuple[str, ...]:
    """Return the forms that a word may be the plural of, likeliest first."""
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is", "ics", "news")):
        return ()
    if word.endswith("ies"):
        return (f"{word[:-3]}y", word[:-1])
    return (word[:-1], word[:-2]) if word.endswith("es") else (word[:-1],)


def _plain_words(text: str) -> list[str]:
    """Return the words as they are said; a mark between phrases stands as an empty word."""
    tokens = (token.lower().replace("’", "'").removesuffix("'s") for token in _TOKEN.findall(text))
    return [token if token[0].isalpha() else "" for token in tokens]


class TopicFinder:
    """Finds the topics of passages of one episode."""

    def __init__(self, texts: Iterable[str], speakers: Iterable[str | None] = ()) -> None:
        """Count the episode's words once; speakers' names are never topics."""
        self._names = {part.lower() for speaker in speakers if speaker for part in _NAME_PART.findall(speaker)}
        self._counts: Counter[str] = Counter()
        self._after_article: Counter[str] = Counter()
        self._phrase_ends: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        spoken = [_plain_words(text) for text in texts]
        self._said = frozenset(word for words in spoken for word in words) - PLAIN_WORDS
        for plain in spoken:
            words = [self._folded(word) for word in plain]
            self._counts.update(words)
            self._after_article.update(word for before, word in pairwise(words) if before in _BEFORE_NOUNS)
            self._phrase_ends.update(word for word, after in pairwise([*words, ""]) if after in _AFTER_PHRASES)
            self._pairs.update(pairwise(words))

    def topics_of(self, text: str) -> tuple[str, ...]:
        """Return up to three terms of a passage, most salient first, in lower case."""
        words = [self._folded(word) for word in _plain_words(text)]
        scores: dict[str, float] = {}
        uses = Counter(words)
        nouns = [word for word in uses if self._is_topic(word)]
        # Where nothing passes for a noun, the best guess is still more use than nothing.
        for word in nouns or [word for word in uses if self._is_allowed(word) and self._after_article[word]]:
            scores[word] = uses[word] * self._counts[word] ** 0.5
        for one, other in pairwise(words):
            if self._is_pair(one, other):
                scores[f"{one} {other}"] = PAIR_GAIN * (scores.get(one, 0.0) + self._counts[other] ** 0.5)
        return _distinct(sorted(scores, key=lambda term: (-scores[term], term)))

    def _folded(self, word: str) -> str:
        """Fold a plural into its singular where the episode says that too."""
        return next((form for form in _singulars(word) if form in self._said), word)

    def _is_topic(self, word: str) -> bool:
        ratio = GERUND_ARTICLE_RATIO if word.endswith("ing") else ARTICLE_RATIO
        is_noun = self._after_article[word] >= max(1.0, ratio * self._counts[word])
        if word.endswith("ing") and self._counts[word] < FEWEST_GERUND_USES:
            return False
        return is_noun and self._ends_phrases(word)

    def _is_pair(self, one: str, other: str) -> bool:
        is_used = self._pairs[one, other] >= FEWEST_PAIR_MENTIONS and self._after_article[one] > 0
        is_fixed = self._pairs[one, other] >= FIXED_PAIR_MENTIONS and self._ends_phrases(other)
        return is_used and self._is_allowed(one) and (is_fixed or self._is_topic(other))

    def _ends_phrases(self, word: str) -> bool:
        return self._is_allowed(word) and self._phrase_ends[word] >= NOUN_RATIO * self._counts[word]

    def _is_allowed(self, word: str) -> bool:
        forms = {word, *_singulars(word)}
        if len(word) < FEWEST_LETTERS or not forms.isdisjoint(PLAIN_WORDS | self._names):
            return False
        return "'" not in word and not _NO_NOUN.search(word)


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

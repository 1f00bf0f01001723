"""The plain words that turn round what is said: those that deny it, by language, and pairs of opposites in English.

English stands for every language that is not listed: its words are the commonest in transcripts, and a word of another
language that only looks like a denial ("no" is "in the" in Portuguese) would refuse what is right. Words that deny only
in company are left out ("plus" and "personne" in French), and so is the French "ne", which many do not say.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from podcast_insights.transcripts.languages import primary_language

# "It helps" and "it does not help" differ by three words beside the denial.
MOST_OTHER_WORDS = 4

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# Words that turn a sentence round when one stands for the other; a recogniser does not mix them up.
_OPPOSITES = tuple(
    (frozenset(one.split()), frozenset(other.split()))
    for one, other in (
        (
            "more increase increases increased rise rises rose grow grows grew",
            "less fewer decrease decreases decreased fall falls fell shrink shrinks shrank",
        ),
        ("higher longer bigger larger", "lower shorter smaller"),
        ("faster easier cheaper", "slower harder dearer"),
        ("better best good gain gains", "worse worst bad lose loses"),
        ("always everybody everyone all", "sometimes somebody someone some"),
        ("before first", "after last"),
        ("most many", "few"),
        ("safe true right possible", "dangerous false wrong impossible"),
        ("should must", "may might"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Denials:
    """How one language denies; all words are casefolded.

    ``clause_words`` begin a clause that is not denied by what stands before it; ``links`` begin one that is ("dass").
    ``answers`` are denials that, before a comma, answer what was said earlier. ``late`` are those that may stand behind
    all that they deny ("Das hilft der Stadt nicht"), if none of ``only`` follows ("nicht nur").
    """

    words: frozenset[str]
    clause_words: frozenset[str]
    links: frozenset[str] = frozenset()
    answers: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()

    def denies(self, word: str) -> bool:
        """Whether a casefolded word denies, also behind an apostrophe ("c'est", "qu'aucun")."""
        return word in self.words or word.endswith("n't") or word.rpartition("'")[2] in self.words

    def count(self, words: Sequence[str]) -> int:
        """Return how many of some casefolded words deny."""
        return sum(self.denies(word) for word in words)

    def is_late(self, following: Sequence[str]) -> bool:
        """Whether the words behind a statement deny it."""
        return bool(following) and following[0] in self.late and self.only.isdisjoint(following[1:2])


def _denials(words: str, clause_words: str, **others: str) -> Denials:
    sets = {name: frozenset(listed.split()) for name, listed in others.items()}
    return Denials(words=frozenset(words.split()), clause_words=frozenset(clause_words.split()), **sets)


ENGLISH = _denials(
    "not no never cannot nobody nothing none neither nor without hardly barely rarely nowhere",
    "and but or so because since although though while whereas unless",
    answers="no",
)
_BY_LANGUAGE = {
    "de": _denials(
        "nicht nichts nie niemals niemand niemanden niemandem nirgends nirgendwo kein keine keinen keinem keiner keines"
        " keinerlei ohne weder kaum",
        "und aber oder denn sondern weil da obwohl während damit sodass also",
        links="dass daß ob",
        late="nicht nie niemals",
        only="nur bloß allein",
    ),
    "nl": _denials(
        "niet niets niks nooit niemand geen geenszins nergens zonder noch nauwelijks",
        "en maar want omdat doordat hoewel terwijl zodat dus",
        links="dat",
        late="niet nooit",
        only="alleen enkel",
    ),
    "fr": _denials(
        "pas jamais rien aucun aucune non ni sans guère nullement",
        "et mais ou car donc puisque quoique tandis parce",
        answers="non",
    ),
    "es": _denials(
        "no nunca jamás nada nadie ningún ninguno ninguna tampoco sin ni apenas",
        "y e pero o u sino porque pues aunque mientras",
        answers="no",
    ),
    "pt": _denials(
        "não nunca jamais nada ninguém nenhum nenhuma nem sem tampouco",
        "e mas ou porque pois embora enquanto porém",
        answers="não",
    ),
    "it": _denials(
        "non mai niente nulla nessuno nessun nessuna né neanche nemmeno neppure senza",
        "e ed ma o perché anche mentre quindi sebbene",
    ),
}
_IN_ANY = replace(ENGLISH, words=ENGLISH.words.union(*(one.words for one in _BY_LANGUAGE.values())))


def denials_of(language: str | None) -> Denials:
    """Return how the language of a tag denies; English where it is not known."""
    return _BY_LANGUAGE.get(primary_language(language) or "", ENGLISH)


def denials_in(text: str, language: str | None) -> tuple[int, int]:
    """Return how many words of a text deny in its language, and in English: a model may write either."""
    words = _words_of(text)
    return denials_of(language).count(words), ENGLISH.count(words)


def is_denied(one: str, other: str) -> bool:
    """Whether one of two texts, of any of the languages, denies what the other says in nearly the same words."""
    words, words_there = _words_of(one), _words_of(other)
    if _IN_ANY.count(words) == _IN_ANY.count(words_there):
        return False
    counts, counts_there = Counter(words), Counter(words_there)
    differing = [*(counts - counts_there).elements(), *(counts_there - counts).elements()]
    return len(differing) - _IN_ANY.count(differing) <= MOST_OTHER_WORDS


def _words_of(text: str) -> list[str]:
    return [word.replace("’", "'") for word in _WORD.findall(text.casefold())]


def is_turned_round(words: Sequence[str], said: Sequence[str]) -> bool:
    """Whether the quote has a word where the transcript has its opposite."""
    lost, added = Counter(said) - Counter(words), Counter(words) - Counter(said)
    return any(
        (not one.isdisjoint(added) and not other.isdisjoint(lost))
        or (not other.isdisjoint(added) and not one.isdisjoint(lost))
        for one, other in _OPPOSITES
    )

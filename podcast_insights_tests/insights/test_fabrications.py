"""Planted fabrications are refused, and what recognition does to a true quote is forgiven: counted on written talk.

A fabrication changes what is said: a figure, a denial, a direction, a name; or it joins what was never said together;
or it comes from elsewhere. Recognition changes how it is written: case, marks, hesitations, a word in ten lost or
misspelt.
"""

import random
import re
from collections.abc import Callable, Sequence

import pytest

from podcast_insights.insights.ground import Grounder
from podcast_insights.transcripts.sentences import joined_text, sentences_of
from podcast_insights_tests.insights.samples import IDEAS, talk, timed

TALK = (
    "In 2019 Rotterdam closed 12 streets for a single summer, and the shops in them sold more than in any year before.",
    "Marta Lindqvist counted the visitors by hand because nobody trusted the cameras that the council had installed.",
    "She found that about 70 percent came on foot, although the traders had always believed that most came by car.",
    "Traders were not convinced by the report, so the council paid for a second count in the following spring.",
    "When the figures came out higher than in the first year, the association voted to keep the street closed.",
    "Traffic in the two parallel avenues rose by 4 percent, which is less than the planners had expected at first.",
    "Anders Berg says that a street should be tested with paint and pots before anybody pours a metre of concrete.",
    "His department spends 300 euros on a trial, and it never needs more than six weeks to show a clear result.",
)
ELSEWHERE = (
    "Bread that rises overnight in a cold kitchen has a deeper flavour than bread that rises quickly in a warm one.",
    "Octopuses taste with their arms, so an arm that touches a crab knows what it holds before the brain is told.",
    "A violin that is played every day sounds warmer because the wood gives up its stiffness over the years.",
)
GROUNDER = Grounder(timed([("Ann", text) for text in (*TALK, *IDEAS)]))
TEXT = joined_text(timed([("Ann", text) for text in (*TALK, *IDEAS)]))
ALTERED = (
    ("2019", "2009"),
    ("12 streets", "20 streets"),
    ("Rotterdam", "Barcelona"),
    ("sold more", "sold less"),
    ("Lindqvist", "Petrosyan"),
    ("70 percent", "17 percent"),
    ("were not convinced", "were convinced"),
    ("nobody trusted", "everybody trusted"),
    ("higher", "lower"),
    ("rose by", "fell by"),
    ("is less than", "is more than"),
    ("4 percent", "40 percent"),
    ("Anders Berg says", "the famous Boris Johnson says"),
    ("should be tested", "should not be tested"),
    ("300 euros", "300 thousand euros"),
    ("never needs", "often needs"),
    ("six weeks", "nine weeks"),
)


@pytest.mark.parametrize(("said", "altered"), ALTERED)
def test_an_altered_word_that_changes_what_is_said_is_refused(said: str, altered: str) -> None:
    (sentence,) = [text for text in TALK if said in text]
    assert GROUNDER.locate(sentence) is not None
    assert GROUNDER.locate(f"Well, {sentence.replace(said, altered)}") is None


def test_spliced_sentences_are_refused() -> None:
    for one in TALK:
        for other in TALK:
            if one != other and TALK.index(other) != TALK.index(one) + 1:
                first, second = one.split(), other.split()
                spliced = " ".join([*first[: len(first) // 2], *second[len(second) // 2 :]])
                assert GROUNDER.locate(spliced) is None, spliced


@pytest.mark.parametrize("sentence", ELSEWHERE)
def test_another_episodes_sentence_is_refused(sentence: str) -> None:
    assert GROUNDER.locate(sentence) is None


def _without_case(words: Sequence[str], draw: random.Random) -> list[str]:
    return [word.lower() if draw.random() < 0.5 else word.upper() for word in words]


def _without_marks(words: Sequence[str], draw: random.Random) -> list[str]:
    return [re.sub(r"[,.]", "", word) + draw.choice(["", "", ",", "."]) for word in words]


def _with_fillers(words: Sequence[str], draw: random.Random) -> list[str]:
    return [
        part for word in words for part in ((word, draw.choice(["uh,", "um,"])) if draw.random() < 0.2 else (word,))
    ]


def _one_word_in_ten(words: Sequence[str], draw: random.Random) -> list[str]:
    """Lose or misspell one word in ten; figures, denials and names are what a quote stands for, and are kept."""
    open_places = [at for at, word in enumerate(words) if _may_be_misheard(word) and at]
    kept: list[str] = list(words)
    for at in draw.sample(open_places, max(1, len(words) // 10)):
        kept[at] = "" if draw.random() < 0.5 else kept[at][:-1] + draw.choice("aeiou")
    return [word for word in kept if word]


def _may_be_misheard(word: str) -> bool:
    bare = word.strip(",.").lower()
    is_kept = bare in {"not", "never", "nobody", "percent", "six", "two", "twice", "more", "less", "higher"}
    return not is_kept and word.islower() and not any(letter.isdigit() for letter in word)


@pytest.mark.parametrize("damage", [_without_case, _without_marks, _with_fillers, _one_word_in_ten])
def test_a_true_quote_that_is_damaged_as_recognition_does_is_found(
    damage: Callable[[Sequence[str], random.Random], list[str]],
) -> None:
    draw = random.Random(11)
    sentences = [one.text for one in sentences_of((*timed([("Ann", text) for text in TALK]), *talk()[1:12]))]
    true = [sentence for sentence in sentences if sentence in TEXT and len(sentence.split()) >= 10]
    found = [GROUNDER.locate(" ".join(damage(quote.split(), draw))) for quote in true for _ in range(12)]

    assert len(found) >= 100
    assert sum(one is not None for one in found) >= 0.98 * len(found)
    assert all(one.quote in TEXT for one in found if one is not None)

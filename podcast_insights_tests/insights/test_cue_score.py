import pytest

from podcast_insights.insights.cue_score import BEST_SCORE, VALUE_MIDDLE, cue_score, cues_of, length_score, value_of
from podcast_insights.insights.cues import SCORE_CUES

PHRASES = {
    "cause": "It fails because of rain.",
    "contrast": "It turns out to be the opposite.",
    "key": "The key lesson is this.",
    "advice": "You should measure it.",
    "generic": "Companies and teams wait.",
    "quantifier": "Most of it, usually.",
    "number": "It costs 40 million.",
    "comparison": "It is faster and cheaper.",
    "condition": "Unless it rains, once it is done.",
    "superlative": "The best and the worst.",
    "abstract": "Attention is a limitation.",
    "hedge": "I don't know, maybe.",
    "narrative": "I was there and she said hello.",
    "past": "They walked and waited.",
    "first_person": "I know my car.",
    "we": "We know our car.",
    "pronoun": "She gave him their car.",
    "demonstrative": "That is why these are.",
    "pitch": "We launched it because our platform serves them.",
    "plan": "We're going to build a house.",
    "name": "In the end Alice met Bob.",
}


@pytest.mark.parametrize("cue", SCORE_CUES, ids=lambda cue: cue.name)
def test_each_cue_hears_its_phrase_and_has_a_purpose(cue) -> None:
    assert cue.pattern.search(PHRASES[cue.name])
    assert not cue.pattern.search("Rain falls on green hills.")
    assert cue.purpose
    assert cue.weight != 0


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (
            "Most companies fail at this because nobody should own two goals.",
            "Yesterday I went to the shop and she said hello to me.",
        ),
        ("The key is to avoid debt when you grow.", "I guess it was, you know, kind of like that stuff."),
        ("Usually the cheapest plan is the best one.", "In the end Alice met Bob near Old Town Hall."),
    ],
)
def test_general_reasoned_speech_beats_stories_hedges_and_names(better: str, worse: str) -> None:
    assert cue_score([cues_of(better)]) > cue_score([cues_of(worse)]) + 1


def test_more_of_the_same_support_stops_counting() -> None:
    few, many = (cue_score([cues_of("because " * hits + "rain " * (50 - hits))]) for hits in (5, 20))
    assert many == pytest.approx(few)


def test_sixty_to_seventy_five_words_rate_best() -> None:
    lengths = [length_score(words) for words in (20, 45, 60, 75)]
    assert lengths == sorted(lengths)
    assert lengths[0] < -1


def test_value_rises_with_the_score_up_to_the_best_one() -> None:
    assert value_of(VALUE_MIDDLE) == pytest.approx(0.5)
    assert value_of(1.0) < value_of(2.0) < value_of(BEST_SCORE)
    assert value_of(BEST_SCORE) == value_of(BEST_SCORE + 4)

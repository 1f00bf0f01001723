import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcast_insights.transcripts.disfluencies import clean_speech


@pytest.mark.parametrize(
    ("spoken", "cleaned"),
    [
        ("I mean it quite literally.", "I mean it quite literally."),
        ("I mean, it works quite well.", "It works quite well."),
        ("You know that the plan works.", "You know that the plan works."),
        ("Part number four four seven B is gone.", "Part number four four seven B is gone."),
        ("Call nine one one nine one one today.", "Call nine one one nine one one today."),
        ("What it is is a tool.", "What it is is a tool."),
        ("That is the best kind of plan.", "That is the best kind of plan."),
        ("That is kind of you to say.", "That is kind of you to say."),
        ("Well water is clean here.", "Well water is clean here."),
        ("\\ One example is enough.", "One example is enough."),
        ("um, we count uh the cars", "We count the cars."),
        ("We, you know, count the cars.", "We, count the cars."),
        ("It works, like, every day.", "It works, every day."),
        ("I I I think the the new plan works.", "The new plan works."),
        ("We have to- we have to count them.", "We have to count them."),
        ("We have to we have to count them.", "We have to count them."),
        ("It is very very cold.", "It is very very cold."),
        ("The plan is kind of simple.", "The plan is simple."),
        ("This kind of plan works.", "This kind of plan works."),
        ("And so, well, the plan works every day.", "The plan works every day."),
        ("No one can do that alone.", "No one can do that alone."),
        ("Right now companies wait for it.", "Right now companies wait for it."),
        ("Right, companies wait for it.", "Companies wait for it."),
        ("So far the plan works well.", "So far the plan works well."),
        ("Like most people I wait.", "Like most people I wait."),
        ("You count all of the cars at night, right?", "You count all of the cars at night."),
        ("Are you right?", "Are you right?"),
        ("That is big [laughter] for us.", "That is big for us."),
        ("It depends -- on the day.", "It depends — on the day."),
        ("And we waited and waited...", "We waited and waited..."),
        ("If you look at --", "If you look at..."),
        ("And so it goes", "And so it goes."),
        ("", ""),
        ("um", ""),
    ],
)
def test_speech_is_cleaned_lightly(spoken: str, cleaned: str) -> None:
    assert clean_speech(spoken) == cleaned


@given(st.text(max_size=80))
def test_cleaning_takes_anything_and_adds_no_words(text: str) -> None:
    cleaned = clean_speech(text)
    assert len(cleaned.split()) <= len(text.split()) + text.count("--") + text.count("(") + text.count("[")

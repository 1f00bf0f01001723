"""Whisper's models and what older ones made, from the command line."""

from datetime import date

import pytest

from podcast_insights.settings import load_settings
from podcast_insights.storage.store import Store
from podcast_insights.transcripts.values import Segment
from podcast_insights_tests.cli.conftest import Desk
from podcast_insights_tests.storage.examples import a_show, a_transcript
from podcast_insights_tests.transcripts.conftest import write_checkpoint

SETTINGS = "shows: [{url: https://show1.example.org/feed.xml}]\ntranscription: {models_folder: models, model: "


DAY = date(2026, 3, 5)


@pytest.fixture
def store(desk: Desk) -> Store:
    """One day with a transcript that another engine made with the model base."""
    desk.writes(SETTINGS + "base}\n")
    store = Store(load_settings(desk.path).storage.base_url)
    store.catalog.save(a_show("show1"), ())
    store.transcripts.replace_day(DAY, [a_transcript("episode1", Segment(index=0, start_s=0, end_s=2, text="Words."))])
    return store


def test_what_is_outdated_is_only_said_in_a_dry_run(desk: Desk, store: Store) -> None:
    said = " ".join(desk.runs("refresh", "--dry-run").output.split())

    assert "2026-03-05 episode1: made by openai-whisper with base" in said
    assert "Outdated: 1 transcript on 1 day." in said
    assert store.transcripts.of_day(DAY)


def test_nothing_is_touched_where_the_model_cannot_be_loaded(desk: Desk, store: Store) -> None:
    desk.writes(SETTINGS + "no-such-model}\n")

    assert "transcription.model is no-such-model" in desk.fails("refresh")
    assert store.transcripts.of_day(DAY)


def test_outdated_days_are_made_again(desk: Desk, store: Store) -> None:
    desk.writes(SETTINGS + f"{write_checkpoint(desk.path.parent / 'mine.pt')}, device: cpu, threads: 1}}\n")

    made = desk.runs("refresh")
    again = desk.runs("refresh")

    assert made.exit_code == 0, made.output
    assert "1 transcript on 1 day" in made.output
    # The day has no episode any more, so making it again leaves none of its transcripts.
    assert store.transcripts.days() == (DAY,)
    assert store.transcripts.of_day(DAY) == ()
    assert "0 transcripts on 0 days" in again.output


def test_models_are_listed_with_what_is_wrong(desk: Desk) -> None:
    desk.writes("transcription: {models_folder: models}\n")
    folder = desk.path.parent / "models"
    folder.mkdir()
    (folder / "tiny.pt").write_bytes(b"half of it")

    said = " ".join(desk.runs("models").output.split())

    assert "tiny.pt is damaged: its checksum is wrong." in said
    assert "base (transcription.model) not there" in said


def test_a_model_is_loaded_to_see_that_it_works(desk: Desk) -> None:
    path = write_checkpoint(desk.path.parent / "mine.pt")

    assert "can be loaded: 0 million parameters, many languages" in desk.runs("models", str(path)).output
    assert "Did you mean small?" in desk.fails("models", "smal")

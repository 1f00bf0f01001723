"""An installation is evaluated by what it stores: its insights beside baselines, and its digests."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from podcast_insights.evaluation.stored import TABLE, digest_figures, evaluate_stored
from podcast_insights.evaluation.told import as_rows
from podcast_insights.evaluation.values import STORED, Evaluation
from podcast_insights.feeds.values import DecidedEpisode
from podcast_insights.insights.extract_embedded import extract
from podcast_insights.insights.values import Insight
from podcast_insights.pictures.evaluation import evaluation as drawn
from podcast_insights.storage.store import Store
from podcast_insights.transcripts.make import with_ads
from podcast_insights_tests.digest.fakes import a_candidate, a_digest
from podcast_insights_tests.insights.samples import AD, talk, transcript_of
from podcast_insights_tests.storage.examples import an_episode

DAY = date(2026, 11, 9)
TODAY = date(2026, 11, 12)
NOW = datetime(2026, 11, 12, 9, tzinfo=UTC)
NOTES = "<p>Wanda and Oskar on parking turnover, the stock of spaces, and lanes.</p>"


def keep(store: Store, name: str, day: date = DAY, *, notes: str = NOTES, extractor: str = "embedded") -> list[Insight]:
    """Store an episode with its transcript and what is found in it, and return that."""
    transcript = with_ads(transcript_of(talk(*AD), episode_id=name))
    found = [replace(one, extractor=extractor) for one in extract(transcript, limit=3).insights]
    assert found
    episode = an_episode(name, episode_date=day, show_notes=notes)
    store.episodes.replace_day(day, [DecidedEpisode(episode=episode, decision="process", reason="new", message="New.")])
    store.transcripts.replace_day(day, [transcript])
    store.insights.replace_day(day, found)
    return found


def evaluated(store: Store, *, most_episodes: int = 9) -> dict[tuple[str, str], Evaluation]:
    found = evaluate_stored(
        store,
        first=DAY,
        last=DAY + timedelta(days=2),
        most_episodes=most_episodes,
        evaluated_on=TODAY,
        now=NOW,
    )
    return {(one.method, one.figure): one for one in found}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "data"))


def test_the_baselines_choose_as_many_passages_and_lack_the_rules(store: Store) -> None:
    insights = keep(store, "ep-1")
    found = evaluated(store)

    assert {method for method, _ in found} == {STORED, "TextRank", "random"}
    for method in (STORED, "TextRank", "random"):
        assert found[method, "passages"].amount == len(insights)
        assert found[method, "grounded"].amount == 1.0
    assert found[STORED, "stands_alone"].amount == 1.0
    assert found[STORED, "touches_ad"].amount == 0.0
    assert found["random", "stands_alone"].amount < 1.0
    assert found[STORED, "passages"].episodes == 1


def test_a_quote_that_no_longer_stands_in_its_transcript_is_seen(store: Store) -> None:
    first, *others = keep(store, "ep-1")
    store.insights.replace_day(DAY, [replace(first, quote="Nobody ever said so."), *others])

    assert evaluated(store)[STORED, "grounded"].amount == pytest.approx(len(others) / (len(others) + 1))


def test_what_the_notes_name_is_counted_and_silent_notes_count_for_nothing(store: Store) -> None:
    keep(store, "ep-1")
    assert evaluated(store)[STORED, "told_in_notes"].amount > 0
    keep(store, "ep-1", notes="<p>Badgers, otters and herons.</p>")
    assert evaluated(store)[STORED, "told_in_notes"].amount == 0.0


def test_with_a_language_model_the_embedded_extractor_is_a_baseline(store: Store) -> None:
    keep(store, "ep-1", extractor="llm")
    assert ("embedded", "stands_alone") in evaluated(store)


def test_no_more_episodes_are_looked_at_than_asked_for_and_the_same_ones_each_time(store: Store) -> None:
    for number in range(3):
        keep(store, f"ep-{number}", DAY + timedelta(days=number))
    first, again = evaluated(store, most_episodes=2), evaluated(store, most_episodes=2)

    assert first == again
    assert first[STORED, "passages"].episodes == 2


def test_an_episode_whose_transcript_is_gone_is_left_out(store: Store) -> None:
    keep(store, "ep-1")
    store.transcripts.replace_day(DAY, [])
    found = evaluated(store)

    assert (found[STORED, "passages"].amount, found[STORED, "passages"].episodes) == (0.0, 0)
    assert found[STORED, "grounded"].amount is None


def test_digests_are_measured_as_they_were_sent(store: Store) -> None:
    one, other = keep(store, "ep-1")[:2]
    for day, insights in ((DAY, (one, other)), (DAY + timedelta(days=1), (one,))):
        candidates = [replace(a_candidate(insight.insight_id), insight=insight) for insight in insights]
        store.digests.replace(a_digest(*candidates, day=day))
    found = evaluated(store)

    assert found[STORED, "digests"].amount == 2.0
    assert found[STORED, "digest_entries"].amount == 1.5
    assert found[STORED, "digest_repeats"].amount == pytest.approx(1 / 3)
    assert ("random", "digests") not in found


def test_of_nothing_nothing_is_measured_and_it_is_said(store: Store) -> None:
    found = tuple(evaluated(store).values())

    assert {one.amount for one in found} == {0.0, None}
    assert drawn(found) is None
    assert as_rows(found)[0]["stored"] == "0"
    assert digest_figures([])["digest_entries"] is None


def test_an_evaluation_of_the_same_day_replaces_the_earlier_one(store: Store) -> None:
    keep(store, "ep-1")
    found = evaluated(store)
    evaluated(store)

    rows = store.warehouse.read_all(TABLE)
    assert len(rows) == len(found)
    assert {row["evaluated_date"] for row in rows} == {TODAY}


def test_the_picture_has_a_bar_for_each_share_and_says_it_in_words(store: Store) -> None:
    keep(store, "ep-1")
    picture = drawn(tuple(evaluated(store).values()))

    assert picture is not None
    assert "headlines that stand alone, by rules: stored 100.0%" in picture.words
    assert "passages chosen" not in picture.words

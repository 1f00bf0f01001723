"""The benchmark of insights measures work that is really done."""

from benchmarks.insights_run import extract_an_hour, extract_with_a_model, spoken_paragraphs, written
from podcast_insights.digest.relate import related_insights


def test_the_talk_is_long_enough_and_gives_insights() -> None:
    told = extract_an_hour()
    assert told["minutes"] >= 60
    assert told["insights"] == 8
    assert not any(paragraph.startswith(("guid:", "title:")) for paragraph in spoken_paragraphs())


def test_the_path_of_a_model_reads_the_whole_talk_and_grounds_what_is_answered() -> None:
    told = extract_with_a_model()
    assert told["minutes"] >= 60
    assert (told["calls"], told["insights"]) == (2, 8)


def test_what_is_written_is_always_the_same_and_each_one_is_another() -> None:
    some = written(40)
    assert some == written(40)
    assert len({one.claim for one in some}) == len({one.insight_id for one in some}) == 40
    assert related_insights(some) == related_insights(tuple(reversed(some)))

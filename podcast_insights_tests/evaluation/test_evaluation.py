"""The evaluation counts what it says it counts, on two small shows that we wrote."""

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from evaluation.episodes import ad_spans_of, notes_of, read_set
from evaluation.lines import as_markdown
from evaluation.order import SHEET, Marked, marked_passages, order_lines, right_order_ratio
from evaluation.related import insights_of_subjects, nearest_by_words, recall_and_precision, related_lines
from evaluation.run import figures_of, lines_of, main, write_sheet
from evaluation.transcripts import FAULTS, UNTIMED_FAULTS, ad_lines, belonging_lines, verification_lines
from podcast_insights.evaluation.measures import (
    ad_leak_ratio,
    days_fives,
    grounded_ratio,
    notes_covered_ratio,
    redundancy,
    standalone_ratio,
)
from podcast_insights.evaluation.methods import METHODS, sentence_ranks
from podcast_insights.evaluation.values import EvaluatedEpisode, Passage
from podcast_insights.transcripts.make import with_ads
from podcast_insights_tests.insights.samples import AD, IDEAS, talk, transcript_of
from podcast_insights_tests.transcripts.test_belongs import NOTES as TOLD
from podcast_insights_tests.transcripts.test_belongs import talk_of

DAY = date(2026, 11, 9)
NOTES = """# Notes
**Wanda #1:** [Parking](https://example.com/kerb) and its turnover
- count shops
**Oskar #2:** Squirrels
- acorns and burrows
**Joke:** none
"""


def episode(name: str = "ep-1", *, day: date = DAY) -> EvaluatedEpisode:
    transcript = with_ads(transcript_of(talk(*AD), episode_id=name))
    ads = [one for one in transcript.segments if one.text in AD]
    return EvaluatedEpisode(
        transcript=transcript, day=day, ads_s=((ads[0].start_s, ads[-1].end_s),), notes=notes_of(NOTES)
    )


def a_passage(claim: str = "Narrow streets are faster than wide avenues.", *, name: str = "a") -> Passage:
    return Passage(
        passage_id=name,
        episode_id="ep-1",
        show_id="show-1",
        claim=claim,
        explanation=IDEAS[0],
        quote=IDEAS[0],
        start_s=0.0,
        end_s=5.0,
        score=0.5,
    )


@pytest.mark.parametrize("name", METHODS)
def test_every_method_gives_grounded_passages_the_same_ones_each_time(name: str) -> None:
    one = episode()
    chosen = METHODS[name](one.transcript, 3)
    assert 1 <= len(chosen) <= 3
    assert chosen == METHODS[name](one.transcript, 3)
    assert grounded_ratio(chosen, {"ep-1": one}) == 1.0


def test_a_made_up_quote_an_ad_and_a_leaning_headline_are_counted() -> None:
    known = {"ep-1": episode()}
    made_up = replace(a_passage(), quote="Nobody ever said so.")
    start_s, end_s = known["ep-1"].ads_s[0]
    in_ad = replace(a_passage(), start_s=start_s, end_s=end_s)
    assert grounded_ratio([a_passage(), made_up], known) == 0.5
    assert ad_leak_ratio([a_passage(), in_ad], known) == 0.5
    assert standalone_ratio([a_passage(), a_passage("They told him about that.")]) == 0.5
    assert standalone_ratio([]) is None


def test_notes_are_covered_by_words_that_only_one_subject_uses() -> None:
    assert notes_covered_ratio([a_passage()], {"ep-1": episode()}) == 0.5


def test_a_days_five_takes_one_passage_of_an_episode_and_none_twice() -> None:
    episodes = {name: episode(name, day=day) for name, day in (("ep-1", DAY), ("ep-2", date(2026, 11, 10)))}
    chosen = [a_passage(name=name) for name in "abc"] + [replace(a_passage(name="d"), episode_id="ep-2", score=0.1)]
    fives = days_fives(chosen, episodes)
    assert {day: [one.passage_id for one in five] for day, five in fives.items()} == {
        DAY: ["a"],
        date(2026, 11, 10): ["b", "d"],
    }
    assert [one.passage_id for one in days_fives(chosen, episodes, at_least=0.2)[date(2026, 11, 10)]] == ["b"]
    likeness, repeats = redundancy(fives)
    assert likeness == pytest.approx(1.0)
    assert repeats == 1.0


def test_the_central_sentence_ranks_first() -> None:
    ranks = sentence_ranks(["parking turnover counts", "parking turnover shops", "turnover shops", "a quiet brown dog"])
    assert ranks.argmin() == 3
    assert ranks.argmax() == 1


@pytest.mark.parametrize("texts", [["It is what it is.", "So!"], ["嗯"], []])
def test_sentences_without_a_word_that_counts_are_equally_central(texts: list[str]) -> None:
    assert list(sentence_ranks(texts)) == [1 / len(texts) for _ in texts]


def test_rejected_spans_are_no_truth() -> None:
    truth = "start: 0:54.06\nend:   1:04.66\ntext: buy\n---\n# start: 2:00.00\n# end: 2:10.00\n"
    assert ad_spans_of(truth) == ((54.06, 64.66),)


def test_notes_are_cut_into_their_subjects() -> None:
    assert [note.split(":")[0] for note in notes_of(NOTES)] == ["**Wanda #1", "**Oskar #2"]


def test_figures_are_told_in_markdown() -> None:
    one = {"ep-1": episode()}
    sets = {"november": one, "noted": one, "ads": one}
    chosen = {name: METHODS["embedded"](one["ep-1"].transcript, 8) for name in sets}
    figures = figures_of("embedded", sets, chosen)
    assert figures.grounded == 1.0
    assert figures.ad_leak == 0.0
    lines = as_markdown(lines_of({"embedded": figures, "random": replace(figures, grounded=0.5)})).splitlines()
    assert lines[0] == "| of | figure | ours | baselines |"
    assert "| insights | quotes that stand in their transcript | 100.0% | random 50.0% |" in lines


def test_the_sheet_has_the_best_first_its_headlines_only_and_room_for_marks(tmp_path: Path) -> None:
    best, other = replace(a_passage(name="b"), score=0.9), a_passage(name="a")
    write_sheet(tmp_path / "sheet.csv", [other, best], {DAY: [best]})
    with (tmp_path / "sheet.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [(line["value"], line["in_a_five"], line["readable"]) for line in lines] == [
        ("0.90", "yes", ""),
        ("0.50", "no", ""),
    ]
    assert lines[0]["headline"] == best.claim
    assert IDEAS[0] not in lines[0].values()


def test_sets_are_read_from_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "transcripts"
    folder.mkdir()
    (folder / "one.md").write_text(f"**Wanda:** {IDEAS[0]}\n\n**Oskar:** {IDEAS[1]}\n", encoding="utf-8")
    (folder / "notes.md").write_text(NOTES, encoding="utf-8")
    line = {"file": "transcripts/one.md", "show": "Street", "best_date": "2026-11-09"}
    (folder / "CATALOG.jsonl").write_text(json.dumps(line), encoding="utf-8")
    sets = {
        "two_weeks_november_2024": ["transcripts/one.md"],
        "notes_pythonbytes": [{"transcript": "transcripts/one.md", "reference": "transcripts/notes.md"}],
    }
    (folder / "SETS.json").write_text(json.dumps(sets), encoding="utf-8")

    (one,) = read_set(tmp_path, "november")
    (noted,) = read_set(tmp_path, "noted")
    assert (one.transcript.episode_id, one.transcript.show_id, one.day) == ("one", "Street", DAY)
    assert {segment.speaker for segment in one.transcript.segments} == {"Wanda", "Oskar"}
    assert len(noted.notes) == 2
    assert "[Parking] and its turnover" in noted.about


def test_without_real_data_it_says_what_to_set(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PODCAST_INSIGHTS_REAL_DATA", raising=False)
    assert main([]) == 1
    assert "PODCAST_INSIGHTS_REAL_DATA" in capsys.readouterr().out


def test_a_marked_passage_is_known_again_by_its_headline(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    lines = ("episode,second,headline,standalone,substantive", "ep-1,3,One,2,1", "ep-1,40,Two,0,0", "ep-2,3,One,0,0")
    sheet.write_text("\n".join(lines), encoding="utf-8")

    (one,) = marked_passages(sheet, [replace(a_passage(), claim="One"), replace(a_passage(), claim="Three")])

    assert (one.passage.claim, one.marks) == ("One", 3)
    assert order_lines([], sheet)[0].ours == "0"
    assert order_lines([], sheet)[1].ours == "-"


def test_the_right_order_counts_pairs_with_different_marks_and_a_tie_is_half() -> None:
    best, good, bad = (
        Marked(passage=replace(a_passage(), score=score), marks=marks)
        for score, marks in ((0.9, 4), (0.5, 4), (0.5, 1))
    )

    assert right_order_ratio([best, good, bad], lambda one: one.score) == 0.75
    assert right_order_ratio([bad, best], lambda one: -one.score) == 0.0
    assert right_order_ratio([best, good], lambda one: one.score) is None


def test_the_sheet_of_the_documentation_has_marks() -> None:
    with SHEET.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))

    assert len(lines) == 50
    assert {line["standalone"] for line in lines} == {"0", "1", "2"}


def test_related_figures_count_what_is_right_and_what_is_missing() -> None:
    said = [one.insight_id for one in insights_of_subjects()]
    first, same, other = said[0], said[1], said[4]

    assert recall_and_precision([(first, same), (first, other), ("other1", first)]) == (1 / (3 * len(said)), 0.5)
    assert recall_and_precision([]) == (0.0, None)


def test_the_three_nearest_by_words_are_always_three() -> None:
    insights = insights_of_subjects()[:5]
    pairs = nearest_by_words(insights)

    assert len(pairs) == 3 * 5
    assert all(one != other for one, other in pairs)


def test_related_insights_are_better_than_the_three_nearest_by_words() -> None:
    recall, precision = related_lines()

    assert recall.area == precision.area == "related"
    assert float(precision.ours.rstrip("%")) > float(precision.others["three nearest"].rstrip("%"))


class SubjectEmbedder:
    """Knows four subjects by their words and a fifth a little, and gives all else a direction of its own."""

    model = "subjects"
    cosines: ClassVar = {"ntibiotic": 1.0, "runner": 1.0, "reef": 1.0, "mortgage": 1.0, "source": 0.4}

    def vectors(self, texts: Sequence[str]) -> tuple[bytes, ...]:
        found = np.zeros((len(texts), len(self.cosines) + len(texts)), dtype="<f4")
        for row, text in enumerate(texts):
            at, cosine = next(
                ((at, cosine) for at, (word, cosine) in enumerate(self.cosines.items()) if word in text), (0, 0.0)
            )
            found[row, at], found[row, len(self.cosines) + row] = cosine**0.5, (1 - cosine) ** 0.5
        return tuple(one.tobytes() for one in found)


def test_with_an_embeddings_model_vectors_are_measured_alone_and_beside_words() -> None:
    recall, precision = related_lines(SubjectEmbedder())

    names = ["three nearest", "vectors alone", "words and vectors"]
    assert list(recall.others) == list(precision.others) == names
    found = {name: float(share.rstrip("%")) for name, share in recall.others.items()}
    assert 0 < found["vectors alone"] < found["words and vectors"]
    assert related_lines()[0].others.keys() == {"three nearest"}


def test_marked_seconds_are_held_against_verified_ones() -> None:
    known = {"right": episode("right"), "overlooked": replace(episode("overlooked"), ads_s=())}
    right = [line.ours for line in ad_lines({"right": known["right"]})]
    assert right[:3] == ["100.0%", "100.0%", "0.0%"]
    assert sorted(right[3:]) == ["-", "-", "100.0%"], "one ad, of one confidence"
    assert [line.ours for line in ad_lines(known)][:2] == ["100.0%", "50.0%"]
    assert {line.ours for line in ad_lines({})} == {"-"}


def test_good_transcripts_are_believed_and_spoilt_ones_are_not() -> None:
    one, two = episode("one"), episode("two")
    untimed = replace(two, transcript=replace(two.transcript, has_times=False))
    told_of = {line.figure: line.ours for line in verification_lines({"one": one, "two": untimed})}
    assert len(told_of) == 1 + len(FAULTS) + len(UNTIMED_FAULTS)
    assert set(told_of.values()) == {"100.0%"}


def test_words_under_the_wrong_notes_are_counted() -> None:
    shows = {name: replace(episode(name), about=notes) for name, notes in TOLD.items()}
    noted = {
        name: replace(one, transcript=replace(one.transcript, segments=talk(talk_of(name))))
        for name, one in shows.items()
    }
    foreign = episode("foreign")
    foreign = replace(foreign, transcript=replace(foreign.transcript, show_id="another"))

    told = [(line.figure, line.ours) for line in belonging_lines(noted, {}, {**noted, "foreign": foreign})]

    assert told == [
        ("words of another episode of the show, refused", "100.0%"),
        ("the same, while that episode is not listed", "100.0%"),
        ("words of another episode of seven shows as if of one, refused", "-"),
        ("the same, while that episode is not listed", "-"),
        ("words of another show, refused", "0.0%"),
        ("own words beside these notes, believed", "100.0%"),
    ]

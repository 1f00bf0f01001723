"""What the pictures say: their numbers in words, drawings that are XML whatever a feed says, and small ones."""

import dataclasses
from base64 import b64decode
from datetime import date, timedelta
from math import inf, nan
from xml.etree import ElementTree

import pytest

from podcast_insights.bundled import bundled_path
from podcast_insights.insights.values import EpisodeInsights
from podcast_insights.pictures.days import FEWEST_DAYS, MOST_DAYS, Series, nice_top, over_days, shown_days
from podcast_insights.pictures.funnel import funnel
from podcast_insights.pictures.grounding import grounding, groundings
from podcast_insights.pictures.marts import PICTURES
from podcast_insights.pictures.score_parts import score_parts, weighted
from podcast_insights.pictures.svg import MOST_BYTES, Drawing, Picture, shortened
from podcast_insights.pictures.topics import topics_over_weeks
from podcast_insights.pictures.word_rate import word_rate, word_rates
from podcast_insights.storage.day_counts import DayCounts
from podcast_insights.storage.sql_models import load_models
from podcast_insights.transcripts.values import Segment, Transcript
from podcast_insights_tests.digest.fakes import an_insight
from podcast_insights_tests.storage.examples import DAY, a_digest, a_transcript, an_entry

HOSTILE = '<script>alert(1)</script> & "quoted"\x00\u202e'
COUNTS = DayCounts(
    day=DAY,
    listed=9,
    selected=7,
    published=4,
    heard=2,
    with_insights=5,
    insights=12,
    skipped={("episodes", "old"): 2, ("transcripts", "no_audio"): 1, ("insights", "no_insights"): 1},
)


def words_in(picture: Picture | None) -> list[str]:
    """Return every text of a drawing; it must be XML, and an address that is the drawing itself."""
    assert picture is not None
    head, _, content = picture.address.partition(",")
    assert head == "data:image/svg+xml;base64"
    assert len(picture.address) < MOST_BYTES * 4 / 3 + 100
    return [text.text or "" for text in ElementTree.fromstring(b64decode(content)).iter() if text.tag.endswith("text")]


def spoken(*spans: tuple[float, float, int, bool], duration_s: float = 600.0) -> Transcript:
    """A transcript with segments given as (start, end, words, whether they are advertisement)."""
    segments = [
        Segment(index=place, start_s=start_s, end_s=end_s, text="word " * words, is_ad=is_ad)
        for place, (start_s, end_s, words, is_ad) in enumerate(spans)
    ]
    return dataclasses.replace(a_transcript("episode1", *segments), duration_s=duration_s)


class TestDrawing:
    def test_what_a_feed_says_stays_text(self) -> None:
        drawing = Drawing(100, 50)
        drawing.text(0, 0, HOSTILE)
        picture = drawing.finished(title=HOSTILE, words="")

        assert words_in(picture) == ['<script>alert(1)</script> & "quoted"']
        assert "<script" not in picture.svg

    def test_a_long_text_is_cut(self) -> None:
        assert shortened("a " * 500, 20) == "a a a a a a a a a a…"

    @pytest.mark.parametrize("size", [(0.0, 5.0), (5.0, 0.0), (-1.0, 5.0)])
    def test_a_box_without_an_area_is_not_drawn(self, size: tuple[float, float]) -> None:
        drawing = Drawing(10, 10)
        drawing.box(0, 0, *size, fill="#000000")

        assert "#000000" not in drawing.finished(title="", words="").svg


class TestFunnel:
    def test_it_counts_what_came_how_far_and_why_the_others_did_not(self) -> None:
        digest = dataclasses.replace(a_digest(), considered=40, eligible=12)
        picture = funnel(COUNTS, digest)

        assert picture.words == (
            "Episodes: 9 listed by feeds, 7 selected (left out: old (2)), 6 with words (left out: no audio (1); "
            "4 from publishers (light)), 5 with insights (left out: no insights (1)), 0 quoted in the digest. "
            "Insights: 40 considered, 12 good enough to choose, 2 in the digest."
        )
        assert {"9", "7", "6", "5", "40", "12"} <= set(words_in(picture))

    def test_a_day_without_anything_can_be_drawn(self) -> None:
        nothing = DayCounts(
            day=DAY, listed=0, selected=0, published=0, heard=0, with_insights=0, insights=0, skipped={}
        )

        assert words_in(funnel(nothing, a_digest(entries=0, considered=0, eligible=0))).count("0") == 8


class TestScoreParts:
    def test_the_parts_add_up_to_the_score_unless_that_was_cut(self) -> None:
        entry = an_entry()
        picture = score_parts(a_digest(entries=2))

        assert picture is not None
        assert picture.words.startswith("Number 1: Heat pumps work at -20 °C: 0.80 (value ")
        assert weighted(entry).keys() == {"value", "novelty", "preference", "freshness", "support"}
        assert weighted(entry)["novelty"] > 0
        assert "0.80" in words_in(picture)

    def test_a_digest_without_entries_has_none(self) -> None:
        assert score_parts(a_digest(entries=0)) is None


class TestWordRate:
    def test_words_are_counted_by_the_stretch_in_which_they_are_said(self) -> None:
        rate = word_rate(spoken((0, 60, 100, False), (60, 90, 10, True), duration_s=120.0), "A")

        assert rate.per_minute == (100.0, 100.0, 20.0, 0.0)
        assert (rate.words, rate.ad_s, rate.gap_s) == (110, 30.0, 30.0)
        assert rate.told() == "55 words/min, 0:30 ads, 0:30 silent"

    def test_spans_that_touch_are_one(self) -> None:
        rate = word_rate(spoken((0, 10, 5, True), (10.5, 20, 5, True), (300, 310, 5, True)), "A")

        assert rate.ads == ((0, 20), (300, 310))
        assert rate.gaps == ((20, 300), (310, 600.0))

    def test_times_that_are_none_draw_no_gaps(self) -> None:
        without = dataclasses.replace(spoken((0, 600, 50, False)), has_times=False)

        assert word_rate(without, "A").gaps == ()
        assert word_rate(without, "A").told().endswith("times unknown")

    @pytest.mark.parametrize("span", [(5.0, 1.0), (-5.0, -1.0), (9e9, 9e9 + 1), (0.0, inf), (nan, 2.0)])
    def test_times_that_make_no_sense_are_drawn_all_the_same(self, span: tuple[float, float]) -> None:
        assert words_in(word_rates([spoken((*span, 7, True))], {"episode1": HOSTILE}))
        assert word_rate(spoken((*span, 7, False)), "A").words == 7

    def test_long_episodes_with_many_advertisements_stay_small(self) -> None:
        segments = [(10.0 * place, 10.0 * place + 8, 20, place % 3 == 0) for place in range(3600)]
        long = spoken(*segments, duration_s=36_000.0)
        many = [dataclasses.replace(long, episode_id=f"episode{place}") for place in range(20)]

        assert words_in(word_rates(many, {}))

    def test_a_day_without_transcripts_has_none(self) -> None:
        assert word_rates([], {}) is None


class TestOverDays:
    @pytest.mark.parametrize(
        ("highest", "top"), [(0.0, 1.0), (0.9, 1.0), (1.1, 2.0), (4.0, 5.0), (51.0, 100.0), (float("nan"), 1.0)]
    )
    def test_a_scale_ends_at_a_round_number(self, highest: float, top: float) -> None:
        assert nice_top(highest) == pytest.approx(top)

    def test_a_week_is_shown_at_least_and_two_months_at_most(self) -> None:
        assert shown_days([DAY]) == tuple(DAY - timedelta(days=back) for back in range(FEWEST_DAYS - 1, -1, -1))
        assert len(shown_days([DAY - timedelta(days=400), DAY])) == MOST_DAYS

    @pytest.mark.parametrize("form", ["stacked", "nested", "dots"])
    def test_two_months_of_six_series_stay_small(self, form: str) -> None:
        days = {DAY - timedelta(days=back): float(back) for back in range(90)}
        series = [Series(name=f"{HOSTILE} {number}", by_day=days) for number in range(6)]

        assert words_in(over_days("Title", "unit", series, form=form, words=""))  # type: ignore[arg-type]

    @pytest.mark.parametrize("number", [1, 3, 6])
    def test_every_name_of_the_legend_is_on_the_sheet_with_its_end(self, number: int) -> None:
        series = [Series(name=f"engine organisation/model-large-v{one}", by_day={DAY: 1.0}) for one in range(number)]
        picture = over_days("Title", "unit", series, form="dots", words="")
        assert picture is not None
        texts = [one for one in ElementTree.fromstring(picture.svg).iter() if "-v" in (one.text or "")]
        assert [one.text[-2:] for one in texts if one.text] == [f"v{one}" for one in range(number)]
        assert all(float(one.attrib["x"]) + 6.6 * len(one.text or "") <= 760 for one in texts)

    def test_nothing_is_drawn_of_nothing(self) -> None:
        assert over_days("Title", "unit", [Series(name="a", by_day={})], form="dots", words="") is None


class TestModels:
    def test_each_picture_is_of_a_model_and_of_nothing_where_it_is_empty(self) -> None:
        models = load_models(bundled_path("dbt_like_sql"))

        assert PICTURES.keys() <= models.keys()
        assert [draw([]) for draw in PICTURES.values()] == [None] * len(PICTURES)

    def test_each_picture_draws_rows_with_the_columns_of_its_model(self) -> None:
        values = {"date": DAY, "model": "base", "topic": HOSTILE}
        for name, draw in PICTURES.items():
            columns = load_models(bundled_path("dbt_like_sql"))[name].column_names
            row = {column: values.get(column.rpartition("_")[2], 3) for column in columns}
            assert words_in(draw([row, row])), name

    def test_models_of_one_family_are_not_added_up(self) -> None:
        name = "accounts/fireworks/models/whisper-large-v"
        rows = [
            {"episode_date": DAY, "engine": "openai", "model": f"{name}{version}", "median_real_time_factor": factor}
            for version, factor in ((2, 0.2), (3, 0.4))
        ]
        picture = PICTURES["mart_transcription_speed"](rows)

        assert [words[-14:] for words in words_in(picture) if "openai" in words] == ["isper-large-v2", "isper-large-v3"]
        assert picture is not None
        assert "v2: 0.2 s" in picture.words
        assert "v3: 0.4 s" in picture.words

    def test_topics_are_counted_by_week(self) -> None:
        monday = date(2026, 11, 9)
        rows = [
            {"week_date": monday, "topic": "energy", "insights": 3, "shows": 2},
            {"week_date": monday - timedelta(weeks=1), "topic": "energy", "insights": 1, "shows": 1},
            {"week_date": monday - timedelta(weeks=1), "topic": "streets", "insights": 2, "shows": 1},
        ]
        picture = topics_over_weeks(rows)

        assert picture is not None
        assert "energy 4, streets 2. 1 of these topics came up in the last week." in picture.words
        assert {"energy", "streets", "4"} <= set(words_in(picture))


class TestGrounding:
    def test_quotes_are_counted_by_how_they_stand_in_their_transcript(self) -> None:
        kept = tuple(
            dataclasses.replace(an_insight(f"i{place}"), grounding=how)
            for place, how in enumerate(("verbatim", "verbatim", "drifted"))
        )
        made = [
            EpisodeInsights(
                episode_id="e",
                show_id="s",
                insights=kept,
                fingerprint="f",
                candidates=9,
                refused=(("ad", 2), ("quote_not_found", 4)),
            )
        ]
        counts = groundings(made)
        assert counts == {"verbatim": 2, "drifted": 1, "fabricated": 4}
        picture = grounding(counts, day="2026-11-13")
        assert [words for words in words_in(picture) if "(" in words] == ["2 (29%)", "1 (14%)", "4 (57%)"]
        assert picture is not None
        assert picture.words == "2 word for word, 1 with small differences, 4 not found, so refused."

    def test_without_a_quote_there_is_nothing_to_draw(self) -> None:
        assert grounding(groundings([]), day="2026-11-13") is None

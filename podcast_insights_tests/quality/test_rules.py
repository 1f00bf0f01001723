"""Every rule catches the fault that it is there for, and no other rule of its table fails with it.

One check takes Great Expectations half a second, so faults that do not touch the same columns are planted together:
then exactly their rules must fail.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from podcast_insights.quality.run import check_table
from podcast_insights.quality.suites import SUITES, WITHOUT_SUITE
from podcast_insights.settings import DigestSettings
from podcast_insights.skips import Stage
from podcast_insights.storage.connections import open_duckdb, quoted
from podcast_insights.storage.schemas import TABLES
from podcast_insights.storage.store import Store
from podcast_insights_tests.quality.fakes import a_skip, day_file, plant, rewrite
from podcast_insights_tests.storage.examples import DAY, NOW

DIGEST = DigestSettings()

RULES = {rule.name: rule for suite in SUITES.values() for rule in suite.rules}


@dataclass(frozen=True)
class Fault:
    """One thing made wrong, and the rule that must catch it.

    ``table`` is where it is planted, often but not always the rule's own; ``values`` are SQL expressions for columns.
    """

    rule: str
    table: str
    where: str = "true"
    values: dict[str, str] = field(default_factory=dict)
    digest: DigestSettings = DIGEST
    do: Callable[[Store], None] | None = None

    @property
    def touches(self) -> set[tuple[str, str]]:
        return {(self.table, column) for column in self.values or ["episode_id"]}

    def plant(self, store: Store) -> None:
        if self.do:
            self.do(store)
        else:
            plant(store, self.table, self.where, **self.values)


def fault(rule: str, table: str, where: str = "true", **values: str) -> Fault:
    return Fault(rule=rule, table=table, where=where, values=values)


def doubled(table: str, where: str) -> Fault:
    query = f"FROM stored UNION ALL FROM stored WHERE {where}"
    return Fault(f"{table}_have_unique_ids", table, do=lambda store: rewrite(store, table, query))


def also_skipped(rule: str, stage: Stage, episode_id: str) -> Fault:
    return Fault(
        rule,
        RULES[rule].table,
        do=lambda store: store.skipped.replace(stage, DAY, [a_skip(stage, episode_id)], now=NOW),
    )


def under(rule: str, digest: DigestSettings, where: str = "false", **values: str) -> Fault:
    return Fault(rule, "digest_entries", where, values or {"claim": "claim"}, digest)


def generous_history(store: Store) -> None:
    """Twelve days on which each episode gave far more insights."""
    for fault in (
        unlike_history("insights_of_an_episode_are_as_many_as_usual", "insights", ""),
        unlike_history("insights_of_an_episode_are_as_many_as_usual", "transcripts", ", word_count AS word_count"),
    ):
        fault.plant(store)


def endless_audio(store: Store) -> None:
    plant(store, "episodes", SECOND, duration_s="NULL")
    plant(store, "audio_files", SECOND, duration_s="90000.0")


def unlike_history(rule: str, table: str, query: str) -> Fault:
    """Give the table twelve days of history, each as a query on the day's rows says (``past`` is its day)."""

    def do(store: Store) -> None:
        for past in range(1, 13):
            day = DAY - timedelta(days=past)
            file = day_file(store, table)
            copy = file.parents[1] / f"date={day}" / file.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            changed = f"* REPLACE (DATE '{day}' AS episode_date{query})"
            source = "stored" if query else "stored CROSS JOIN range(20)"
            with open_duckdb() as connection:
                connection.execute(f"CREATE TABLE stored AS FROM read_parquet({quoted(str(file))})")
                connection.execute(f"COPY (SELECT {changed} FROM {source}) TO {quoted(str(copy))} (FORMAT parquet)")

    return Fault(rule, table, do=do)


FIRST, SECOND = "episode_id = 'episode1'", "episode_id = 'episode2'"
ADA = "message_id = '<1.ada@example.org>'"
SEGMENT_3 = "episode_id = 'episode1' AND index = 3"

FAULTS = [
    fault("episodes_have_required_values", "episodes", FIRST, message="NULL"),
    fault("chapters_have_required_values", "chapters", title="NULL"),
    fault("publisher_transcripts_have_required_values", "publisher_transcripts", message="NULL"),
    fault("audio_files_have_required_values", "audio_files", codec="NULL"),
    fault("transcripts_have_required_values", "transcripts", FIRST, engine="NULL"),
    fault("segments_have_required_values", "segments", SEGMENT_3, is_ad="NULL"),
    fault("insights_have_required_values", "insights", FIRST, kind="NULL"),
    fault("digest_entries_have_required_values", "digest_entries", FIRST, kind="NULL"),
    fault("shows_have_required_values", "shows", status="NULL"),
    fault("mails_have_required_values", "outbox", "recipient LIKE 'bob%'", message_id="NULL"),
    fault("segments_have_required_values", "segments", SECOND + " AND index = 8", start_s="'NaN'::DOUBLE"),
    fault("insights_have_required_values", "insights", FIRST, value_ratio="'NaN'::DOUBLE"),
    fault("digest_entries_have_required_values", "digest_entries", FIRST, score_total="'NaN'::DOUBLE"),
    doubled("episodes", FIRST),
    doubled("chapters", "start_s = 0"),
    doubled("publisher_transcripts", "NOT is_usable"),
    doubled("audio_files", SECOND),
    doubled("transcripts", FIRST),
    doubled("segments", SEGMENT_3),
    doubled("insights", FIRST),
    # Another row with the first one's address would also break the rule on addresses.
    fault("shows_have_unique_ids", "shows", show_id="'show2'"),
    fault("mails_have_unique_ids", "outbox", recipient="'ada@example.org'"),
    fault("digest_entries_have_unique_ids", "digest_entries", rank="1"),
    *(
        fault(f"{name}_belong_to_the_day", name, "episode_id IS NOT NULL", episode_date="DATE '2026-11-12'")
        for name in SUITES
        if name not in {"digest_entries", "shows", "outbox"}
    ),
    fault("digest_entries_belong_to_the_day", "digest_entries", digest_date="DATE '2026-11-12'"),
    fault("shows_have_names", "shows", name="' '"),
    fault("shows_have_feeds_of_their_own", "shows", feed_url="'https://show2.example.org/feed.xml'"),
    fault("shows_have_feeds_that_can_be_asked", "shows", feed_url="'ftp://show1.example.org/feed.xml'"),
    fault("shows_have_a_known_status", "shows", status="'asleep'"),
    fault("shows_that_fail_say_why", "shows", status="'failing'", last_error="NULL"),
    also_skipped("episodes_are_processed_or_skipped_but_not_both", "episodes", "episode1"),
    fault("episodes_were_published_on_the_day", "episodes", FIRST, published_at="TIMESTAMPTZ '2026-11-12 12:00:00Z'"),
    fault("episodes_were_published_on_the_day", "episodes", FIRST, published_at="TIMESTAMPTZ '2026-11-14 00:00:00Z'"),
    fault("episodes_have_plausible_durations", "episodes", FIRST, duration_s="0"),
    fault("episodes_have_plausible_durations", "episodes", FIRST, duration_s="90000"),
    fault("episodes_have_titles", "episodes", FIRST, title="' '"),
    fault(
        "selected_episodes_have_audio_or_a_transcript", "episodes", FIRST, enclosure_url="NULL", transcript_links="[]"
    ),
    fault(
        "selected_episodes_have_enclosures_that_can_be_fetched", "episodes", FIRST, enclosure_url="'file:///etc/hosts'"
    ),
    fault("chapters_are_of_selected_episodes", "chapters", episode_id="'episode3'"),
    fault("publisher_transcripts_are_of_selected_episodes", "publisher_transcripts", "is_usable", episode_id="'other'"),
    fault(
        "episodes_use_at_most_one_publisher_transcript",
        "publisher_transcripts",
        is_usable="true",
        transcript_fingerprint="'words'",
    ),
    fault("usable_publisher_transcripts_have_a_format", "publisher_transcripts", "is_usable", format="NULL"),
    fault("usable_publisher_transcripts_have_words", "publisher_transcripts", transcript_fingerprint="NULL"),
    fault("audio_files_are_of_selected_episodes", "audio_files", episode_id="'episode3'"),
    also_skipped("audio_files_are_not_skipped_too", "audio", "episode2"),
    Fault("audio_files_have_plausible_durations", "audio_files", do=endless_audio),
    fault("audio_files_have_bytes", "audio_files", size_bytes="0"),
    fault("audio_files_have_bad_packet_ratios_from_0_to_1", "audio_files", bad_packet_ratio="1.5"),
    fault("audio_files_are_not_damaged", "audio_files", is_damaged="true"),
    fault("audio_files_last_as_long_as_announced", "audio_files", duration_s="1000.0"),
    fault("transcripts_are_of_selected_episodes", "episodes", SECOND, decision="'skip'"),
    also_skipped("transcripts_are_not_skipped_too", "transcripts", "episode1"),
    fault("transcripts_have_all_their_segments", "transcripts", FIRST, segment_count="99"),
    fault("transcripts_have_plausible_durations", "transcripts", FIRST, duration_s="0.0"),
    fault("transcripts_are_no_faster_than_speech", "transcripts", FIRST, duration_s="10.0"),
    fault("transcripts_cover_their_audio", "audio_files", SECOND, duration_s="600.0"),
    fault("transcripts_differ_from_each_other", "segments", text="'the same sentence, which is number ' || index"),
    fault("transcripts_do_not_loop", "segments", FIRST + " AND index > 5", text="'Thank you for watching.'"),
    fault("transcripts_are_in_the_language_of_their_show", "transcripts", FIRST, language="'es-MX'"),
    fault("transcripts_are_in_the_language_of_their_show", "shows", language="'de'"),
    fault("transcripts_have_enough_words", "transcripts", FIRST, duration_s="3600.0"),
    fault("transcripts_are_mostly_not_advertising", "transcripts", FIRST, ad_ratio="0.9"),
    fault("segments_belong_to_a_transcript", "transcripts", SECOND, episode_id="'other'"),
    fault("segments_are_numbered_from_zero", "segments", "index = 11 AND episode_id = 'episode1'", index="40"),
    fault("segments_start_after_zero", "segments", "index = 0", start_s="-1.0"),
    fault("segments_end_after_they_start", "segments", SEGMENT_3, end_s="start_s - 0.5"),
    fault("segments_are_in_order", "segments", SEGMENT_3, start_s="1.0"),
    fault("segments_have_text", "segments", SEGMENT_3, text="' '"),
    also_skipped("insights_are_not_of_skipped_episodes", "insights", "episode1"),
    fault("insights_have_a_quote", "insights", FIRST, quote="' '"),
    fault("insights_quote_their_transcript", "insights", FIRST, quote="'what nobody said'"),
    fault("insights_have_a_claim", "insights", FIRST, claim="''"),
    fault("insights_have_an_explanation", "insights", FIRST, explanation="''"),
    fault("insights_are_not_advertising", "insights", FIRST, last_segment="6"),
    fault("insights_start_after_zero", "insights", FIRST, start_s="-0.5"),
    fault("insights_start_within_their_episode", "insights", FIRST, start_s="61.0", end_s="65.0"),
    fault("insights_end_after_they_start", "insights", FIRST, start_s="15.0", end_s="14.0"),
    fault("insights_name_the_show_that_said_them", "insights", FIRST, show_id="'show2'"),
    fault("insights_name_their_segments_in_order", "insights", FIRST, first_segment="5", last_segment="4"),
    fault("insights_have_values_from_0_to_1", "insights", FIRST, value_ratio="1.01"),
    under("digest_has_at_most_top_n_entries", DigestSettings(top_n=1)),
    fault("digest_has_complete_ranks", "digest_entries", SECOND, rank="3"),
    fault("digest_has_distinct_insights", "digest_entries", insight_id="'insight1'"),
    fault("digest_has_distinct_claims", "digest_entries", claim="'The same'"),
    fault("digest_is_new_to_its_readers", "digest_entries", FIRST, insight_id="'insight9'"),
    under("digest_keeps_the_cap_per_episode", DigestSettings(max_per_episode=1), "true", episode_id="'episode1'"),
    under("digest_keeps_the_cap_per_show", DigestSettings(max_per_show=1), "true", show_id="'show1'"),
    fault("digest_has_values_from_0_to_1", "digest_entries", FIRST, value_ratio="1.01"),
    under("digest_holds_only_what_is_worth_reading", DigestSettings(min_value_ratio=0.71)),
    fault("digest_has_episodes_of_its_last_days", "digest_entries", FIRST, episode_date="DATE '2026-11-10'"),
    fault("digest_has_episodes_of_its_last_days", "digest_entries", FIRST, episode_date="DATE '2026-11-14'"),
    fault("digest_has_quotes", "digest_entries", FIRST, quote="''"),
    fault("digest_has_claims", "digest_entries", FIRST, claim="' '"),
    fault("digest_has_explanations", "digest_entries", FIRST, explanation="''"),
    fault("digest_says_why", "digest_entries", FIRST, reason="''"),
    Fault("mails_have_an_edition", "outbox", do=lambda store: store.warehouse.delete("digests", f"date={DAY}")),
    fault("mails_are_not_left_in_doubt", "outbox", ADA, state="'sending'"),
    fault("mails_have_a_known_state", "outbox", ADA, state="'lost'"),
    fault("mails_that_were_sent_were_tried", "outbox", attempts="0"),
    Fault("insights_of_an_episode_are_as_many_as_usual", "insights", do=generous_history),
    unlike_history("selected_episodes_are_as_many_as_usual", "episodes", ""),
    unlike_history("transcripts_have_as_many_words_per_minute_as_usual", "transcripts", ", 9000 AS word_count"),
    fault("mails_have_subjects", "outbox", subject="''"),
    fault("mails_change_after_they_are_planned", "outbox", changed_at="planned_at - INTERVAL 1 HOUR"),
]


def groups(faults: list[Fault]) -> Iterator[tuple[Fault, ...]]:
    """Faults that can be planted together: for one table, under the same settings, in other columns."""
    open_groups: list[list[Fault]] = []
    for fault in faults:
        for group in open_groups:
            if all(are_apart(fault, other) for other in group):
                group.append(fault)
                break
        else:
            open_groups.append([fault])
    return (tuple(group) for group in open_groups)


def are_apart(one: Fault, other: Fault) -> bool:
    is_one_table = RULES[one.rule].table == RULES[other.rule].table
    return is_one_table and one.digest == other.digest and not one.touches & other.touches


def broken(store: Store, table: str, digest: DigestSettings = DIGEST) -> set[str]:
    return {result.rule.name for result in check_table(store.warehouse, table, DAY, digest=digest) if not result.passed}


@pytest.mark.parametrize("table", SUITES)
def test_a_good_day_keeps_every_rule(store: Store, table: str) -> None:
    results = check_table(store.warehouse, table, DAY, digest=DIGEST)
    assert {result.rule.name: result.sample for result in results if not result.passed} == {}
    assert [result.rule for result in results] == list(SUITES[table].rules)
    assert all(result.rows > 0 and result.failed_rows == 0 for result in results)


@pytest.mark.parametrize("planted", list(groups(FAULTS)), ids=lambda planted: planted[0].rule)
def test_faults_break_exactly_their_rules(store: Store, planted: tuple[Fault, ...]) -> None:
    for fault in planted:
        fault.plant(store)
    expected = {fault.rule for fault in planted}
    assert broken(store, RULES[planted[0].rule].table, planted[0].digest) == expected


@pytest.mark.parametrize("value", ["'inf'::DOUBLE", "'-inf'::DOUBLE", "'NaN'::DOUBLE"])
def test_what_is_no_number_is_no_value(store: Store, value: str) -> None:
    plant(store, "insights", FIRST, raw_score=value)
    assert broken(store, "insights") == {"insights_have_required_values"}


def test_addresses_may_be_written_in_capitals(store: Store) -> None:
    plant(store, "episodes", FIRST, enclosure_url="'HTTPS://media.example.org/1.mp3'")
    plant(store, "shows", "true", feed_url="'Http://show1.example.org/feed.xml'")
    assert broken(store, "episodes") | broken(store, "shows") == set()


@pytest.mark.parametrize("show_id", ["NULL", "''", "'../show1'"])
def test_a_transcript_whose_show_cannot_be_looked_up_is_checked(store: Store, show_id: str) -> None:
    plant(store, "transcripts", SECOND, show_id=show_id)
    assert broken(store, "transcripts") == ({"transcripts_have_required_values"} if show_id == "NULL" else set())


BY_DAY = [name for name in SUITES if f"{name}_of_the_day_are_written" in RULES]


@pytest.mark.parametrize("table", BY_DAY)
def test_a_day_without_a_file_breaks_exactly_one_rule(store: Store, table: str) -> None:
    day_file(store, table).unlink()
    assert broken(store, table) == {f"{table}_of_the_day_are_written"}


def test_every_rule_has_a_fault() -> None:
    assert {fault.rule for fault in FAULTS} | {f"{table}_of_the_day_are_written" for table in BY_DAY} == set(RULES)


def test_every_table_has_a_suite_or_a_reason_for_none() -> None:
    tables = {table.name for table in TABLES}
    assert tables - SUITES.keys() == WITHOUT_SUITE.keys()
    assert all(reason.endswith(".") for reason in WITHOUT_SUITE.values())


def test_rule_names_are_distinct_sentences() -> None:
    names = [rule.name for suite in SUITES.values() for rule in suite.rules]
    assert len(names) == len(set(names))
    assert all(name.isidentifier() and name == name.lower() for name in names)
    assert all(rule.reason.endswith(".") for rule in RULES.values())

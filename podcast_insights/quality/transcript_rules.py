"""The rules of transcripts and their segments."""

from podcast_insights.quality.rules import (
    is_at_least,
    is_between,
    is_equal,
    is_more_than,
    is_not_blank,
    is_one_of,
    is_usual,
)
from podcast_insights.quality.table_suite import LONGEST_S, NOT_BOTH, SELECTED_ONLY, suite_of

# Nobody speaks faster than this; text that does is not of this audio, or was invented.
MAX_CHARS_PER_S = 40.0
# Slow speech with long pauses has about 8; less means that most of the audio has no words.
MIN_CHARS_PER_S = 3.0
MIN_COVERAGE_RATIO = 0.8
MAX_COVERAGE_RATIO = 1.15
# A host says "Right." twice in a row; more than this of a text is a recogniser that lost its way.
MAX_REPEATED_RATIO = 0.1

# The episode of a bad transcript is left out of what follows; that takes nothing from the others.
TRANSCRIPTS = suite_of(
    "transcripts",
    ("transcripts_are_of_selected_episodes", "set_aside", is_one_of("is_of_selected_episode", True), SELECTED_ONLY),
    ("transcripts_are_not_skipped_too", "set_aside", is_one_of("is_also_skipped", False), NOT_BOTH),
    (
        "transcripts_have_all_their_segments",
        "set_aside",
        is_equal("stored_segments", "segment_count"),
        "Insights would be sought in a part of what was said.",
    ),
    (
        "transcripts_have_plausible_durations",
        "set_aside",
        is_more_than("duration_s", 0, LONGEST_S),
        "Links that play the second of a quote need the duration.",
    ),
    (
        "transcripts_cover_their_audio",
        "warning",
        is_between("coverage_ratio", MIN_COVERAGE_RATIO, MAX_COVERAGE_RATIO),
        "A transcript that stops early or runs on is cut off, or belongs to another recording.",
    ),
    (
        "transcripts_are_no_faster_than_speech",
        "set_aside",
        is_between("chars_per_s", high=MAX_CHARS_PER_S),
        "Text that nobody can speak in this time is not what was said.",
    ),
    (
        "transcripts_have_enough_words",
        "warning",
        is_between("chars_per_s", low=MIN_CHARS_PER_S),
        "Mostly music or silence, or the recogniser lost speech.",
    ),
    (
        "transcripts_differ_from_each_other",
        "warning",
        is_between("episodes_with_this_text", high=1),
        "One text under two episodes is a re-run, or puts words into somebody's mouth.",
    ),
    (
        "transcripts_do_not_loop",
        "warning",
        is_between("repeated_ratio", high=MAX_REPEATED_RATIO),
        "Over music, a recogniser repeats a sentence that nobody said.",
    ),
    (
        "transcripts_have_as_many_words_per_minute_as_usual",
        "warning",
        is_usual("words_per_minute"),
        "A recogniser that loses words, or repeats them, does so on every episode of a day.",
    ),
    (
        "transcripts_are_in_the_language_of_their_show",
        "warning",
        is_equal("spoken_language", "declared_language"),
        "Words that are read as another language give insights that nobody said.",
    ),
    (
        "transcripts_are_mostly_not_advertising",
        "warning",
        is_between("ad_ratio", 0, 0.5),
        "Where most is marked as advertising, the marking is probably wrong and insights are lost.",
    ),
    item="episode_id",
    recognised_by=("episode_title",),
)

SEGMENTS = suite_of(
    "segments",
    (
        "segments_belong_to_a_transcript",
        "set_aside",
        is_one_of("has_transcript", True),
        "Words without a transcript have no source.",
    ),
    (
        "segments_are_numbered_from_zero",
        "set_aside",
        is_equal("index", "position"),
        "Insights point to segments by number; a gap is a lost stretch of speech.",
    ),
    (
        "segments_start_after_zero",
        "set_aside",
        is_between("start_s", low=0),
        "A negative second cannot be played.",
    ),
    (
        "segments_end_after_they_start",
        "set_aside",
        is_at_least("end_s", "start_s"),
        "A quote's link would end before it begins.",
    ),
    (
        "segments_are_in_order",
        "set_aside",
        is_at_least("start_s", "previous_start_s"),
        "Text read out of order says what nobody said.",
    ),
    (
        "segments_have_text",
        "set_aside",
        is_not_blank("text"),
        "An empty segment doubles the space that joins the text, and quotes are no longer found.",
    ),
    item="episode_id",
    recognised_by=("text",),
)

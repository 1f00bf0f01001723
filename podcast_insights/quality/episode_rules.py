"""The rules of what comes from feeds and publishers: shows, episodes, chapters, transcript links, and audio files."""

from podcast_insights.quality.rules import (
    is_between,
    is_more_than,
    is_not_blank,
    is_one_of,
    is_unique,
    is_usual,
    matches,
)
from podcast_insights.quality.table_suite import LONGEST_S, NOT_BOTH, SELECTED_ONLY, suite_of, whole_suite_of

# One bad feed stops no other, so only what makes the list of shows itself doubtful is an error.
SHOWS = whole_suite_of(
    "shows",
    ("shows_have_names", "warning", is_not_blank("name"), "Readers see the name beside every insight."),
    (
        "shows_have_feeds_of_their_own",
        "warning",
        is_unique("feed_url"),
        "Two shows with one feed give every episode twice, each under another id.",
    ),
    (
        "shows_have_feeds_that_can_be_asked",
        "warning",
        matches("feed_url", "^(?:(?i:https?)://|env:)"),
        "No other address is ever asked, so the show would stay silent.",
    ),
    (
        "shows_have_a_known_status",
        "warning",
        is_one_of("status", "active", "failing", "held", "gone"),
        "Which feeds are asked depends on it.",
    ),
    (
        "shows_that_fail_say_why",
        "warning",
        is_one_of("fails_without_a_reason", False),
        "A feed that stays silent without a reason is found by nobody.",
    ),
    is_by_day=False,
    recognised_by=("name",),
)

EPISODES = suite_of(
    "episodes",
    (
        "episodes_are_processed_or_skipped_but_not_both",
        "error",
        is_one_of("is_also_skipped", False),
        NOT_BOTH,
    ),
    (
        "episodes_were_published_on_the_day",
        "warning",
        is_one_of("published", "on the day"),
        "The feed changed the date after the episode was first seen, or the reader's time zone changed.",
    ),
    (
        "episodes_have_plausible_durations",
        "warning",
        is_more_than("duration_s", 0, LONGEST_S),
        "The feed's word on the duration is used to check transcripts and to balance work.",
    ),
    (
        "episodes_have_titles",
        "warning",
        is_not_blank("title"),
        "Readers see the title beside every insight.",
    ),
    (
        "selected_episodes_have_audio_or_a_transcript",
        "error",
        is_one_of("has_a_source", True),
        "Nothing can be made of an episode with neither.",
    ),
    (
        "selected_episodes_have_enclosures_that_can_be_fetched",
        "warning",
        matches("selected_enclosure_url", "^(?:(?i:https?)://|private:)"),
        "No other address is ever fetched, so the episode would have no audio.",
    ),
    (
        "selected_episodes_are_as_many_as_usual",
        "warning",
        is_usual("episodes"),
        "Feeds that fall silent, or give their whole past at once, break no other rule.",
    ),
    recognised_by=("title",),
)

CHAPTERS = suite_of(
    "chapters",
    ("chapters_are_of_selected_episodes", "error", is_one_of("is_of_selected_episode", True), SELECTED_ONLY),
    recognised_by=("episode_title",),
)

PUBLISHER_TRANSCRIPTS = suite_of(
    "publisher_transcripts",
    (
        "publisher_transcripts_are_of_selected_episodes",
        "error",
        is_one_of("is_of_selected_episode", True),
        SELECTED_ONLY,
    ),
    (
        "episodes_use_at_most_one_publisher_transcript",
        "error",
        is_between("usable_of_episode", high=1),
        "Two transcripts of one episode would give its insights twice.",
    ),
    (
        "usable_publisher_transcripts_have_a_format",
        "error",
        is_one_of("is_usable_without_format", False),
        "A file whose format is unknown was not read, so it cannot have been verified.",
    ),
    (
        "usable_publisher_transcripts_have_words",
        "error",
        is_one_of("is_usable_without_words", False),
        "The words are found by their fingerprint; without it the episode would have none.",
    ),
    recognised_by=("episode_title",),
)

AUDIO_FILES = suite_of(
    "audio_files",
    ("audio_files_are_of_selected_episodes", "error", is_one_of("is_of_selected_episode", True), SELECTED_ONLY),
    ("audio_files_are_not_skipped_too", "error", is_one_of("is_also_skipped", False), NOT_BOTH),
    (
        "audio_files_have_plausible_durations",
        "error",
        is_more_than("duration_s", 0, LONGEST_S),
        "Transcription of nothing, or of days of audio, never ends well.",
    ),
    (
        "audio_files_have_bytes",
        "error",
        is_between("size_bytes", low=1),
        "An empty file cannot have been decoded.",
    ),
    (
        "audio_files_have_bad_packet_ratios_from_0_to_1",
        "error",
        is_between("bad_packet_ratio", 0, 1),
        "A share outside 0 to 1 means that the probe is wrong.",
    ),
    (
        "audio_files_are_not_damaged",
        "warning",
        is_one_of("is_damaged", False),
        "Only a part of the episode can be heard; a new download may bring all of it.",
    ),
    (
        "audio_files_last_as_long_as_announced",
        "warning",
        is_between("announced_ratio", 0.5, 2),
        "Half or double the feed's word suggests another file than the episode.",
    ),
    recognised_by=("episode_title",),
)

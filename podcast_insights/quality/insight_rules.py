"""The rules of what readers receive: insights, the entries of a digest, and its mails."""

from podcast_insights.quality.rules import (
    is_at_least,
    is_between,
    is_equal,
    is_not_blank,
    is_one_of,
    is_unique,
    is_usual,
)
from podcast_insights.quality.table_suite import NOT_BOTH, suite_of, whole_suite_of

# One bad insight is left out of digests; that takes nothing from the others.
INSIGHTS = suite_of(
    "insights",
    ("insights_are_not_of_skipped_episodes", "set_aside", is_one_of("is_also_skipped", False), NOT_BOTH),
    (
        "insights_have_a_quote",
        "set_aside",
        is_not_blank("quote"),
        "An insight without the speaker's words cannot be verified by the reader.",
    ),
    (
        "insights_quote_their_transcript",
        "set_aside",
        is_one_of("is_quote_in_transcript", True),
        "Grounded or not published: the quote must be found word for word.",
    ),
    ("insights_have_a_claim", "set_aside", is_not_blank("claim"), "The claim is the headline."),
    (
        "insights_have_an_explanation",
        "set_aside",
        is_not_blank("explanation"),
        "A claim without its reasoning is a slogan.",
    ),
    (
        "insights_are_not_advertising",
        "set_aside",
        is_one_of("touches_ad", False),
        "Sponsor reads make confident claims that nobody should send on as insights.",
    ),
    (
        "insights_start_after_zero",
        "set_aside",
        is_between("start_s", low=0),
        "The link that plays the quote would not work.",
    ),
    (
        "insights_start_within_their_episode",
        "set_aside",
        is_at_least("transcript_duration_s", "start_s"),
        "The link that plays the quote would lead past the end.",
    ),
    (
        "insights_end_after_they_start",
        "set_aside",
        is_at_least("end_s", "start_s"),
        "The link that plays the quote would end before it begins.",
    ),
    (
        "insights_name_the_show_that_said_them",
        "set_aside",
        is_equal("show_id", "said_on"),
        "A reader would be told that another show said it.",
    ),
    (
        "insights_name_their_segments_in_order",
        "set_aside",
        is_at_least("last_segment", "first_segment"),
        "Which words are advertising is looked up by these numbers.",
    ),
    (
        "insights_have_values_from_0_to_1",
        "set_aside",
        is_between("value_ratio", 0, 1),
        "Ranking across shows compares these values.",
    ),
    (
        "insights_of_an_episode_are_as_many_as_usual",
        "warning",
        is_usual("insights_per_episode"),
        "A model or a prompt that finds nothing, or everything, shows first in the number.",
    ),
    item="insight_id",
    recognised_by=("claim", "quote"),
)

DIGEST_ENTRIES = suite_of(
    "digest_entries",
    (
        "digest_has_at_most_top_n_entries",
        "error",
        is_at_least("top_n", "position"),
        "A reader was promised so many (digest.top_n) and no more.",
    ),
    (
        "digest_has_complete_ranks",
        "error",
        is_equal("rank", "position"),
        "Ranks from 1 without a gap: a missing rank is a lost entry.",
    ),
    (
        "digest_has_distinct_insights",
        "error",
        is_unique("insight_id"),
        "The same insight twice in one mail.",
    ),
    (
        "digest_has_distinct_claims",
        "error",
        is_unique("claim"),
        "The same headline twice in one mail, whoever said it.",
    ),
    (
        "digest_is_new_to_its_readers",
        "error",
        is_one_of("was_published_before", False),
        "An insight that an earlier digest held is not sent again.",
    ),
    (
        "digest_keeps_the_cap_per_episode",
        "error",
        is_at_least("max_per_episode", "entries_of_episode"),
        "One episode must not fill the digest (digest.max_per_episode).",
    ),
    (
        "digest_keeps_the_cap_per_show",
        "error",
        is_at_least("max_per_show", "entries_of_show"),
        "One show must not fill the digest (digest.max_per_show).",
    ),
    (
        "digest_has_values_from_0_to_1",
        "error",
        is_between("value_ratio", 0, 1),
        "The value is shown to readers and decides what is published.",
    ),
    (
        "digest_holds_only_what_is_worth_reading",
        "error",
        is_at_least("value_ratio", "min_value_ratio"),
        "A short digest is better than a poor one (digest.min_value_ratio).",
    ),
    (
        "digest_has_episodes_of_its_last_days",
        "error",
        is_one_of("is_in_lookback", True),
        "A digest looks back digest.lookback_days and no further, and never ahead.",
    ),
    ("digest_has_quotes", "error", is_not_blank("quote"), "Readers check a claim by its quote."),
    ("digest_has_claims", "error", is_not_blank("claim"), "The claim is the headline."),
    ("digest_has_explanations", "error", is_not_blank("explanation"), "A claim without its reasoning is a slogan."),
    ("digest_says_why", "error", is_not_blank("reason"), "Every choice is explained to the reader."),
    key=("rank", "insight_id"),
    recognised_by=("claim",),
)

# A mail cannot be taken back: nothing is won by stopping what comes after it, so a person looks.
OUTBOX = whole_suite_of(
    "outbox",
    (
        "mails_have_an_edition",
        "warning",
        is_one_of("has_an_edition", True),
        "Somebody was sent what no digest of that day holds.",
    ),
    (
        "mails_are_not_left_in_doubt",
        "warning",
        is_one_of("is_in_doubt", False),
        "A run ended before the server answered: a person decides whether it is sent again.",
    ),
    (
        "mails_have_a_known_state",
        "warning",
        is_one_of("state", "planned", "sending", "sent", "failed"),
        "What is in no known state is never sent.",
    ),
    (
        "mails_that_were_sent_were_tried",
        "warning",
        is_one_of("is_sent_without_a_try", False),
        "A mail that is recorded as sent and never left reaches nobody.",
    ),
    (
        "mails_have_subjects",
        "warning",
        is_not_blank("subject"),
        "A mail without a subject is taken for spam.",
    ),
    (
        "mails_change_after_they_are_planned",
        "warning",
        is_one_of("changed_before_it_was_planned", False),
        "The clock went back, or the record was changed by hand.",
    ),
    is_by_day=True,
    rows="mails",
    severity="warning",
    recognised_by=("subject",),
)

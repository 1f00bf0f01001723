import json
import os
from pathlib import Path

import pytest

from podcast_insights.transcripts.ad_cues import CUES
from podcast_insights.transcripts.ads import (
    BY_NAME,
    CONFIDENCE_BY_KINDS,
    ad_sentences,
    confidence_of,
    mark_ads,
    off_limits,
    quarantine,
)
from podcast_insights.transcripts.sentences import Sentence, sentences_of
from podcast_insights.transcripts.values import Segment

BEFORE = (
    "The council measured the traffic on four streets for a year.",
    "Half of the trips were shorter than two kilometres.",
    "People drove because the safe route on foot did not exist.",
    "Once the crossing was built, the number of short trips fell by a third.",
    "Nobody had asked the people who walk to school.",
    "The cheapest change was a different phase at the traffic light.",
)
AFTER = (
    "The second finding surprised the engineers.",
    "Wider lanes made the street slower, because drivers changed lanes more often.",
    "A narrow lane is a promise that nobody overtakes.",
    "That is why the city removed two metres of asphalt.",
    "The shops lost no customers in the three years that followed.",
    "Deliveries moved to the morning.",
)
READS = {
    "announced": (
        "This episode is brought to you by Lanternfish.",
        "Lanternfish is the all-in-one platform for your team.",
        "It automates your billing in minutes, without the hassle.",
        "Sign up today at lanternfish.com slash street and get 20% off.",
        "That's lanternfish.com slash street.",
        "Thanks to Lanternfish for supporting the show.",
    ),
    "thanked": (
        "I want to thank our sponsor for this week.",
        "Brightwell makes mattresses for people who run hot.",
        "I have slept on a Brightwell for two years.",
        "Use promo code STREET for a free trial.",
        "Go to brightwell dot com to get started.",
    ),
    "inserted": (
        "Pocketledger knows that small firms hate paperwork.",
        "With Pocketledger you see every invoice on one screen.",
        "Pocketledger costs $9 a month and there is no contract.",
        "Try it for free at pocketledger.com.",
        "Pocketledger, money without the mess.",
    ),
    "housekeeping": (
        "If you like what you hear, subscribe in your favorite podcast app and leave us a review.",
        "Follow the show on Mastodon, and join the community on Patreon.",
    ),
}
TALK_ABOUT_ADS = (
    "Advertising pays for most of the free internet.",
    "A newspaper that loses its advertisers loses its reporters a year later.",
    "The discount that a large buyer gets is never printed anywhere.",
    "Companies that stop advertising in a recession take years to come back.",
    "The sponsor of a stadium wants its name on the map.",
    "Advertisers know that a promise of convenience sells better than a promise of savings.",
    "Regulators asked whether the price of the service was honest.",
)


def segments_of(*texts: str, speaker: str | None = None) -> tuple[Segment, ...]:
    return tuple(
        Segment(index=number, start_s=5.0 * number, end_s=5.0 * number + 5, text=text, speaker=speaker)
        for number, text in enumerate(texts)
    )


@pytest.mark.parametrize("speaker", [None, "Ann"])
@pytest.mark.parametrize("kind", READS)
def test_a_read_is_marked_and_the_talk_around_it_is_not(kind: str, speaker: str | None) -> None:
    segments = mark_ads(segments_of(*BEFORE, *READS[kind], *AFTER, speaker=speaker))
    marked = {segment.text for segment in segments if segment.is_ad}
    assert marked == set(READS[kind])


def test_talk_about_advertising_is_no_ad() -> None:
    sentences = sentences_of(segments_of(*BEFORE, *TALK_ABOUT_ADS, *AFTER))
    assert not any(ad_sentences(sentences))
    assert not any(quarantine(sentences))


def test_thanks_to_a_sponsor_of_a_show_that_is_named_end_the_read() -> None:
    read = ("It's now time for sponsored news!", "Brightwell gives money to maintainers.", "See brightwell.org.")
    thanks = "And thanks again to Brightwell for sponsoring Street News."
    story = ("Interviews with puzzles say little.", *AFTER, "There is a link in your newsletter.")

    segments = mark_ads(segments_of(*BEFORE, *read, thanks, *story))

    assert [segment.text for segment in segments if segment.is_ad] == [*read, thanks]


def test_an_ad_that_opens_the_file_is_marked_from_its_first_words() -> None:
    cold = ("I wonder whether they run faster than I do.", "Are you ready?", "And suddenly I'm not training any more.")
    read = ("Brightwell, the leading mattress, makes it easy.", "Get yours today at brightwell.com.")

    segments = mark_ads(segments_of(*cold, *read, "Welcome back to the street.", *AFTER))
    greeted = mark_ads(segments_of("And I'm Ann.", *cold[1:], *read, "Welcome back to the street.", *AFTER))

    assert [segment.text for segment in segments if segment.is_ad] == [*cold, *read]
    assert [segment.text for segment in greeted if segment.is_ad] == list(read)


def test_a_story_about_a_newsletter_is_no_housekeeping() -> None:
    story = (
        "I want to sign up for your newsletter.",
        "A moment later you are on the newsletter, and nobody wrote to you.",
        "Her newsletter is sent by hand.",
    )

    assert not any(segment.is_ad for segment in mark_ads(segments_of(*BEFORE, *story, *AFTER)))


def test_a_mark_is_trusted_the_more_kinds_of_cues_it_has() -> None:
    marked = {
        kind: {one.ad_confidence for one in mark_ads(segments_of(*BEFORE, *READS[kind], *AFTER)) if one.is_ad}
        for kind in ("announced", "housekeeping")
    }

    assert marked == {"announced": {0.89}, "housekeeping": {0.67}}
    assert {one.ad_confidence for one in mark_ads(segments_of(*BEFORE))} == {None}
    assert confidence_of(BY_NAME) is None
    assert [confidence_of(", ".join(cue.name for cue in CUES[:kinds])) for kinds in range(1, len(CUES) + 1)] == sorted(
        CONFIDENCE_BY_KINDS.values()
    )


BRAND_READS = {
    "named again and again, with a call at the end": (
        "Most nights end too early, and a tired morning follows.",
        "With Brightwell you fall asleep on a mattress that is made for your home.",
        "A Brightwell is affordable, and so is the Brightwell pillow.",
        "Check out Brightwell in stores near you.",
    ),
    "small print": (
        "Slow internet is bad for your business.",
        "Fernline is built for your team, and with Fernline you save every month.",
        "Join millions of owners who trust Fernline for your business.",
        "Fernline service is not available in all areas.",
    ),
}


@pytest.mark.parametrize("kind", BRAND_READS)
def test_an_inserted_ad_is_found_by_the_name_it_repeats(kind: str) -> None:
    segments = mark_ads(segments_of(*BEFORE * 2, *BRAND_READS[kind], *AFTER * 2))
    marked = {segment.text for segment in segments if segment.is_ad}
    assert set(BRAND_READS[kind][1:]) <= marked
    assert marked.isdisjoint({*BEFORE, *AFTER})


def test_an_ad_that_runs_twice_is_found_by_its_repetition() -> None:
    spot = (
        "There is a little voice before every match that asks what if I fail.",
        "To put more courage into the world, Brightwell supports young runners everywhere.",
        "For fifty years Brightwell has stood beside the girls who run.",
    )
    talk = [f"{text[:-1]} in street number {number}." for number in range(6) for text in (*BEFORE, *AFTER)]
    segments = mark_ads(segments_of(*talk[:20], *spot, *talk[20:50], *spot, *talk[50:]))
    assert [segment.text for segment in segments if segment.is_ad] == [*spot, *spot]


def test_a_conversation_about_a_product_is_no_ad() -> None:
    voices = [
        ("Ann", "I have a Brightwell at home, it is your kind of mattress."),
        ("Bob", "Brightwell is what the hospital bought."),
        ("Ann", "You can visit a shop of theirs."),
        ("Bob", "The Brightwell in ward two is affordable."),
        ("Ann", "Still, Brightwell went bankrupt after a year."),
    ]
    before = segments_of(*BEFORE, speaker="Ann")
    talk = [
        Segment(index=len(before) + number, start_s=30.0 + 5 * number, end_s=35.0 + 5 * number, text=text, speaker=who)
        for number, (who, text) in enumerate(voices)
    ]
    assert not any(segment.is_ad for segment in mark_ads((*before, *talk)))


@pytest.mark.parametrize("back", ["And now, back to the conversation.", "All right, back to Lucan.", "We're back."])
def test_what_follows_the_return_to_the_show_is_content(back: str) -> None:
    read = (*READS["announced"][:5], back)
    after = (
        "Let us talk about retries, for example.",
        "A service that is too slow gets three times the traffic, for example at night.",
        *AFTER,
    )
    segments = segments_of(*BEFORE, *read, *after, speaker="Host")
    assert {segment.text for segment in mark_ads(segments) if segment.is_ad} == set(read)
    sentences = sentences_of(segments)
    kept_off = {one.text for one, is_off in zip(sentences, quarantine(sentences), strict=True) if is_off}
    assert kept_off == set(read)


def test_the_name_in_an_address_is_not_the_word_that_it_may_be() -> None:
    read = ("Go to lanternfish.example.com and use the code STREET.", "That is lanternfish.example.com.")
    after = ("Take retries, for example.", "A wave of them, for example, stops the service.")
    segments = mark_ads(segments_of(*BEFORE, *read, *after, *AFTER))
    assert {segment.text for segment in segments if segment.is_ad} == set(read)


def test_a_few_seconds_between_two_ads_are_an_ad() -> None:
    between = ("Business is booming.", "Everything is all in one place.", "What a life.")
    segments = mark_ads(segments_of(*BEFORE, *READS["announced"], *between, *READS["inserted"], *AFTER))
    assert set(between) <= {segment.text for segment in segments if segment.is_ad}
    assert not {*BEFORE, *AFTER} & {segment.text for segment in segments if segment.is_ad}


def test_a_written_link_is_no_spoken_address() -> None:
    segments = segments_of(*BEFORE, "She describes it at https://spectrum.example.com/touch in detail.", *AFTER)
    assert not any(segment.is_ad for segment in mark_ads(segments))


def test_a_topic_with_an_address_that_is_spoken_of_all_along_is_no_ad() -> None:
    mentions = [text.replace("The", "Openstreet says that the") for text in (*BEFORE, *AFTER)]
    middle = "You can look at the map on openstreet.org."
    spread = [*mentions * 3, middle, *mentions * 3]
    assert not any(segment.is_ad for segment in mark_ads(segments_of(*spread)))


def test_the_quarantine_keeps_off_what_follows_an_opening() -> None:
    soft = ("Time for a quick break.", "My kitchen has never been so tidy.", "Honestly, it changed my mornings.")
    sentences = sentences_of(segments_of(*BEFORE, *soft, *AFTER))
    kept_off = {one.text for one, is_off in zip(sentences, quarantine(sentences), strict=True) if is_off}
    assert set(soft) <= kept_off
    assert kept_off.isdisjoint(BEFORE)
    assert not any(ad_sentences(sentences))


def test_the_quarantine_ends_where_a_guest_holds_the_floor() -> None:
    host = segments_of(*BEFORE, "We will be back after a quick break.", speaker="Host")
    guest_text = " ".join(AFTER)
    guest = Segment(index=len(host), start_s=60, end_s=120, text=guest_text, speaker="Guest")
    sentences = sentences_of((*host, guest))
    guests = [off for one, off in zip(sentences, quarantine(sentences), strict=True) if one.speaker == "Guest"]
    assert guests
    assert not any(guests)


def test_a_voice_that_only_speaks_in_an_ad_is_kept_off() -> None:
    talk = segments_of(*BEFORE * 6, *READS["announced"], speaker="Host")
    voice = Segment(index=len(talk), start_s=500, end_s=505, text="It just works for me.", speaker="Voice")
    sentences = sentences_of((*talk, voice))
    assert quarantine(sentences)[-1]


def test_marked_segments_are_off_limits_even_without_a_cue() -> None:
    segments = list(segments_of(*BEFORE))
    segments[2] = Segment(index=2, start_s=10, end_s=15, text=BEFORE[2], is_ad=True)
    assert off_limits(segments, sentences_of(segments)) == (False, False, True, False, False, False)


def test_no_words_are_no_ad() -> None:
    assert mark_ads(()) == ()
    assert [one.is_ad for one in mark_ads(segments_of("", "  "))] == [False, False]


def test_every_cue_says_what_it_is_for_and_speaks_for_an_ad() -> None:
    assert len({cue.name for cue in CUES}) == len(CUES)
    assert all(cue.purpose and cue.weight > 0 and cue.most >= 1 for cue in CUES)


@pytest.mark.parametrize(
    ("cue", "sentence"),
    [
        ("opening", "Support for this podcast comes from people like you."),
        ("address", "Read more at lantern dot com."),
        ("call", "Download it and use the promo code STREET."),
        ("legal", "Terms and conditions apply, see the store for details."),
        ("pitch", "A seamless platform for your team."),
        ("break", "We'll be right back."),
        ("housekeeping", "Subscribe wherever you get your podcasts."),
    ],
)
def test_each_cue_hears_its_phrases(cue: str, sentence: str) -> None:
    heard = {one.name for one in CUES if one.pattern.search(sentence)}
    assert cue in heard


def seconds(stamp: str) -> float:
    total = 0.0
    for part in stamp.strip().split(":"):
        total = total * 60 + float(part)
    return total


def verified_spans(truth: str) -> list[tuple[float, float]]:
    starts = [seconds(line[6:]) for line in truth.splitlines() if line.startswith("start:")]
    ends = [seconds(line[4:]) for line in truth.splitlines() if line.startswith("end:")]
    return list(zip(starts, ends, strict=True))


def words(sentence: Sentence) -> int:
    return len(sentence.text.split())


@pytest.mark.real_data
def test_ads_are_found_in_episodes_with_verified_spans() -> None:
    """Most ads here are inserted ones that never say that they are ads: many only name a brand."""
    root = os.environ.get("PODCAST_INSIGHTS_REAL_DATA")
    if not root:
        pytest.skip("set PODCAST_INSIGHTS_REAL_DATA to the folder with real transcripts")
    hit = marked = true = kept_off = lost = content = 0
    for folder in sorted((Path(root) / "transcripts" / "minuspod_ads").iterdir()):
        cues = json.loads((folder / "segments.json").read_text(encoding="utf-8"))
        segments = [
            Segment(index=number, start_s=cue["start"], end_s=cue["end"], text=cue["text"])
            for number, cue in enumerate(cues)
        ]
        spans = verified_spans((folder / "truth.txt").read_text(encoding="utf-8"))
        sentences = sentences_of(segments)
        for one, is_ad, is_off in zip(sentences, ad_sentences(sentences), quarantine(sentences), strict=True):
            middle = (one.start_s + one.end_s) / 2
            is_true = any(start <= middle <= end for start, end in spans)
            hit += words(one) * (is_ad and is_true)
            marked += words(one) * is_ad
            true += words(one) * is_true
            kept_off += words(one) * (is_off and is_true)
            lost += words(one) * (is_off and not is_true)
            content += words(one) * (not is_true)
    print(f"precision {hit / marked:.3f}, recall {hit / true:.3f} of words; quarantine {kept_off / true:.3f}")
    print(f"content lost to the quarantine: {lost / content:.4f}")
    assert hit / marked >= 0.85
    assert hit / true >= 0.9
    assert kept_off / true >= 0.85
    assert lost / content <= 0.03

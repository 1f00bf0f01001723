from dataclasses import replace
from typing import Any

import pytest

from podcast_insights.errors import GoneError, NetworkError, TranscriptError, UnsafeAddressError
from podcast_insights.feeds.values import Enclosure, Episode, EpisodeNotes, TranscriptLink
from podcast_insights.settings import ShowSettings
from podcast_insights.skips import StageResult
from podcast_insights.transcripts.published import best_first, fetch_published
from podcast_insights.transcripts.values import PublisherTranscript, TriedLinks
from podcast_insights_tests.audio.fakes import NOW, DictCache, episode, notes_of
from podcast_insights_tests.transcripts.fakes import WORDS, FakeWeb, vtt
from podcast_insights_tests.transcripts.test_belongs import NOTES, TITLES, talk_of

HOST = "https://example.org"


def link(path: str, media_type: str | None = None, language: str | None = None) -> TranscriptLink:
    return TranscriptLink(url=f"{HOST}/{path}", media_type=media_type, language=language)


class Bench:
    def __init__(self) -> None:
        self.web = FakeWeb()
        self.cache: DictCache[TriedLinks] = DictCache()
        self.show = ShowSettings(url=f"{HOST}/feed", language="en")
        self.listed: tuple[EpisodeNotes, ...] = ()

    def fetch(self, *episodes: Episode) -> StageResult[PublisherTranscript]:
        return fetch_published(
            episodes,
            policies={"show1": self.show},
            web=self.web,
            cache=self.cache,
            listed={"show1": self.listed, "show2": ()}.__getitem__,
            now=NOW,
        )


@pytest.fixture
def bench() -> Bench:
    return Bench()


def episode_with(*links: TranscriptLink, number: int = 1, duration_s: float | None = 600) -> Episode:
    return episode(number, duration_s=duration_s, links=links)


@pytest.mark.parametrize(
    ("links", "language", "order"),
    [
        ([link("a.txt"), link("a.html"), link("a.srt"), link("a.vtt")], None, ["a.vtt", "a.srt", "a.html", "a.txt"]),
        (
            [link("a", "text/plain"), link("b", "application/x-subrip"), link("c", "application/json")],
            None,
            ["c", "b", "a"],
        ),
        (
            [link("a.vtt", language="es"), link("b.srt", language="en-US"), link("c.vtt")],
            "en",
            ["b.srt", "c.vtt", "a.vtt"],
        ),
        ([link("a.vtt"), link("b.json"), link("a.vtt")], None, ["a.vtt", "b.json"]),
        ([link("x"), link("a.txt")], None, ["a.txt", "x"]),
    ],
)
def test_links_are_tried_best_first(links: list[TranscriptLink], language: str | None, order: list[str]) -> None:
    assert [found.url.removeprefix(f"{HOST}/") for found in best_first(links, language)] == order


def test_the_first_trusted_link_is_used_and_the_rest_not_asked(bench: Bench) -> None:
    bench.web.serves(f"{HOST}/a.vtt", vtt(600), "text/vtt")

    (row,) = bench.fetch(episode_with(link("a.html"), link("a.vtt"))).made

    assert (row.is_usable, row.reason, row.format) == (True, "used", "vtt")
    assert row.transcript is not None
    assert (row.transcript.source, row.transcript.engine, row.transcript.source_url) == (
        "publisher",
        "publisher",
        f"{HOST}/a.vtt",
    )
    assert (row.transcript.language, row.transcript.duration_s, row.transcript.made_at) == ("en", 600, NOW)
    assert bench.web.requests == [f"{HOST}/a.vtt"]


def test_each_tried_link_says_what_became_of_it(bench: Bench) -> None:
    bench.web.fails(f"{HOST}/a.vtt", GoneError("410 at a.vtt"))
    bench.web.serves(f"{HOST}/b.vtt", b"%PDF-1.7")
    bench.web.serves(f"{HOST}/c.vtt", vtt(2400))
    bench.web.fails(f"{HOST}/d.srt", UnsafeAddressError("leads to 127.0.0.1"))
    bench.web.serves(f"{HOST}/e.html", vtt(600))

    rows = bench.fetch(
        episode_with(link("a.vtt"), link("b.vtt"), link("c.vtt"), link("d.srt"), link("e.html"), link("f.txt"))
    ).made

    assert [(row.url.removeprefix(f"{HOST}/")[0], row.reason) for row in rows] == [
        ("a", "unreachable"),
        ("b", "unreadable"),
        ("c", "not_trusted"),
        ("d", "unreachable"),
        ("e", "used"),
    ]
    assert [row.is_usable for row in rows] == [False, False, False, False, True]
    assert "a PDF document" in rows[1].message
    assert "40:00" in rows[2].message


def test_a_second_run_asks_nobody(bench: Bench) -> None:
    bench.web.serves(f"{HOST}/a.vtt", vtt(600))
    bench.web.fails(f"{HOST}/b.vtt", GoneError("410"))
    episodes = (episode_with(link("a.vtt")), episode_with(link("b.vtt"), number=2))
    first = bench.fetch(*episodes)
    bench.web.requests.clear()

    assert bench.fetch(*episodes) == first
    assert bench.web.requests == []


def test_a_failure_of_the_network_is_asked_again(bench: Bench) -> None:
    bench.web.fails(f"{HOST}/a.vtt", NetworkError("no answer"))
    result = bench.fetch(episode_with(link("a.vtt")))
    bench.web.serves(f"{HOST}/a.vtt", vtt(600))

    assert [(skip.reason, skip.retryable) for skip in result.skipped] == [("unreachable", True)]
    assert [row.reason for row in result.made] == ["unreachable"]
    assert [row.reason for row in bench.fetch(episode_with(link("a.vtt"))).made] == ["used"]


def test_a_new_link_is_tried(bench: Bench) -> None:
    bench.web.serves(f"{HOST}/a.vtt", b"Transcript coming soon")
    bench.web.serves(f"{HOST}/b.vtt", vtt(600))
    bench.fetch(episode_with(link("a.vtt")))

    assert [row.reason for row in bench.fetch(episode_with(link("b.vtt"))).made] == ["used"]


def test_the_same_text_under_two_episodes_belongs_to_the_earlier(bench: Bench) -> None:
    bench.web.serves(f"{HOST}/a.vtt", vtt(600))
    bench.web.serves(f"{HOST}/b.vtt", vtt(600))

    late, early = bench.fetch(episode_with(link("b.vtt"), number=2), episode_with(link("a.vtt"), number=1)).made

    assert (early.episode_id, early.reason, early.is_usable) == ("episode1", "used", True)
    assert (late.reason, late.is_usable, late.transcript) == ("duplicate_text", False, None)
    assert late.message == "the same text stands under the episode 'Episode 1'"


@pytest.mark.parametrize(
    ("changes", "is_used"),
    [
        ({"show_id": "show2"}, False),
        ({"show_id": "show2", "title": " EPISODE  1"}, True),
        ({"show_id": "show2", "enclosure": Enclosure(url="http://cdn.example.org/episode1.mp3")}, True),
        ({"title": "Episode 1"}, False),
    ],
)
def test_what_two_shows_publish_as_one_episode_keeps_its_text_on_both(
    bench: Bench, changes: dict[str, Any], is_used: bool
) -> None:
    bench.web.serves(f"{HOST}/a.vtt", vtt(600))
    bench.web.serves(f"{HOST}/b.vtt", vtt(600))
    first = replace(episode_with(link("a.vtt")), enclosure=Enclosure(url="https://cdn.example.org/episode1.mp3"))
    again = replace(episode_with(link("b.vtt"), number=2), **changes)

    rows = bench.fetch(first, again).made

    assert [row.reason for row in rows] == ["used", "used" if is_used else "duplicate_text"]


def test_the_words_of_another_episode_are_not_used_also_where_they_were_found_before(bench: Bench) -> None:
    mine, *others = (
        replace(episode_with(link("a.vtt"), number=number), title=title, show_notes=notes)
        for number, (title, notes) in enumerate(zip(TITLES.values(), NOTES.values(), strict=True), start=1)
    )
    names = talk_of("episode2").removeprefix(WORDS)
    bench.web.serves(f"{HOST}/a.vtt", vtt(600) + f"\n10:00.000 --> 10:20.000\n{names}\n".encode())

    (before,) = bench.fetch(mine).made
    bench.listed = tuple(map(notes_of, (mine, *others)))
    (row,) = bench.fetch(mine).made

    assert before.is_usable, "nothing is known of the other episodes"
    assert (row.reason, row.is_usable, row.transcript) == ("another_episode", False, None)
    assert TITLES["episode2"] in row.message
    assert len(bench.web.requests) == 1
    assert [one.is_usable for one in bench.fetch(others[0]).made] == [True]


def test_where_the_best_link_holds_another_episodes_words_the_next_ones_are_tried(bench: Bench) -> None:
    mine, *others = (
        replace(
            episode_with(link("a.vtt"), link("b.srt"), link("c.html"), link("d.txt"), number=number),
            title=title,
            show_notes=notes,
        )
        for number, (title, notes) in enumerate(zip(TITLES.values(), NOTES.values(), strict=True), start=1)
    )
    bench.listed = tuple(map(notes_of, (mine, *others)))

    def talk(name: str) -> bytes:
        names = talk_of(name).removeprefix(WORDS)
        return vtt(600) + f"\n10:00.000 --> 10:20.000\n{names}\n".encode()

    bench.web.serves(f"{HOST}/a.vtt", talk("episode2"))
    bench.web.fails(f"{HOST}/b.srt", GoneError("410"))
    bench.web.serves(f"{HOST}/c.html", talk("episode1"))

    rows = bench.fetch(mine).made

    assert [row.reason for row in rows] == ["another_episode", "unreachable", "used"]
    assert [row.is_usable for row in rows] == [False, False, True]
    assert bench.web.requests == [f"{HOST}/{name}" for name in ("a.vtt", "b.srt", "c.html")]
    assert bench.fetch(mine).made == rows
    assert len(bench.web.requests) == 3, "a second run asks nobody"


def test_a_next_link_that_breaks_in_an_unforeseen_way_is_recorded_and_tried_once(bench: Bench) -> None:
    words = vtt(600)
    bench.web.serves(f"{HOST}/1.vtt", words)
    bench.web.serves(f"{HOST}/2.vtt", words)
    bench.web.fails(f"{HOST}/3.vtt", TranscriptError("broken"))

    result = bench.fetch(episode_with(link("1.vtt"), number=1), episode_with(link("2.vtt"), link("3.vtt"), number=2))

    assert [row.reason for row in result.made] == ["used", "duplicate_text"]
    assert [skip.message for skip in result.skipped] == ["broken"]
    assert len(bench.web.requests) == 3


def test_where_the_text_is_an_earlier_episodes_the_next_link_is_tried_until_there_is_none(bench: Bench) -> None:
    for name in ("a.vtt", "b.vtt", "c.vtt"):
        bench.web.serves(f"{HOST}/{name}", vtt(600))
    bench.web.fails(f"{HOST}/d.vtt", NetworkError("no answer"))
    early = episode_with(link("a.vtt"), number=1)
    late = episode_with(link("b.vtt"), link("c.vtt"), number=2)

    result = bench.fetch(late, early)

    assert [(row.episode_id, row.reason) for row in result.made] == [
        ("episode2", "duplicate_text"),
        ("episode2", "duplicate_text"),
        ("episode1", "used"),
    ]
    with_one_more = replace(late, transcript_links=(*late.transcript_links, link("d.vtt")))
    (skip,) = bench.fetch(with_one_more, early).skipped
    assert (skip.subject_id, skip.reason, skip.retryable) == ("episode2", "unreachable", True)


def test_a_link_without_an_answer_is_asked_again_where_the_next_ones_words_turn_out_to_be_anothers(
    bench: Bench,
) -> None:
    for name in ("a.vtt", "c.srt"):
        bench.web.serves(f"{HOST}/{name}", vtt(600))
    bench.web.fails(f"{HOST}/b.vtt", NetworkError("no answer"))
    early = episode_with(link("a.vtt"), number=1)
    late = episode_with(link("b.vtt"), link("c.srt"), number=2)

    result = bench.fetch(early, late)

    assert [row.reason for row in result.made] == ["used", "unreachable", "duplicate_text"]
    assert [(skip.subject_id, skip.message, skip.retryable) for skip in result.skipped] == [
        ("episode2", "no answer", True)
    ]


def test_a_transcript_in_another_language_is_not_trusted(bench: Bench) -> None:
    from podcast_insights_tests.transcripts.test_verify import SPANISH

    bench.web.serves(f"{HOST}/a.vtt", vtt(600, SPANISH))

    (row,) = bench.fetch(episode_with(link("a.vtt", language="en"))).made

    assert (row.reason, row.format) == ("not_trusted", "vtt")
    assert "another language (es)" in row.message


def test_shows_that_want_whisper_are_left_alone(bench: Bench) -> None:
    bench.show = ShowSettings(url=f"{HOST}/feed", transcripts="whisper")

    assert bench.fetch(episode_with(link("a.vtt")), episode(2)).made == ()
    assert bench.web.requests == []

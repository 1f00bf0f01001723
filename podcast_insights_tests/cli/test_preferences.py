"""The commands by which a reader says what they like, on a small store."""

from dataclasses import replace

import pytest

from podcast_insights.storage.store import Store
from podcast_insights_tests.cli.conftest import Desk
from podcast_insights_tests.storage.examples import DAY, an_insight

KERBS = replace(an_insight("kerbs"), claim="Kerbs [bold]that narrow[/bold] a street slow it.", topics=("streets",))


def store_of(desk: Desk) -> Store:
    return Store(str(desk.path.parent / "data"))


def test_terms_are_followed_muted_and_forgotten(desk: Desk) -> None:
    assert "Insights about heat pumps come first" in desk.runs("follow", " heat   pumps ").output
    assert "Insights about crypto are left out" in desk.runs("mute", "crypto").output
    assert "Insights about crypto come first" in desk.runs("follow", "crypto").output
    said = [(one.kind, one.subject) for one in store_of(desk).preferences.all()]
    assert said == [("follow", "heat pumps"), ("follow", "crypto")]

    assert desk.runs("forget", "crypto").exit_code == 0
    assert [one.subject for one in store_of(desk).preferences.all()] == ["heat pumps"]


def test_a_term_in_another_case_is_the_same_term(desk: Desk) -> None:
    desk.runs("mute", "Crypto")
    desk.runs("follow", "crypto")
    assert [(one.kind, one.subject) for one in store_of(desk).preferences.all()] == [("follow", "crypto")]

    assert desk.runs("forget", "CRYPTO").exit_code == 0
    assert store_of(desk).preferences.all() == ()


@pytest.mark.parametrize(("command", "said"), [("like", "Liked"), ("dislike", "Disliked")])
def test_a_vote_keeps_what_the_insight_was_about(desk: Desk, command: str, said: str) -> None:
    store_of(desk).insights.replace_day(DAY, [KERBS])
    result = desk.runs(command, "kerbs")

    assert f"{said}: {KERBS.claim}" in result.output
    (vote,) = store_of(desk).preferences.all()
    assert (vote.kind, vote.subject, vote.label) == (command, "kerbs", KERBS.claim)
    assert (vote.show_id, vote.topics) == (KERBS.show_id, ("streets",))


def test_memory_shows_what_the_settings_say_and_what_was_said(desk: Desk) -> None:
    desk.writes("digest: {follow: [energy], mute: [crypto]}\n")
    store_of(desk).insights.replace_day(DAY, [KERBS])
    desk.runs("like", "kerbs")
    output = desk.runs("memory").output

    assert "energy" in output
    assert "crypto" in output
    assert "podcasts.yaml" in output
    assert "[bold]that" in output
    assert "100%" in output


def test_where_nothing_is_known_memory_says_how_to_begin(desk: Desk) -> None:
    assert "podcast-insights follow TERM" in desk.runs("memory").output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["like", "nobody"], "there is no insight 'nobody'"),
        (["forget", "energy"], "`podcast-insights memory` lists"),
        (["follow", "  "], "a term has 1 to 100 characters, got 0"),
        (["mute", "x" * 101], "got 101"),
    ],
)
def test_mistakes_are_told_with_what_to_do(desk: Desk, arguments: list[str], message: str) -> None:
    assert message in desk.fails(*arguments)
    assert store_of(desk).preferences.all() == ()


def test_what_is_said_for_a_recipient_is_theirs_and_says_so(desk: Desk) -> None:
    desk.writes("delivery: {recipients: [{address: Ana@example.org, mute: [sports]}]}\n")
    store_of(desk).insights.replace_day(DAY, [KERBS])

    assert "come first for ana@example.org" in desk.runs("follow", "streets", "--for", "ana@example.org").output
    assert "Disliked for Ana@example.org: " in desk.runs("dislike", "kerbs", "--for", "Ana@example.org").output
    desk.runs("mute", "streets")
    said = {(one.recipient, one.kind, one.subject) for one in store_of(desk).preferences.all()}
    assert said == {
        ("ana@example.org", "follow", "streets"),
        ("ana@example.org", "dislike", "kerbs"),
        ("", "mute", "streets"),
    }
    shown = " ".join(desk.runs("memory").output.split())
    assert "all │ mute │ streets" in shown
    assert "sports" in shown

    assert "for ana@example.org" in desk.fails("forget", "nothing", "--for", "ana@example.org")
    assert desk.runs("forget", "streets", "--for", "ana@example.org").exit_code == 0
    assert {(one.recipient, one.kind) for one in store_of(desk).preferences.all()} == {
        ("ana@example.org", "dislike"),
        ("", "mute"),
    }


def test_nobody_who_gets_no_mail_is_spoken_for(desk: Desk) -> None:
    assert "is not in delivery.recipients" in desk.fails("mute", "crypto", "--for", "stranger@example.org")
    assert store_of(desk).preferences.all() == ()


def test_what_was_said_for_somebody_who_left_can_be_forgotten(desk: Desk) -> None:
    desk.writes("delivery: {recipients: [{address: ana@example.org}]}\n")
    desk.runs("mute", "crypto", "--for", "ana@example.org")
    desk.writes("delivery: {recipients: []}\n")

    assert "ana@example.org" in desk.runs("memory").output
    assert desk.runs("forget", "crypto", "--for", "Ana@example.org").exit_code == 0
    assert store_of(desk).preferences.all() == ()

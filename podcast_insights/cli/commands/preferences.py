"""What a reader tells the system: ``follow``, ``mute``, ``like``, ``dislike``, ``forget``; ``memory`` shows it all.

It is stored beside the settings' ``digest.follow`` and ``digest.mute``, and counts from the next digest on; with
``--for``, it is stored beside those of a recipient, and shapes their mail alone.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from podcast_insights.cli.terminal import console, errors_for_people
from podcast_insights.errors import SettingsError
from podcast_insights.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast_insights.digest.values import PreferenceKind
    from podcast_insights.insights.values import Insight
    from podcast_insights.storage.store import Store

app = typer.Typer()
PANEL = "What you like"
MOST_TERM_CHARS = 100

Term = Annotated[str, typer.Argument(help="A topic, a show or a person, such as: energy.")]
For = Annotated[
    str | None,
    typer.Option("--for", metavar="ADDRESS", help="Only for the mail of this recipient, and not for the digest."),
]
InsightId = Annotated[str, typer.Argument(help="The insight's id: the end of its page's address, or from search.")]


@app.command(rich_help_panel=PANEL)
def follow(term: Term, reader: For = None) -> None:
    """Let insights about a topic, a show or a person come first."""
    _say_term("follow", term, reader)


@app.command(rich_help_panel=PANEL)
def mute(term: Term, reader: For = None) -> None:
    """Leave out insights about a topic, a show or a person."""
    _say_term("mute", term, reader)


@app.command(rich_help_panel=PANEL)
def like(insight_id: InsightId, reader: For = None) -> None:
    """Have a little more of an insight's show and topics, for some months."""
    _vote("like", insight_id, reader)


@app.command(rich_help_panel=PANEL)
def dislike(insight_id: InsightId, reader: For = None) -> None:
    """Have a little less of an insight's show and topics, for some months."""
    _vote("dislike", insight_id, reader)


@app.command(rich_help_panel=PANEL)
def forget(
    subject: Annotated[str, typer.Argument(help="A term or an insight's id, as memory shows it.")], reader: For = None
) -> None:
    """Take back what was said of a term or an insight."""
    with errors_for_people():
        # Also of somebody who is no recipient any more.
        if not _store().preferences.forget(subject, recipient=(reader or "").strip().casefold()):
            raise SettingsError(
                f"nothing was said of {subject!r}{_whose(reader)}; `podcast-insights memory` lists what was said, and "
                "what podcasts.yaml says is changed there"
            )
    console.print(f"Forgot {subject}.", markup=False)


@app.command(rich_help_panel=PANEL)
def memory() -> None:
    """Show everything that is known of what you like, and how much of each vote is left."""
    from podcast_insights.digest.memory import vote_strength

    with errors_for_people():
        settings = load_settings()
        said = _store().preferences.all()
    today = datetime.now(UTC).date()
    table = Table("for", "what", "of", "since", "strength", "where")
    wishes = [("all", settings.digest.follow, settings.digest.mute)]
    wishes += [(one.address, one.follow, one.mute) for one in settings.delivery.recipients]
    for reader, follow_terms, mute_terms in wishes:
        for kind, terms in (("follow", follow_terms), ("mute", mute_terms)):
            for term in terms:
                table.add_row(reader, kind, _plain(term), "", "", "podcasts.yaml")
    for one in said:
        strength = f"{vote_strength(one, today):.0%}" if one.kind in ("like", "dislike") else ""
        where = "" if one.subject == one.label else one.subject
        table.add_row(one.recipient or "all", one.kind, _plain(one.label), f"{one.said_at:%Y-%m-%d}", strength, where)
    if table.row_count:
        console.print(table)
    else:
        console.print("Nothing is known yet. Begin with: podcast-insights follow TERM")


def _say_term(kind: "PreferenceKind", term: str, reader: str | None) -> None:
    from podcast_insights.digest.values import Preference

    with errors_for_people():
        written = " ".join(term.split())
        if not written or len(written) > MOST_TERM_CHARS:
            raise SettingsError(f"a term has 1 to {MOST_TERM_CHARS} characters, got {len(written)}")
        _store().preferences.say(
            Preference(
                subject=written,
                kind=kind,
                label=written,
                said_at=datetime.now(UTC),
                recipient=_recipient(reader),
            )
        )
    effect = "come first" if kind == "follow" else "are left out"
    console.print(f"Insights about {written} {effect}{_whose(reader)} from the next digest on.", markup=False)


def _vote(kind: "PreferenceKind", insight_id: str, reader: str | None) -> None:
    from podcast_insights.digest.values import Preference

    with errors_for_people():
        store = _store()
        insight = _insight_of(store, insight_id)
        store.preferences.say(
            Preference(
                subject=insight.insight_id,
                kind=kind,
                label=insight.claim,
                said_at=datetime.now(UTC),
                show_id=insight.show_id,
                topics=insight.topics,
                recipient=_recipient(reader),
            )
        )
    console.print(f"{kind.capitalize()}d{_whose(reader)}: {insight.claim}", markup=False)


def _recipient(reader: str | None) -> str:
    """Return the address of a recipient as it is stored, empty where nobody is named.

    Raises:
        SettingsError: The settings have no such recipient.
    """
    if reader is None:
        return ""
    address = reader.strip().casefold()
    known = {one.address.casefold() for one in load_settings().delivery.recipients}
    if address not in known:
        raise SettingsError(
            f"{reader!r:.80} is not in delivery.recipients, so no mail goes there; without --for it counts for all"
        )
    return address


def _whose(reader: str | None) -> str:
    return f" for {reader}" if reader else ""


def _insight_of(store: "Store", insight_id: str) -> "Insight":
    for insight in _newest_first(store):
        if insight.insight_id == insight_id:
            return insight
    raise SettingsError(
        f"there is no insight {insight_id!r}; its id is the end of its page's address, and `podcast-insights search` "
        "prints it"
    )


def _newest_first(store: "Store") -> "Iterator[Insight]":
    """Yield what was found and what was published: a page outlives its insight where an episode is read again."""
    for day in reversed(store.insights.days()):
        yield from store.insights.of_day(day)
    for day in reversed(store.digests.days()):
        for digest in store.digests.of_days([day]):
            yield from (entry.candidate.insight for entry in digest.entries)


def _store() -> "Store":
    from podcast_insights.storage.store import Store

    return Store(load_settings().storage.base_url)


def _plain(text: str) -> str:
    """Keep what feeds and people wrote from being read as markup."""
    from rich.markup import escape

    return escape(text)

"""What a person must hear of: a digest that is late, a feed that is dying, a run that failed. Decided from values.

Each alert has a key. What was told is not told again while it lasts, and is told anew when it ended and came back. An
alert is read on a phone by somebody who was asleep: its title says what is wrong, its text what to do. No secret is in
it, whatever the failure quoted.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from pydantic import BaseModel, SecretStr

from podcast_insights.delivery.values import OutboxRow
from podcast_insights.delivery.views import counted
from podcast_insights.feeds.health import FeedHealth
from podcast_insights.fingerprints import short_id
from podcast_insights.settings import Settings

TEXT_LENGTH = 2000
# A host may be down for a night; the pause between polls grows, so that this many failures take about a day.
DYING_AFTER_FAILURES = 6
# A mail that was put off is tried again meanwhile.
MAIL_PATIENCE = timedelta(hours=1)
MOST_NAMED = 10
HIDDEN = "***"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One thing that a person must hear of; ``key`` is the same while it lasts.

    Where it is of several, ``whom`` stands for each of them, and one more is told of anew.
    """

    key: str
    title: str
    text: str
    whom: tuple[str, ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """What is remembered when it was told: its key, for each that it is of."""
        return frozenset(f"{self.key}:{one}" for one in self.whom) or frozenset({self.key})


def late_digest(day: date, *, now: datetime) -> Alert:
    """Return the alert for a digest that should be out and is not."""
    return Alert(
        key=f"late:{day.isoformat()}",
        title=f"The digest of {day.isoformat()} is late",
        text=f"There is none at {now:%Y-%m-%d %H:%M} UTC. Look at the runs of digest_job in the Dagster UI; when the "
        f"cause is mended, run 'podcast-insights digest {day.isoformat()} --send'.",
    )


def dying_feeds(health: Sequence[FeedHealth]) -> tuple[Alert, ...]:
    """Return an alert for each feed that will not come back by itself."""
    dying = [
        feed
        for feed in health
        if feed.status in ("gone", "held")
        or (feed.status == "failing" and feed.failures_in_a_row >= DYING_AFTER_FAILURES)
    ]
    # Two shows may have one name; the second is told of, too.
    names = [f"feed:{feed.status}:{feed.name}" for feed in dying]
    keys = [f"{name}:{before}" if (before := names[:n].count(name)) else name for n, name in enumerate(names)]
    return tuple(
        Alert(
            key=key,
            title=f"The feed of {feed.name} is {feed.status}",
            text=f"{feed.problem or 'No reason is known'}."
            + (f" It failed {feed.failures_in_a_row} times in a row." if feed.failures_in_a_row > 1 else "")
            + " 'podcast-insights doctor --feeds' says how all feeds are doing.",
        )
        for key, feed in zip(keys, dying, strict=True)
    )


def stuck_mails(day: date, rows: Sequence[OutboxRow], *, now: datetime) -> Iterator[Alert]:
    """Yield an alert for each way in which mails of an edition got stuck: refused, without an answer, put off for long.

    Args:
        day: The edition.
        rows: Its records in the outbox.
        now: The time.
    """
    late = [row for row in rows if row.changed_at + MAIL_PATIENCE <= now]
    found = {
        "failed": [row for row in rows if row.state == "failed"],
        "sending": [row for row in late if row.state == "sending"],
        "planned": [row for row in rows if row.state == "planned" and row.planned_at + MAIL_PATIENCE <= now],
    }
    edition = f"The digest of {day.isoformat()}"
    titles = {
        "failed": f"{edition} was refused by {{}}",
        "sending": f"{edition} may not have reached {{}}",
        "planned": f"{edition} still waits for {{}}",
    }
    again = f"'podcast-insights mail {day.isoformat()} --resend --to ADDRESS' sends it again to one of them."
    advice = {
        "failed": f"Correct or remove the address in delivery.recipients; {again}",
        "sending": f"The server took it and never answered; if it did not arrive, {again}",
        "planned": "unsent_mail_sensor tries again until tomorrow; 'podcast-insights doctor' tries the mail server.",
    }
    for state, stuck in found.items():
        if stuck:
            named = [f"{row.recipient}: {row.answer or 'not tried yet'}" for row in stuck[:MOST_NAMED]]
            more = [f"... and {len(stuck) - MOST_NAMED} more"] if len(stuck) > MOST_NAMED else []
            yield Alert(
                key=f"mail:{state}:{day.isoformat()}",
                title=titles[state].format(counted(len(stuck), "recipient")),
                text="\n".join([*named, *more, advice[state]]),
                # Hashes, because what was told is shown in the UI.
                whom=tuple(short_id(row.channel, row.recipient) for row in stuck),
            )


def failed_run(job: str, day: str | None, *, run_id: str, reasons: Sequence[str]) -> Alert:
    """Return the alert for a run that failed and is not tried again by itself."""
    about = f"{job} for {day}" if day else job
    return Alert(
        key=f"run:{run_id}",
        title=f"{about} failed",
        text="\n".join([*reasons, f"The run is {run_id}; the Dagster UI shows each step of it."]),
    )


def untold(alerts: Sequence[Alert], told: Collection[str]) -> tuple[Alert, ...]:
    """Return the alerts that nobody was told of since they began."""
    return tuple(alert for alert in alerts if not alert.keys <= set(told))


def without_secrets(alert: Alert, settings: Settings) -> Alert:
    """Return an alert that a message may hold: in whole characters, not too long, without secrets of the settings."""
    hidden = sorted((secret for secret in _secrets(settings) if secret), key=len, reverse=True)

    def clean(text: str) -> str:
        for secret in hidden:
            text = text.replace(secret, HIDDEN)
        # Half of a surrogate pair, which JSON may hold, fits no mail.
        return text.encode("utf-8", "replace").decode()

    title = " ".join(clean(alert.title).split())[:200]
    return replace(alert, title=title, text=clean(alert.text)[:TEXT_LENGTH])


def apprise_urls(settings: Settings) -> tuple[str, ...]:
    """Return the addresses of ``alerts.apprise_urls``."""
    given = settings.alerts.apprise_urls
    return tuple(given.get_secret_value().split()) if given is not None else ()


def _secrets(settings: Settings) -> tuple[str, ...]:
    return (*_held(settings), *apprise_urls(settings), *settings.secret_urls.values())


def _held(section: BaseModel) -> Iterator[str]:
    """Yield every secret in a section of the settings and in those inside it, so that a new one is hidden, too."""
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, SecretStr):
            yield value.get_secret_value()
        elif isinstance(value, BaseModel):
            yield from _held(value)

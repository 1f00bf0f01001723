"""The stage ``delivery``: what readers receive, the page and the mail."""

from dataclasses import replace

import dagster as dg
from pydantic import Field

from podcast_insights.days import day_of
from podcast_insights.defs.assets.digest import daily_digest, related_insights
from podcast_insights.defs.failures import RETRY_POLICY, as_dagster_failure
from podcast_insights.defs.metadata import OWNERS, markdown_table, stage_metadata, table_schema
from podcast_insights.defs.partitions import day_of_run
from podcast_insights.defs.resources import ClockResource, SenderResource, SettingsResource, StoreResource
from podcast_insights.defs.run_tags import BACKFILL
from podcast_insights.web.redact import mask_mail


class MailConfig(dg.Config):
    """What one run sends."""

    send_past_editions: bool = False
    """Send also the editions of past days and in backfills, to those who did not get them."""
    resend: bool = False
    """Send again to those who have it already; recorded in the outbox."""
    only: list[str] = Field(default=[])
    """Send to these addresses alone; to everybody, where it is empty."""


@dg.asset(group_name="delivery", kinds={"html"}, owners=OWNERS, deps=[related_insights], retry_policy=RETRY_POLICY)
def digest_site(settings: SettingsResource, store: StoreResource) -> dg.MaterializeResult[None]:
    """One file per page of the site: days, insights, shows, episodes, topics, search, feeds, and data for programs.

    Only what changed is made and written, each file atomically and the front page last.
    """
    from podcast_insights.delivery.contents import contents_of
    from podcast_insights.delivery.publish import publish
    from podcast_insights.delivery.site import site_files

    with as_dagster_failure():
        contents = contents_of(
            store.digests.all(),
            related=store.related_insights.by_insight(),
            chapters=store.chapters.by_episode(),
            settings=settings.delivery,
            zone=settings.digest.zone,
        )
        folder = store.site_folder(settings.delivery.publish_to)
        report = publish(site_files(contents), folder)
    return dg.MaterializeResult(
        metadata=stage_metadata(
            len(report.written) + len(report.unchanged),
            made=report.made,
            written=len(report.written),
            unchanged=len(report.unchanged),
            removed=len(report.removed),
            page=dg.MetadataValue.path(str(folder / "index.html")),
        )
    )


@dg.asset(
    group_name="delivery",
    kinds={"email"},
    owners=OWNERS,
    deps=[daily_digest, digest_site],
    retry_policy=RETRY_POLICY,
    metadata=table_schema("outbox"),
)
def digest_mail(
    context: dg.AssetExecutionContext,
    config: MailConfig,
    settings: SettingsResource,
    store: StoreResource,
    sender: SenderResource,
    clock: ClockResource,
) -> dg.MaterializeResult[None]:
    """One row per recipient of the day's edition (`edition_date`, `channel`, `recipient`): sent once.

    Without a mail server, each mail is a file that opens in a mail program. A second run sends nothing again; past
    days and backfills send nothing unless asked (`send_past_editions`).
    """
    from podcast_insights.delivery.editions import is_current_edition, unsent, wanted_recipients
    from podcast_insights.delivery.outbox import deliver
    from podcast_insights.operations.timetable import sends_at
    from podcast_insights.quality.record import require_checked

    day = day_of_run(context)
    now = clock()
    with as_dagster_failure():
        due_at = sends_at(day, settings.digest)
        is_current = is_current_edition(day, today=day_of(now, settings.digest.zone), due_at=due_at, now=now)
        is_backfill = BACKFILL in context.run.tags
        if not config.send_past_editions and (is_backfill or not is_current):
            why = "it is a backfill" if is_backfill else "the day is past"
            return dg.MaterializeResult(metadata={"sent": 0, "why": f"Nothing is sent unless asked, because {why}."})
        require_checked(store.warehouse, ["digest_entries"], day)
        digest = store.digests.of_day(day)
        if digest is None:
            raise dg.Failure(
                f"There is no digest of {day.isoformat()} yet: materialize daily_digest for it first.",
                allow_retries=False,
            )
        rows = deliver(
            digest,
            recipients=wanted_recipients(settings.delivery.recipients, config.only),
            settings=settings.delivery,
            store=store.outbox,
            sender=sender,
            now=clock,
            resend=config.resend,
            said=store.preferences.all(),
        )
        store.outbox.export(store.warehouse)
        # All of the edition, not only those of this run: who is left out of it may still wait for theirs.
        listed = {recipient.address.casefold() for recipient in settings.delivery.recipients}
        edition = [
            row for row in store.outbox.of_edition(day) if row.channel == sender.channel and row.recipient in listed
        ]
        store.skipped.replace("mail", day, unsent(edition), now=clock())
    # Whoever may look at the UI need not know who gets mail.
    shown = [replace(row, recipient=mask_mail(row.recipient), answer=mask_mail(row.answer or "")) for row in rows]
    listing = [{"recipient": row.recipient, "state": row.state, "answer": row.answer} for row in shown]
    return dg.MaterializeResult(
        metadata=stage_metadata(
            len(rows), unsent(shown), sent=sum(row.state == "sent" for row in rows), mails=markdown_table(listing)
        )
    )

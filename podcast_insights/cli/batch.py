"""``podcast-insights backfill --batch``: the questions about all days in one batch, before the days are made.

First the days are made as far as their transcripts, then everything that no answer is known to is asked at once, at the
batch's price and pace. After that the days are made as always.
"""

import time
from collections.abc import Sequence
from contextlib import closing
from datetime import date

from rich.console import Console

from podcast_insights.cli.run_days import DAY_ASSETS, Days
from podcast_insights.defs.resources import utc_now
from podcast_insights.errors import LLMError, SettingsError
from podcast_insights.insights.batch import BatchClient, Body, NoBatchesError
from podcast_insights.insights.make import llm_extractor
from podcast_insights.operations.batches import BatchReport, BatchRun, DayToAsk, unanswered
from podcast_insights.quality.quarantine import OF_EPISODES, set_aside
from podcast_insights.settings import Settings
from podcast_insights.storage.store import Store
from podcast_insights.web.openai_server import OPENAI_URL

AS_FAR_AS_TRANSCRIPTS = DAY_ASSETS[: DAY_ASSETS.index("insights")]
POLL_EVERY_S = 30.0


def require_batches(settings: Settings) -> None:
    """Refuse a batch where no language model would be asked.

    Raises:
        SettingsError: No model is set.
    """
    if settings.insights.chosen_extractor != "llm":
        raise SettingsError("--batch needs a language model; set insights.model.")


def ask_in_batch(
    console: Console, settings: Settings, days: Days, wanted: Sequence[date], *, poll_every_s: float = POLL_EVERY_S
) -> None:
    """Make the transcripts of days, and have what they ask of the model answered in a batch.

    What goes wrong with the batch is said, and costs nothing but its discount: the days ask what is left.

    Raises:
        SettingsError: The server does not accept the key.
    """
    for day in wanted:
        days.run("digest_job", day, label=f"Transcripts of {day}", assets=AS_FAR_AS_TRANSCRIPTS)
    store = Store(settings.storage.base_url)
    try:
        report = answer_days(console, settings, store, wanted, poll_every_s=poll_every_s)
    except NoBatchesError as error:
        console.print(f"Asking directly: {error}", style="yellow", markup=False)
    except LLMError as error:
        console.print(f"The batch is not finished, asking directly what is left: {error}", style="yellow", markup=False)
    else:
        over = f"; {report.over_cap} are over the caps of their days" if report.over_cap else ""
        console.print(f"Batch: {report.answered} of {report.asked} questions answered{over}.", markup=False)


def answer_days(
    console: Console, settings: Settings, store: Store, wanted: Sequence[date], *, poll_every_s: float
) -> BatchReport:
    """Ask what is open about days in batches, wait for the answers and keep them.

    Raises:
        NoBatchesError: The server has no batch API.
        LLMError: The server gives no answer; the subclass says why.
        SettingsError: The server does not accept the key.
    """
    requests: dict[str, Body] = {}
    over_cap = 0
    with closing(llm_extractor(settings.insights, now=utc_now, kept=store.kept_answers)) as extractor:
        for day in wanted:
            asked = _day_to_ask(store, day)
            found, over = unanswered(asked, extractor=extractor, store=store, settings=settings.insights)
            requests |= found
            over_cap += over
    with closing(BatchClient(settings.insights)) as client:
        run = BatchRun(
            store,
            client,
            server=settings.insights.base_url or OPENAI_URL,
            wait=lambda: time.sleep(poll_every_s),
            tell=lambda line: console.print(line, style="dim", markup=False),
        )
        answered = run.ask(requests)
    return BatchReport(asked=len(requests), answered=answered, over_cap=over_cap)


def _day_to_ask(store: Store, day: date) -> DayToAsk:
    show_titles = {show.show_id: show.title or show.name for show in store.catalog.shows()}
    episodes = [item.episode for item in store.episodes.of_day(day)]
    broken = set_aside(store.warehouse, OF_EPISODES, day)
    return DayToAsk(
        day=day,
        transcripts=[one for one in store.transcripts.of_day(day) if one.episode_id not in broken],
        titles={one.episode_id: (show_titles.get(one.show_id, ""), one.title) for one in episodes},
        calls=store.llm_calls.of_day(day),
    )

"""Past days from the command line: which ones, what they will cost, and making them in order, as often as interrupted.

A backfill that was stopped is started again with the same words: finished work is not done twice, and with
``--only-missing`` finished days are not even looked at.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rich.console import Console

from podcast_insights.audio.values import GB_BYTES
from podcast_insights.cli.batch import ask_in_batch, require_batches
from podcast_insights.cli.refresh import outdated_by_day
from podcast_insights.cli.run_days import DAY_ASSETS, Days, check_day, has_unseen_episodes, print_digest, tell_feeds
from podcast_insights.days import day_of, days_until
from podcast_insights.errors import SettingsError
from podcast_insights.insights.embed import ALL_EPISODES
from podcast_insights.insights.values import LLMCall
from podcast_insights.operations.estimate import Estimate, estimate, measured
from podcast_insights.operations.retries import NEEDED_STAGES, skipped_items, unfinished_episodes
from podcast_insights.settings import Settings, dagster_home, load_settings, require_shows
from podcast_insights.storage.store import Store

# What is measured over more days than these is not more true.
MEASURED_DAYS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which days are asked for: from ``first`` to ``last``, all of them or only those that need it.

    ``in_batch`` has the language model asked in a batch, where the server has such.
    """

    first: date
    last: date
    only_missing: bool = False
    only_outdated: bool = False
    in_batch: bool = False


def make_digests(console: Console, wish: Wish) -> bool:
    """Make the digests of the days wished for in order and publish them; return whether everything worked.

    Raises:
        SettingsError: The days cannot be made as they are asked for, or the settings have mistakes.
    """
    settings = _checked(wish)
    wanted = _wanted(wish, settings)
    if wish.in_batch:
        require_batches(settings)
    if not wanted:
        console.print("Nothing is left to do on these days.")
        return True
    days = Days(console, settings, home=dagster_home())
    done = 0
    try:
        with days.working(len(wanted) * (2 if wish.in_batch else 1) + 2):
            runs = [days.run("digest_job", wanted[0], label="Feeds", assets=["feeds"]), *days.catch_up(wanted[0])]
            if wish.in_batch:
                ask_in_batch(console, settings, days, wanted)
            for day in wanted:
                runs.append(days.run("digest_job", day, label=str(day), assets=DAY_ASSETS))
                done += 1
            runs.append(days.run("publish_job", None, label="Pages"))
    except KeyboardInterrupt:
        console.print(
            f"Stopped after {done} of {len(wanted)} days. What is finished is kept: run the same command again to go "
            "on, with --only-missing to leave finished days out."
        )
        return False
    tell_feeds(console, settings)
    print_digest(console, settings, wanted[-1])
    return all(run.is_success for run in runs)


def print_estimate(console: Console, wish: Wish) -> None:
    """Ask the feeds that are due, as the backfill would, and print what it would cost; start nothing else.

    Raises:
        SettingsError: The days cannot be made as they are asked for, or the settings have mistakes.
    """
    from podcast_insights.defs.resources import utc_now

    settings = _checked(wish)
    store = Store(settings.storage.base_url)
    days = Days(console, settings, home=dagster_home())
    with days.working(1):
        days.run("digest_job", wish.last, label="Feeds", assets=["feeds"])
    tell_feeds(console, settings)
    wanted = _wanted(wish, settings)
    found = estimated(settings, store, wanted, now=utc_now())
    for line in estimate_lines(found, settings, days=len(wanted)):
        console.print(line, markup=False)


def estimated(settings: Settings, store: Store, days: Sequence[date], *, now: datetime) -> Estimate:
    """Return what is left to do on days, by what is known now."""
    from podcast_insights.feeds.decide import decide_episodes
    from podcast_insights.feeds.follow import settings_by_show

    policies = settings_by_show(settings.shows, store.catalog.shows())
    uses_model = settings.insights.chosen_extractor == "llm"
    models = {settings.insights.model, settings.insights.judge.model}
    past = store.transcripts.days()[-MEASURED_DAYS:]
    took = measured(
        [one for day in past for one in store.transcripts.of_day(day)],
        [call for day in past for call in store.llm_calls.of_day(day) if call.model in models and is_about_one(call)],
        whisper_model=settings.transcription.model,
    )
    outdated = {one.episode_id for ones in outdated_by_day(settings, store).values() for one in ones}
    decided = [item for day in days for item in decide_episodes(store.catalog.episodes_of_day(day), policies, now=now)]
    transcribed = {one.episode_id for day in days for one in store.transcripts.of_day(day)} - outdated
    paid = {
        call.episode_id
        for day in days
        for call in store.llm_calls.of_day(day)
        if call.model in models and is_about_one(call)
    }
    # A cap, or a server without an answer, left these open; they will be read.
    unread = {row["subject_id"] for day in days for row in store.skipped.of("insights", day)}
    return estimate(
        [item.episode for item in decided if item.decision == "process"],
        transcribed=transcribed,
        extracted=(paid & transcribed) - unread,
        policies=policies,
        measured=took,
        uses_model=uses_model,
    )


def is_about_one(call: LLMCall) -> bool:
    """Whether a call read one episode: those about many tell nothing about the next."""
    return call.episode_id != ALL_EPISODES


def estimate_lines(found: Estimate, settings: Settings, *, days: int) -> Iterator[str]:
    """Yield an estimate in sentences."""
    yield f"Days: {days}. Episodes that feeds list now: {found.episodes}."
    hours = found.audio_s / 3600
    download_gb = found.download_bytes / GB_BYTES
    yield f"To hear: {found.to_hear}, {hours:.1f} hours of audio, {download_gb:.2f} GB by their feeds."
    wanted = settings.transcription
    where = f"Whisper {wanted.model} on {wanted.device}" if wanted.engine == "whisper" else f"{wanted.model}"
    if found.compute_s is None:
        yield f"Time for it: not known, because {where} has heard nothing yet; make one day first."
    else:
        minutes = found.compute_s / 60
        yield f"Time for it: about {minutes:.0f} minutes of compute with {where}, by what was heard so far."
    if wanted.engine == "openai" and wanted.usd_per_minute is not None:
        cost_usd = found.audio_s / 60 * wanted.usd_per_minute
        yield f"Transcription server: about {cost_usd:.2f} USD by transcription.usd_per_minute."
    if settings.insights.chosen_extractor == "embedded":
        yield "Language model: none, so no calls and no money."
        return
    asked, cap = settings.insights, settings.insights.max_usd_per_day
    caps = f"at most {asked.max_calls_per_day * days} calls by insights.max_calls_per_day"
    if asked.prompt_usd_per_million is None or asked.completion_usd_per_million is None:
        caps += "; money has no cap without insights.prompt_usd_per_million and insights.completion_usd_per_million"
    elif cap is not None:
        caps += f", {cap * days:g} USD by insights.max_usd_per_day"
    if found.calls is None:
        yield f"Language model: episodes to read: {found.to_extract}; cost not known, as none was read yet; {caps}."
    else:
        usd = "money not known without prices" if found.usd is None else f"about {found.usd:.2f} USD"
        yield f"Language model: episodes to read: {found.to_extract}, about {found.calls:.0f} calls, {usd}; {caps}."


def _checked(wish: Wish) -> Settings:
    """Return the settings, by which the days that are wished for can be made."""
    from podcast_insights.defs.resources import utc_now

    settings = load_settings()
    require_shows(settings)
    for day in (wish.first, wish.last):
        check_day(day, settings, today=day_of(utc_now(), settings.digest.zone))
    if wish.last < wish.first:
        raise SettingsError(
            f"The last day {wish.last} is before the first day {wish.first}; give the earlier day as --from."
        )
    return settings


def _wanted(wish: Wish, settings: Settings) -> tuple[date, ...]:
    """Return the days that are wished for, by what is known now."""
    store = Store(settings.storage.base_url)
    days = tuple(days_until(wish.first, wish.last))
    if wish.only_outdated:
        outdated = outdated_by_day(settings, store)
        days = tuple(day for day in days if day in outdated)
    if wish.only_missing:
        made = frozenset(store.digests.days())
        days = tuple(day for day in days if not is_finished(store, day, made=made))
    return days


def is_finished(store: Store, day: date, *, made: Collection[date]) -> bool:
    """Whether a day has its digest, lists no episode that no run has looked at, and waits for nothing."""
    if day not in made or has_unseen_episodes(store, day):
        return False
    return not unfinished_episodes(
        skipped_items(row for stage in NEEDED_STAGES for row in store.skipped.of(stage, day))
    )

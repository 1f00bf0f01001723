"""The insight stage: transcripts of a day in, insights per episode out, each finished episode kept at once.

Which extractor works is decided from the settings; how it works is its own file. One episode that fails is recorded
and costs the others nothing. A second run finds every finished episode in the cache and makes no call.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from rapidfuzz import fuzz

from podcast_insights.errors import LLMBudgetError, QuotaUsedUpError, SettingsError
from podcast_insights.fingerprints import ResultCache
from podcast_insights.insights.batch import PaidAnswers
from podcast_insights.insights.budget import Budget, Prices
from podcast_insights.insights.extract_embedded import EmbeddedExtractor
from podcast_insights.insights.extract_llm import LLMExtractor
from podcast_insights.insights.identity import insights_fingerprint
from podcast_insights.insights.judge import Judge
from podcast_insights.insights.llm import ChatClient
from podcast_insights.insights.turning_words import denials_in
from podcast_insights.insights.values import EpisodeInsights, ExtractorName, Insight, KeptAnswer, LLMCall
from podcast_insights.settings import InsightSettings, JudgeSettings
from podcast_insights.skips import StageResult, each_or_skip
from podcast_insights.transcripts.values import Transcript

# One lost noun changes an embedding a lot and a set of words little: the same point twice is seen by its words.
SAME_WORDS_SCORE = 90.0
SAME_TIME_RATIO = 0.5


class Extractor(Protocol):
    """What finds the insights of one transcript."""

    @property
    def name(self) -> ExtractorName:
        """Which kind of extractor it is."""

    @property
    def calls(self) -> tuple[LLMCall, ...]:
        """Every call to a language model so far, those of failed episodes too."""

    def fingerprint_parts(self) -> Mapping[str, object]:
        """Return what, beside the transcript, decides the result."""

    def extract(self, transcript: Transcript, *, show_title: str, episode_title: str, limit: int) -> EpisodeInsights:
        """Return at most ``limit`` insights of a transcript, best first."""

    def close(self) -> None:
        """Release what the extractor holds."""


def build_extractor(
    settings: InsightSettings,
    *,
    now: Callable[[], datetime],
    spent: Sequence[LLMCall] = (),
    answers: ResultCache[str] | None = None,
    kept: ResultCache[KeptAnswer] | None = None,
) -> Extractor:
    """Return the extractor that the settings choose.

    Args:
        settings: Which extractor, and what it may spend on one day's partition.
        now: The clock.
        spent: The calls that earlier runs made for the same partition: they count.
        answers: What batches have answered.
        kept: What was answered to single calls, and where their answers are kept.
    """
    if settings.chosen_extractor == "embedded":
        return EmbeddedExtractor()
    return llm_extractor(settings, now=now, spent=spent, answers=answers, kept=kept)


def llm_extractor(
    settings: InsightSettings,
    *,
    now: Callable[[], datetime],
    spent: Sequence[LLMCall] = (),
    answers: ResultCache[str] | None = None,
    kept: ResultCache[KeptAnswer] | None = None,
) -> LLMExtractor:
    """Return the extractor that asks the configured model; the arguments are those of ``build_extractor``."""
    budget = day_budget(settings, spent)
    judge = connect_judge(settings, now=now, budget=budget)
    return LLMExtractor(
        _client(settings, _model_of(settings), budget=budget, now=now, answers=answers),
        context_tokens=settings.context_tokens,
        max_output_tokens=settings.max_output_tokens,
        judge=Judge(judge) if judge else None,
        kept=kept,
    )


def connect(
    settings: InsightSettings,
    *,
    now: Callable[[], datetime],
    spent: Sequence[LLMCall] = (),
) -> ChatClient:
    """Return the client of the configured model, with what is left of the day's budget.

    Raises:
        SettingsError: No model is set.
    """
    return _client(settings, _model_of(settings), budget=day_budget(settings, spent), now=now)


def connect_judge(
    settings: InsightSettings, *, now: Callable[[], datetime], budget: Budget | None = None
) -> ChatClient | None:
    """Return the client of the model that judges, or None where none is set; without a budget it has a day's."""
    if settings.judge.model is None:
        return None
    return _client(
        settings, settings.judge.model, prices=settings.judge, budget=budget or day_budget(settings, ()), now=now
    )


def _model_of(settings: InsightSettings) -> str:
    if settings.model is None:
        raise SettingsError("no language model is set; set insights.model")
    return settings.model


def _client(
    settings: InsightSettings,
    model: str,
    *,
    budget: Budget,
    now: Callable[[], datetime],
    prices: InsightSettings | JudgeSettings | None = None,
    answers: ResultCache[str] | None = None,
) -> ChatClient:
    priced = prices or settings
    return ChatClient(
        model=model,
        base_url=settings.base_url,
        api_key=settings.api_key.get_secret_value() if settings.api_key else None,
        max_output_tokens=settings.max_output_tokens,
        timeout_s=settings.timeout_s,
        budget=budget,
        prices=Prices(
            prompt_usd_per_million=priced.prompt_usd_per_million,
            completion_usd_per_million=priced.completion_usd_per_million,
        ),
        now=now,
        paid=PaidAnswers(answers, price_ratio=settings.batch_price_ratio) if answers is not None else None,
    )


def day_budget(settings: InsightSettings, spent: Sequence[LLMCall]) -> Budget:
    """Return what is left of a day's caps after the calls that were made for it, whatever they were made for."""
    return Budget(
        max_calls=settings.max_calls_per_day,
        max_usd=settings.max_usd_per_day,
        spent_calls=len(spent),
        spent_usd=sum(call.cost_usd or 0.0 for call in spent),
    )


def make_insights(
    transcripts: Sequence[Transcript],
    *,
    titles: Mapping[str, tuple[str, str]],
    extractor: Extractor,
    cache: ResultCache[EpisodeInsights],
    limit: int,
    workers: int,
) -> StageResult[EpisodeInsights]:
    """Return the insights of each transcript, in the order of the transcripts, and what was skipped.

    Args:
        transcripts: What to read.
        titles: The show's and the episode's title by episode id; they only serve the model.
        extractor: What finds the insights.
        cache: Where each finished episode is kept as soon as it is finished.
        limit: How many insights an episode may give.
        workers: How many episodes are worked on at once, where the extractor waits for a server.

    Raises:
        SettingsError: The server does not accept the key or the model.
        StorageFullError: A result could not be kept.
    """

    def work(transcript: Transcript) -> EpisodeInsights:
        fingerprint = insights_fingerprint(transcript, extractor.fingerprint_parts(), limit)
        if (finished := cache.get(fingerprint)) is not None:
            return finished
        show_title, episode_title = titles.get(transcript.episode_id, ("", ""))
        found = extractor.extract(transcript, show_title=show_title, episode_title=episode_title, limit=limit)
        result = without_repeats(found, transcript.language)
        cache.put(fingerprint, result)
        return result

    with _started(transcripts, work, workers if extractor.name == "llm" else 1) as results:
        stage = each_or_skip(
            results, lambda pair: pair[1](), stage="insights", ids=lambda pair: (pair[0].show_id, pair[0].episode_id)
        )
    skipped = tuple(
        # Asking again at once is no use, but the day is tried again: where the cap or quota is raised, it goes on.
        replace(skip, retryable=True) if skip.reason in (LLMBudgetError.code, QuotaUsedUpError.code) else skip
        for skip in stage.skipped
    )
    return StageResult(stage.made, skipped)


@contextmanager
def _started(
    transcripts: Sequence[Transcript], work: Callable[[Transcript], EpisodeInsights], workers: int
) -> Iterator[list[tuple[Transcript, Callable[[], EpisodeInsights]]]]:
    """Give each transcript with what returns its result: in threads, or here and in order where there is one worker."""
    if workers <= 1:
        yield [(transcript, lambda transcript=transcript: work(transcript)) for transcript in transcripts]  # type: ignore[misc]
        return
    pool = ThreadPoolExecutor(workers, thread_name_prefix="insights")
    try:
        yield [(transcript, pool.submit(work, transcript).result) for transcript in transcripts]
    finally:
        pool.shutdown(cancel_futures=True)


def all_calls(
    earlier: Sequence[LLMCall], made: Sequence[EpisodeInsights], now_made: Sequence[LLMCall]
) -> tuple[LLMCall, ...]:
    """Return every call that was made for a day, once: by earlier runs, for kept results, and by this run."""
    calls = {call.call_id: call for call in earlier}
    calls |= {call.call_id: call for episode in made for call in episode.calls}
    calls |= {call.call_id: call for call in now_made}
    return tuple(sorted(calls.values(), key=lambda call: (call.called_at, call.call_id)))


def without_repeats(found: EpisodeInsights, language: str | None) -> EpisodeInsights:
    """Leave out each insight that repeats a better one of the same episode, and count it.

    Args:
        found: The insights of an episode.
        language: What its transcript is in.
    """
    kept: list[Insight] = []
    for insight in sorted(found.insights, key=lambda one: (-one.value_ratio, one.start_s)):
        if not any(_is_repeat(insight, other, language) for other in kept):
            kept.append(insight)
    repeats = len(found.insights) - len(kept)
    if not repeats:
        return found
    survivors = tuple(insight for insight in found.insights if insight in kept)
    return replace(found, insights=survivors, refused=tuple(sorted((*found.refused, ("repeat", repeats)))))


def _is_repeat(one: Insight, other: Insight, language: str | None) -> bool:
    common_s = min(one.end_s, other.end_s) - max(one.start_s, other.start_s)
    shorter_s = min(one.end_s - one.start_s, other.end_s - other.start_s)
    if shorter_s > 0 and common_s >= SAME_TIME_RATIO * shorter_s:
        return True
    if fuzz.token_set_ratio(one.claim.lower(), other.claim.lower()) < SAME_WORDS_SCORE:
        return False
    # All words of "it helps" are in "it never helps".
    return denials_in(one.claim, language) == denials_in(other.claim, language)

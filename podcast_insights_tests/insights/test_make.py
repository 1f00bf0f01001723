from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from podcast_insights.errors import SettingsError
from podcast_insights.insights.extract_embedded import EmbeddedExtractor, extract
from podcast_insights.insights.extract_llm import LLMExtractor
from podcast_insights.insights.make import Extractor, build_extractor, make_insights, without_repeats
from podcast_insights.insights.values import EpisodeInsights
from podcast_insights.settings import InsightSettings
from podcast_insights.skips import StageResult
from podcast_insights.transcripts.values import Transcript
from podcast_insights_tests.insights.fakes import FakeModelServer, MemoryCache, client_of, proposal
from podcast_insights_tests.insights.samples import talk, transcript_of

SAID = "the number that matters is how many people use each space"
OTHER = "Drivers change lanes more often when lanes are wide"
DAY = tuple(transcript_of(talk(), episode_id=f"ep-{number}") for number in range(4))
TITLES = {one.episode_id: ("Street and Grid", f"Title of {one.episode_id}") for one in DAY}


def make(
    extractor: Extractor,
    cache: MemoryCache[EpisodeInsights] | None = None,
    transcripts: tuple[Transcript, ...] = DAY,
    workers: int = 1,
) -> StageResult[EpisodeInsights]:
    cache = MemoryCache() if cache is None else cache
    return make_insights(transcripts, titles=TITLES, extractor=extractor, cache=cache, limit=8, workers=workers)


@pytest.fixture
def llm(server: FakeModelServer) -> Iterator[LLMExtractor]:
    extractor = LLMExtractor(client_of(server), context_tokens=32_768, max_output_tokens=400)
    yield extractor
    extractor.close()


def test_every_transcript_gives_its_insights_in_order() -> None:
    result = make(EmbeddedExtractor())
    assert [one.episode_id for one in result.made] == [one.episode_id for one in DAY]
    assert all(one.insights for one in result.made)
    assert result.skipped == ()


@pytest.mark.parametrize("workers", [1, 4])
def test_a_second_run_makes_no_call(server: FakeModelServer, llm: LLMExtractor, workers: int) -> None:
    server.answers(proposal(SAID))
    cache: MemoryCache[EpisodeInsights] = MemoryCache()
    first = make(llm, cache, workers=workers)
    calls = len(server.requests)
    assert calls == len(DAY)
    assert make(llm, cache, workers=workers) == first
    assert len(server.requests) == calls
    assert {one.fingerprint for one in first.made} == set(cache.items)


def test_titles_reach_the_model(server: FakeModelServer, llm: LLMExtractor) -> None:
    server.answers(proposal(SAID))
    make(llm)
    assert "Show: Street and Grid\nEpisode: Title of ep-0" in server.prompts[0]


def test_one_failing_episode_is_recorded_and_the_others_go_on(server: FakeModelServer, llm: LLMExtractor) -> None:
    server.answers(proposal(SAID)).refuses().breaks().answers(proposal(OTHER))
    cache: MemoryCache[EpisodeInsights] = MemoryCache()
    result = make(llm, cache)
    assert [one.episode_id for one in result.made] == ["ep-0", "ep-3"]
    assert [(one.subject_id, one.stage, one.reason, one.retryable) for one in result.skipped] == [
        ("ep-1", "insights", "llm_refused", False),
        ("ep-2", "insights", "llm_unavailable", True),
    ]
    assert len(cache.items) == 2
    assert [call.status for call in llm.calls] == ["answered", "llm_refused", "llm_unavailable", "answered"]


def test_a_finished_episode_is_kept_before_the_next_one_fails(server: FakeModelServer, llm: LLMExtractor) -> None:
    server.answers(proposal(SAID)).rejects_the_key()
    cache: MemoryCache[EpisodeInsights] = MemoryCache()
    with pytest.raises(SettingsError, match="OPENAI_API_KEY"):
        make(llm, cache)
    assert len(cache.items) == 1


@pytest.mark.parametrize("workers", [1, 4])
def test_beyond_the_cap_every_episode_is_left_for_later(server: FakeModelServer, workers: int) -> None:
    server.answers(proposal(SAID))
    extractor = LLMExtractor(client_of(server, max_calls=1), context_tokens=32_768, max_output_tokens=400)
    result = make(extractor, workers=workers)
    extractor.close()
    assert len(result.made) == 1
    assert [(one.reason, one.retryable) for one in result.skipped] == [("llm_budget", True)] * 3
    assert len(server.requests) == 1


def test_without_quota_every_episode_is_left_for_later(server: FakeModelServer, llm: LLMExtractor) -> None:
    server.answers(proposal(SAID)).is_out_of_quota()
    result = make(llm)
    assert len(result.made) == 1
    assert [(one.reason, one.retryable) for one in result.skipped] == [("llm_quota", True)] * 3
    assert len(server.requests) == 2


def test_the_same_point_twice_is_kept_once(server: FakeModelServer, llm: LLMExtractor) -> None:
    claim = "Count the people who use a parking space each day."
    server.answers(
        proposal(SAID, claim=claim, is_news=False),
        proposal(f"but {SAID}", claim="What matters about parking is its turnover."),
        proposal(OTHER, claim=claim.lower()),
    )
    result = make(llm, transcripts=DAY[:1])
    (episode,) = result.made
    assert [one.quote for one in episode.insights] == [f"but {SAID}", OTHER]
    assert ("repeat", 1) in episode.refused


def test_different_points_are_no_repeats() -> None:
    found = extract(DAY[0], limit=8)
    assert without_repeats(found, "en") == found
    first = found.insights[0]
    doubled = replace(found, insights=(*found.insights, replace(first, insight_id="again")))
    assert len(without_repeats(doubled, "en").insights) == len(found.insights)


@pytest.mark.parametrize(
    ("language", "claim", "other", "is_repeat"),
    [
        ("en", "Publishing the turnover helps a city.", "Publishing the turnover never helps a city.", False),
        ("en", "Publishing the turnover helps a city.", "Publishing the turnover doesn’t help a city.", False),
        ("en", "Publishing the turnover never helps a city.", "Publishing turnover never helps any city.", True),
        ("en", "Publishing the turnover helps a city.", "Publishing the turnover helps a city a lot.", True),
        ("de", "Den Umsatz zu nennen hilft der Stadt.", "Den Umsatz zu nennen hilft der Stadt nicht.", False),
        ("de", "Publishing the turnover helps a city.", "Publishing the turnover never helps a city.", False),
        (None, "Publishing the turnover helps a city.", "Publishing the turnover never helps a city.", False),
    ],
)
def test_two_claims_that_differ_by_a_denial_are_no_repeats(
    language: str | None, claim: str, other: str, is_repeat: bool
) -> None:
    found = extract(DAY[0], limit=2)
    one, two = found.insights
    pair = replace(found, insights=(replace(one, claim=claim), replace(two, claim=other)))
    assert (len(without_repeats(pair, language).insights) == 1) is is_repeat


def test_the_settings_choose_the_extractor() -> None:
    now = lambda: datetime(2026, 11, 9, tzinfo=UTC)  # noqa: E731
    assert isinstance(build_extractor(InsightSettings(), now=now), EmbeddedExtractor)
    settings = InsightSettings(model="parrot-1", api_key=SecretStr("key"), base_url="http://127.0.0.1:9/v1")
    extractor = build_extractor(settings, now=now)
    assert isinstance(extractor, LLMExtractor)
    assert extractor.fingerprint_parts()["model"] == "parrot-1"
    extractor.close()
    forced = InsightSettings(extractor="embedded", model="parrot-1", api_key=SecretStr("key"))
    assert isinstance(build_extractor(forced, now=now), EmbeddedExtractor)


def test_another_model_or_transcript_is_another_fingerprint(server: FakeModelServer, llm: LLMExtractor) -> None:
    server.answers(proposal(SAID))
    made = make(llm).made + make(EmbeddedExtractor()).made
    assert len({one.fingerprint for one in made}) == 2 * len(DAY)

"""What a backfill will cost, from values: what is counted, what was measured, and what is not guessed."""

import dataclasses
from typing import Any

import pytest

from podcast_insights.feeds.values import Episode
from podcast_insights.insights.values import LLMCall
from podcast_insights.operations.estimate import ASSUMED_DURATION_S, Estimate, Measured, estimate, measured
from podcast_insights.settings import ShowSettings
from podcast_insights.transcripts.values import Transcript
from podcast_insights_tests.storage.examples import NOW, a_transcript, an_episode

HEARD = an_episode("heard", transcript_links=(), duration_s=1800)
PUBLISHED = an_episode("published", duration_s=3600)
KNOWN = Measured(real_time_factor=0.5, calls_per_episode=4, usd_per_episode=0.02)


def estimated(*episodes: Episode, policy: Any = "auto", **given: Any) -> Estimate:
    policies = {"show1": ShowSettings(url="https://example.org/feed", transcripts=policy)}
    values = {"transcribed": (), "extracted": (), "measured": KNOWN, "uses_model": True} | given
    return estimate(episodes, policies=policies, **values)


@pytest.mark.parametrize(
    ("episodes", "given", "expected"),
    [
        ((), {}, (0, 0.0, 0.0, 0, 0.0, 0.0)),
        ((HEARD, PUBLISHED), {}, (1, 1800.0, 900.0, 2, 8.0, 0.04)),
        ((HEARD, PUBLISHED), {"policy": "whisper"}, (2, 5400.0, 2700.0, 2, 8.0, 0.04)),
        ((HEARD, PUBLISHED), {"policy": "publisher"}, (0, 0.0, 0.0, 2, 8.0, 0.04)),
        ((HEARD,), {"transcribed": {"heard"}}, (0, 0.0, 0.0, 1, 4.0, 0.02)),
        ((HEARD,), {"extracted": {"heard"}}, (1, 1800.0, 900.0, 0, 0.0, 0.0)),
        ((HEARD,), {"uses_model": False}, (1, 1800.0, 900.0, 0, 0.0, 0.0)),
        (
            (dataclasses.replace(HEARD, duration_s=None),),
            {},
            (1, ASSUMED_DURATION_S, ASSUMED_DURATION_S / 2, 1, 4.0, 0.02),
        ),
        ((dataclasses.replace(HEARD, enclosure=None),), {}, (0, 0.0, 0.0, 1, 4.0, 0.02)),
    ],
)
def test_what_is_left_is_counted(
    episodes: tuple[Episode, ...], given: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    found = estimated(*episodes, **given)

    assert (found.to_hear, found.audio_s, found.compute_s, found.to_extract, found.calls, found.usd) == expected


def test_what_was_never_measured_is_not_guessed() -> None:
    found = estimated(HEARD, measured=Measured(real_time_factor=None, calls_per_episode=None, usd_per_episode=None))

    assert (found.compute_s, found.calls, found.usd) == (None, None, None)
    assert (found.audio_s, found.download_bytes) == (1800, 12345)


def a_heard(duration_s: float, factor: float | None, **changes: Any) -> Transcript:
    return dataclasses.replace(a_transcript(), duration_s=duration_s, real_time_factor=factor, **changes)


def a_call(episode_id: str, cost_usd: float | None) -> LLMCall:
    return LLMCall(
        call_id="c",
        episode_id=episode_id,
        purpose="extract",
        model="m",
        status="ok",
        prompt_tokens=1,
        completion_tokens=1,
        cached_tokens=0,
        cost_usd=cost_usd,
        duration_s=1,
        called_at=NOW,
    )


def test_long_episodes_weigh_more_and_other_models_nothing() -> None:
    transcripts = [
        a_heard(3000, 0.2),
        a_heard(1000, 0.6),
        a_heard(1000, 9.0, model="large-v3"),
        a_heard(1000, 9.0, source="publisher"),
        a_heard(1000, None),
    ]
    calls = [a_call("a", 0.01), a_call("a", 0.02), a_call("b", None)]

    assert measured(transcripts, calls, whisper_model="base") == Measured(
        real_time_factor=pytest.approx(0.3), calls_per_episode=1.5, usd_per_episode=pytest.approx(0.03)
    )
    assert measured([], calls[2:], whisper_model="base").usd_per_episode is None
    assert measured([], [], whisper_model="base") == Measured(
        real_time_factor=None, calls_per_episode=None, usd_per_episode=None
    )

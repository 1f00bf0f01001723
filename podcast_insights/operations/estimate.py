"""What a backfill will cost before it begins: hours of audio to hear, minutes of compute, calls and money.

A decision on what is known: the episodes that feeds list, what was transcribed and paid before, and what that took on
this machine. What was never measured is not guessed; the estimate says so. Episodes whose publisher offers a transcript
are counted as not heard, which is too few where that transcript cannot be trusted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from podcast_insights.feeds.values import Episode
from podcast_insights.insights.values import LLMCall
from podcast_insights.settings import ShowSettings
from podcast_insights.transcripts.values import Transcript

# Where the feed does not say how long an episode is.
ASSUMED_DURATION_S = 45 * 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What work took so far: compute per second of audio, and per episode calls and money; None where unknown."""

    real_time_factor: float | None
    calls_per_episode: float | None
    usd_per_episode: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What is left to do; ``None`` where nothing was measured that it could be told from."""

    episodes: int
    to_hear: int
    audio_s: float
    download_bytes: int
    compute_s: float | None
    to_extract: int
    calls: float | None
    usd: float | None


def measured(transcripts: Sequence[Transcript], calls: Sequence[LLMCall], *, whisper_model: str) -> Measured:
    """Return what earlier days tell: the factor by the configured Whisper model, the calls of all episodes.

    Args:
        transcripts: Transcripts of earlier days.
        calls: The calls of those days to the language model that is configured.
        whisper_model: The model that will hear.
    """
    heard = [
        one for one in transcripts if one.source == "whisper" and one.model == whisper_model and one.real_time_factor
    ]
    heard_s = sum(one.duration_s for one in heard)
    compute_s = sum(one.duration_s * (one.real_time_factor or 0.0) for one in heard)
    episodes = len({call.episode_id for call in calls})
    # Calls from before there were prices say nothing of money.
    priced = [call for call in calls if call.cost_usd is not None]
    return Measured(
        real_time_factor=compute_s / heard_s if heard_s else None,
        calls_per_episode=len(calls) / episodes if episodes else None,
        usd_per_episode=sum(call.cost_usd or 0.0 for call in priced) / len({call.episode_id for call in priced})
        if priced
        else None,
    )


def estimate(
    episodes: Sequence[Episode],
    *,
    transcribed: Collection[str],
    extracted: Collection[str],
    policies: Mapping[str, ShowSettings],
    measured: Measured,
    uses_model: bool,
) -> Estimate:
    """Return what processing episodes will cost.

    Args:
        episodes: The episodes that will be processed.
        transcribed: The ids of those whose transcript is there and stays.
        extracted: The ids of those whose insights are there and stay.
        policies: The settings of each show, by its id.
        measured: What such work took so far.
        uses_model: Whether a language model finds the insights.
    """
    unheard = [
        episode for episode in episodes if episode.episode_id not in transcribed and _is_heard(episode, policies)
    ]
    audio_s = sum(episode.duration_s or ASSUMED_DURATION_S for episode in unheard)
    to_extract = sum(episode.episode_id not in extracted for episode in episodes) if uses_model else 0
    factor, calls, usd = measured.real_time_factor, measured.calls_per_episode, measured.usd_per_episode
    return Estimate(
        episodes=len(episodes),
        to_hear=len(unheard),
        audio_s=audio_s,
        download_bytes=sum((one.enclosure.length_bytes or 0) for one in unheard if one.enclosure),
        compute_s=0.0 if not unheard else None if factor is None else audio_s * factor,
        to_extract=to_extract,
        calls=0.0 if not to_extract else None if calls is None else to_extract * calls,
        usd=0.0 if not to_extract else None if usd is None else to_extract * usd,
    )


def _is_heard(episode: Episode, policies: Mapping[str, ShowSettings]) -> bool:
    show = policies.get(episode.show_id)
    policy = show.transcripts if show else "auto"
    if policy == "publisher" or episode.enclosure is None:
        return False
    return policy == "whisper" or not episode.transcript_links

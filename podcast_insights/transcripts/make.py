"""One transcript for each episode: the publisher's where it can be trusted, else what the engine hears.

Which of the two is a decision on values; the engine is slow, so its finished transcripts are kept under everything
that made them. A stored file is heard only as it was downloaded: one that was damaged since is removed, and the next
run downloads it again. Advertisements are marked at the end, on either kind.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from podcast_insights.audio.sources import Blobs
from podcast_insights.audio.values import AudioFile
from podcast_insights.errors import DamagedAudioError, OutOfTimeError, StorageError
from podcast_insights.feeds.values import Episode
from podcast_insights.fingerprints import ResultCache, fingerprint_of
from podcast_insights.settings import ShowSettings
from podcast_insights.skips import Skip, StageResult, each_or_skip
from podcast_insights.transcripts.ads import mark_ads
from podcast_insights.transcripts.engines import Recognition, SpeechEngine
from podcast_insights.transcripts.values import PublisherTranscript, RecognisedWindow, Segment, Transcript, Verdict
from podcast_insights.transcripts.verify import VERIFY_VERSION, verify

# Called with the episode's id, the seconds of its audio that are done, and how many there are in all.
EpisodeProgress = Callable[[str, float, float], None]
OutOfTime = Callable[[], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """The collaborators of one call, for the functions that do one episode."""

    published: Mapping[str, PublisherTranscript]
    audio: Mapping[str, AudioFile]
    failed_audio: frozenset[str]
    policies: Mapping[str, ShowSettings]
    engine: SpeechEngine
    blobs: Blobs
    cache: ResultCache[Transcript]
    windows: ResultCache[RecognisedWindow]
    now: datetime
    progress: EpisodeProgress | None
    out_of_time: OutOfTime


def make_transcripts(
    episodes: Sequence[Episode],
    *,
    published: Mapping[str, PublisherTranscript],
    audio: Mapping[str, AudioFile],
    failed_audio: frozenset[str] = frozenset(),
    policies: Mapping[str, ShowSettings],
    engine: SpeechEngine,
    blobs: Blobs,
    cache: ResultCache[Transcript],
    windows: ResultCache[RecognisedWindow],
    now: datetime,
    progress: EpisodeProgress | None = None,
    out_of_time: OutOfTime = lambda: False,
) -> StageResult[Transcript]:
    """Return the transcript of each episode, and the reason for each that gets none.

    Args:
        episodes: What to transcribe.
        published: The usable publisher's transcript of an episode, by its id.
        audio: The stored audio of an episode, by its id.
        failed_audio: The ids of the episodes whose audio could not be had; that is on record, and not recorded again.
        policies: The settings of each show, by its id.
        engine: What recognises speech where no publisher's transcript is used.
        blobs: Where the audio lies.
        cache: Transcripts that the engine finished before.
        windows: Windows that the engine finished before.
        now: When this is done.
        progress: Called as the engine goes on.
        out_of_time: Whether no more may be recognised; what is finished is used, and what is begun goes on later.
    """
    making = _Making(
        published=published,
        audio=audio,
        failed_audio=failed_audio,
        policies=policies,
        engine=engine,
        blobs=blobs,
        cache=cache,
        windows=windows,
        now=now,
        progress=progress,
        out_of_time=out_of_time,
    )
    result = each_or_skip(
        episodes,
        lambda episode: _made(episode, making),
        stage="transcripts",
        ids=lambda episode: (episode.show_id, episode.episode_id),
    )
    return StageResult(
        tuple(item for item in result.made if isinstance(item, Transcript)),
        (*result.skipped, *(item for item in result.made if isinstance(item, Skip))),
    )


def is_recognised(
    episode: Episode,
    audio: AudioFile,
    *,
    show: ShowSettings | None,
    engine: SpeechEngine,
    cache: ResultCache[Transcript],
) -> bool:
    """Whether the engine has heard an episode's audio before, so that the file is needed no more."""
    return cache.get(_fingerprint(episode, audio, show, engine.for_show(show))) is not None


def fitted(transcript: Transcript, audio: AudioFile | None) -> Transcript:
    """Return a transcript with the audio's own duration; times that were spread are spread over that."""
    if audio is None:
        return transcript
    duration_s = audio.probe.duration_s
    if transcript.has_times or transcript.duration_s <= 0:
        return replace(transcript, duration_s=duration_s)
    scale = duration_s / transcript.duration_s
    segments = tuple(
        replace(segment, start_s=round(segment.start_s * scale, 3), end_s=round(segment.end_s * scale, 3))
        for segment in transcript.segments
    )
    return replace(transcript, duration_s=duration_s, segments=segments)


def with_ads(transcript: Transcript) -> Transcript:
    """Return a transcript with its advertisements marked; its fingerprint is of the words, the times and the marks."""
    segments = mark_ads(transcript.segments)
    marks = [segment.index for segment in segments if segment.is_ad]
    fingerprint = fingerprint_of({"words": transcript.fingerprint, "duration_s": transcript.duration_s, "ads": marks})
    return replace(transcript, segments=segments, fingerprint=fingerprint)


def _made(episode: Episode, making: _Making) -> Transcript | Skip | None:
    show = making.policies.get(episode.show_id)
    policy = show.transcripts if show else "auto"
    audio = making.audio.get(episode.episode_id)
    language = show.language if show else None
    refusal = "the publisher has no transcript that can be used"
    candidate = making.published.get(episode.episode_id) if policy != "whisper" else None
    if candidate is not None and candidate.transcript is not None:
        transcript = fitted(candidate.transcript, audio)
        verdict = _judged(transcript, language)
        if verdict.is_trusted:
            # The publisher's audio may have had advertisements that ours has not: no quote lies past the end.
            last_s = max(segment.end_s for segment in transcript.segments)
            return with_ads(replace(transcript, duration_s=max(transcript.duration_s, last_s)))
        refusal = f"the publisher's transcript cannot be trusted: {verdict.explain()}"
    if policy == "publisher":
        return _skip(episode, "no_usable_transcript", f"{refusal}, and the show's setting transcripts is publisher")
    if audio is None and episode.episode_id in making.failed_audio:
        return None
    if audio is None:
        return _skip(episode, "no_audio", f"{refusal}, and there is no audio to recognise")
    # The day's other shows keep the engine of the settings.
    return _recognised(episode, audio, show, replace(making, engine=making.engine.for_show(show)))


def _recognised(episode: Episode, audio: AudioFile, show: ShowSettings | None, making: _Making) -> Transcript | Skip:
    language = show.language if show else None
    fingerprint = _fingerprint(episode, audio, show, making.engine)
    kept = making.cache.get(fingerprint)
    if kept is None:
        recognition = _heard(episode, audio, language, making)
        kept = _transcript(episode, recognition, language, fingerprint, making)
        verdict = _judged(kept, language)
        if not verdict.is_trusted:
            return _unbelievable(episode, verdict)
        making.cache.put(fingerprint, kept)
    return with_ads(kept)


def _fingerprint(episode: Episode, audio: AudioFile, show: ShowSettings | None, engine: SpeechEngine) -> str:
    return fingerprint_of(
        {
            "episode_id": episode.episode_id,
            "audio": audio.sha256,
            "engine": engine.name,
            "model": engine.model,
            "language": show.language if show else None,
            "rules": VERIFY_VERSION,
        }
        | ({"vocabulary": show.vocabulary} if show and show.vocabulary else {})
        | dict(engine.options)
    )


def _heard(episode: Episode, audio: AudioFile, language: str | None, making: _Making) -> Recognition:
    report = making.progress

    def tell(done_s: float, all_s: float) -> None:
        if report is not None:
            report(episode.episode_id, done_s, audio.probe.duration_s)
        if done_s < all_s:
            _require_time(episode, making)

    _require_time(episode, making)
    try:
        with making.blobs.local(audio.blob_key) as path:
            _require_as_downloaded(path, audio, making)
            return making.engine.transcribe(
                path, episode_id=episode.episode_id, language=language, windows=making.windows, progress=tell
            )
    except OSError as error:
        raise StorageError(f"The audio of episode {episode.episode_id} cannot be read: {error}") from error


def _require_as_downloaded(path: Path, audio: AudioFile, making: _Making) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != audio.sha256:
        making.blobs.remove(audio.blob_key)
        raise DamagedAudioError(
            f"The stored audio of episode {audio.episode_id} is no longer what was downloaded; it was removed, and the "
            "next run of its day downloads it again"
        )


def _require_time(episode: Episode, making: _Making) -> None:
    if making.out_of_time():
        raise OutOfTimeError(
            f"Episode {episode.episode_id} was not transcribed to its end before the run's time was over; the next run "
            "of its day goes on with it (digest.wait_minutes is how long a digest waits)"
        )


def _transcript(
    episode: Episode, recognition: Recognition, language: str | None, fingerprint: str, making: _Making
) -> Transcript:
    duration_s = recognition.duration_s
    return Transcript(
        episode_id=episode.episode_id,
        show_id=episode.show_id,
        source="whisper",
        engine=making.engine.name,
        model=making.engine.model,
        language=language or recognition.language,
        source_url=None,
        has_times=recognition.has_times,
        duration_s=duration_s,
        segments=recognition.segments,
        fingerprint=fingerprint,
        real_time_factor=round(recognition.compute_s / duration_s, 4) if duration_s > 0 else None,
        cost_usd=recognition.cost_usd,
        made_at=making.now,
    )


def _judged(transcript: Transcript, language: str | None) -> Verdict:
    segments: Sequence[Segment] = transcript.segments
    return verify(
        segments,
        has_times=transcript.has_times,
        duration_s=transcript.duration_s,
        declared_language=language,
        is_heard=transcript.source == "whisper",
    )


def _unbelievable(episode: Episode, verdict: Verdict) -> Skip:
    is_empty = any(code == "empty" for code, _ in verdict.problems)
    if is_empty:
        return _skip(episode, "no_speech", "no speech was recognised in the audio")
    return _skip(episode, "not_trusted", f"what was recognised cannot be trusted: {verdict.explain()}")


def _skip(episode: Episode, reason: str, message: str) -> Skip:
    return Skip(
        stage="transcripts",
        show_id=episode.show_id,
        subject_id=episode.episode_id,
        reason=reason,
        message=message,
        retryable=False,
    )

"""The transcripts that publishers link in their feeds: fetched, read, verified, best first.

A feed may list several files for an episode. They are tried in the order in which they are most likely to be the best,
and the first that can be trusted is used; where its text turns out to be another episode's, the next ones are tried.
What became of each is a row that a person can look at. An answer for good is kept, so a second run asks nobody; a
failure of the network is not, so the next run tries again.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from pathlib import PurePosixPath
from typing import Protocol
from urllib.parse import urlsplit

from podcast_insights.errors import (
    NetworkError,
    RefusedError,
    TooLargeError,
    TranscriptError,
    UnsafeAddressError,
)
from podcast_insights.feeds.values import Episode, EpisodeNotes, TranscriptLink
from podcast_insights.fingerprints import ResultCache, fingerprint_of
from podcast_insights.settings import ShowSettings
from podcast_insights.skips import Skip, StageResult, each_in_parallel
from podcast_insights.transcripts.formats import MAX_BYTES, PARSER_VERSION, ParsedTranscript, parse_transcript
from podcast_insights.transcripts.languages import primary_language
from podcast_insights.transcripts.owners import ANOTHERS, without_duplicates, without_foreign
from podcast_insights.transcripts.values import PublisherTranscript, Transcript, TriedLinks
from podcast_insights.transcripts.verify import VERIFY_VERSION, verify

TIMEOUT_S = 60.0
MAX_LINKS = 12

_RANK_BY_TYPE = {"vtt": 0, "json": 0, "srt": 1, "subrip": 1, "html": 2, "plain": 3, "markdown": 3}
_RANK_BY_SUFFIX = {".vtt": 0, ".json": 0, ".srt": 1, ".html": 2, ".htm": 2, ".txt": 3, ".md": 3}
_UNKNOWN_RANK = 4

# An episode with those of its links that are to be tried.
_Asked = tuple[Episode, Sequence[TranscriptLink]]


class Answer(Protocol):
    """What a request was answered."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The answer's headers."""

    @property
    def body(self) -> bytes:
        """The answer's body."""


class Web(Protocol):
    """Where links lead: ``web.WebClient``."""

    def get(self, url: str, *, headers: Mapping[str, str] | None = None, max_bytes: int, timeout_s: float) -> Answer:
        """Return what ``url`` answers."""


def fetch_published(
    episodes: Sequence[Episode],
    *,
    policies: Mapping[str, ShowSettings],
    web: Web,
    cache: ResultCache[TriedLinks],
    listed: Callable[[str], Sequence[EpisodeNotes]],
    now: datetime,
    workers: int = 8,
) -> StageResult[PublisherTranscript]:
    """Return one row for each transcript link that was tried, with the transcript where it is usable.

    Args:
        episodes: Whose links are tried; shows with the policy ``whisper`` are left out.
        policies: The settings of each show, by its id.
        web: Where links lead.
        cache: What was found before.
        listed: What is said of all episodes of a show, by its id: it tells whose words a transcript holds.
        now: When this is done.
        workers: How many episodes are fetched for at once.
    """
    wanted = [episode for episode in episodes if episode.transcript_links and _policy(policies, episode) != "whisper"]
    places = {episode.episode_id: place for place, episode in enumerate(wanted)}
    rows: tuple[PublisherTranscript, ...] = ()
    skipped: list[Skip] = []
    open_ids: set[str] = set()
    asked: list[_Asked] = [(episode, _links(episode, policies)) for episode in wanted]
    while asked:
        tried = each_in_parallel(
            asked,
            lambda one: _tried_links(one, policies.get(one[0].show_id), web, cache, now),
            workers=workers,
            stage="publisher_transcripts",
            ids=lambda one: (one[0].show_id, one[0].episode_id),
        )
        skipped += tried.skipped
        open_ids |= {links.episode_id for links in tried.made if not links.is_final}
        found = without_foreign([row for links in tried.made for row in links.rows], wanted, listed)
        rows = without_duplicates((*rows, *found), wanted)
        failed = {skip.subject_id for skip in tried.skipped}
        asked = [one for one in _left_to_try(rows, wanted, policies) if one[0].episode_id not in failed]
    in_order = sorted(rows, key=lambda row: places[row.episode_id])
    return StageResult(
        tuple(in_order), (*skipped, *_unanswered(in_order, open_ids - {skip.subject_id for skip in skipped}))
    )


def best_first(links: Sequence[TranscriptLink], language: str | None) -> tuple[TranscriptLink, ...]:
    """Return the links in the order to try them: the show's language first, then formats with times and speakers."""
    wanted = primary_language(language)

    def order(link: TranscriptLink) -> tuple[int, int]:
        stated = primary_language(link.language)
        if stated is None or wanted is None:
            return (1, _format_rank(link))
        return (0 if stated == wanted else 2, _format_rank(link))

    distinct = {link.url: link for link in reversed(links)}
    return tuple(sorted((link for link in links if distinct.get(link.url) is link), key=order)[:MAX_LINKS])


def _left_to_try(
    rows: Sequence[PublisherTranscript], episodes: Sequence[Episode], policies: Mapping[str, ShowSettings]
) -> Iterator[_Asked]:
    """Yield the episodes whose last link that was tried holds another's text, with the links that follow it."""
    last = {row.episode_id: row for row in rows}
    for episode in episodes:
        row = last.get(episode.episode_id)
        if row is not None and row.reason in ANOTHERS:
            links = _links(episode, policies)
            urls = [link.url for link in links]
            if left := links[urls.index(row.url) + 1 :]:
                yield episode, left


def _links(episode: Episode, policies: Mapping[str, ShowSettings]) -> tuple[TranscriptLink, ...]:
    show = policies.get(episode.show_id)
    return best_first(episode.transcript_links, show.language if show else None)


def _policy(policies: Mapping[str, ShowSettings], episode: Episode) -> str:
    show = policies.get(episode.show_id)
    return show.transcripts if show else "auto"


def _format_rank(link: TranscriptLink) -> int:
    subtype = (link.media_type or "").split(";")[0].rsplit("/", 1)[-1].removeprefix("x-").lower()
    suffix = PurePosixPath(urlsplit(link.url).path).suffix.lower()
    return min(_RANK_BY_TYPE.get(subtype, _UNKNOWN_RANK), _RANK_BY_SUFFIX.get(suffix, _UNKNOWN_RANK))


def _tried_links(
    asked: _Asked, show: ShowSettings | None, web: Web, cache: ResultCache[TriedLinks], now: datetime
) -> TriedLinks:
    episode, links = asked
    language = show.language if show else None
    is_all = len(links) == len(best_first(episode.transcript_links, language))
    fingerprint = fingerprint_of(
        {
            "episode_id": episode.episode_id,
            "links": [(link.url, link.media_type, link.language) for link in episode.transcript_links],
            "language": language,
            "duration_s": episode.duration_s,
            "rules": (PARSER_VERSION, VERIFY_VERSION),
        }
        | ({} if is_all else {"left": [link.url for link in links]})
    )
    kept = cache.get(fingerprint)
    if kept is not None:
        return kept
    rows: list[PublisherTranscript] = []
    is_final = True
    for link in links:
        row, is_answered = _tried(episode, link, language, web, now)
        rows.append(row)
        is_final = is_final and is_answered
        if row.is_usable:
            break
    tried = TriedLinks(episode_id=episode.episode_id, rows=tuple(rows), is_final=is_final)
    if is_final:
        cache.put(fingerprint, tried)
    return tried


def _tried(
    episode: Episode, link: TranscriptLink, language: str | None, web: Web, now: datetime
) -> tuple[PublisherTranscript, bool]:
    """Return what became of one link, and whether that is an answer for good."""
    row = PublisherTranscript(
        episode_id=episode.episode_id,
        show_id=episode.show_id,
        url=link.url,
        format=None,
        is_usable=False,
        reason="unreachable",
        message="",
    )
    try:
        answer = web.get(link.url, max_bytes=MAX_BYTES, timeout_s=TIMEOUT_S)
    except (NetworkError, RefusedError, TooLargeError, UnsafeAddressError) as error:
        return replace(row, message=str(error)), not error.retryable
    media_type = next((value for name, value in answer.headers.items() if name.lower() == "content-type"), None)
    try:
        parsed = parse_transcript(answer.body, media_type=media_type, url=link.url, duration_s=episode.duration_s)
    except TranscriptError as error:
        return replace(row, reason="unreadable", message=str(error)), True
    row = replace(row, format=parsed.format)
    verdict = verify(
        parsed.segments,
        has_times=parsed.has_times,
        duration_s=episode.duration_s,
        declared_language=language or link.language,
    )
    if not verdict.is_trusted:
        return replace(row, reason="not_trusted", message=verdict.explain()), True
    transcript = _transcript(episode, link, parsed, answer.body, language, now)
    return replace(row, is_usable=True, reason="used", message="it is used", transcript=transcript), True


def _transcript(
    episode: Episode,
    link: TranscriptLink,
    parsed: ParsedTranscript,
    body: bytes,
    language: str | None,
    now: datetime,
) -> Transcript:
    return Transcript(
        episode_id=episode.episode_id,
        show_id=episode.show_id,
        source="publisher",
        engine="publisher",
        model=None,
        language=language or link.language or parsed.language,
        source_url=link.url,
        has_times=parsed.has_times,
        # A feed's word on the duration may be shorter than what was said, and no quote may lie past the end.
        duration_s=max(episode.duration_s or 0.0, parsed.segments[-1].end_s),
        segments=parsed.segments,
        fingerprint=fingerprint_of(
            {
                "url": link.url,
                "body": hashlib.sha256(body).hexdigest(),
                "duration_s": episode.duration_s,
                "rules": PARSER_VERSION,
            }
        ),
        made_at=now,
    )


def _unanswered(rows: Sequence[PublisherTranscript], open_ids: Collection[str]) -> Iterator[Skip]:
    """Yield a record for each episode without a transcript of which the network may have hidden one (``open_ids``)."""
    for episode_id, group in groupby(rows, key=lambda row: row.episode_id):
        tried = list(group)
        if episode_id in open_ids and not any(row.is_usable for row in tried):
            yield Skip(
                stage="publisher_transcripts",
                show_id=tried[0].show_id,
                subject_id=episode_id,
                reason="unreachable",
                message="; ".join(row.message for row in tried if row.reason == "unreachable"),
                retryable=True,
            )

"""Which episode each of a day's transcripts belongs to, judged over all of them: one text is of one episode at most."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from podcast_insights.feeds.values import Episode, EpisodeNotes
from podcast_insights.transcripts.belongs import foreign_words, nearest_in_time, said_words, telling_words, text_about
from podcast_insights.transcripts.values import PublisherTranscript
from podcast_insights.transcripts.verify import text_fingerprint

ANOTHERS = {"another_episode", "duplicate_text"}


def without_foreign(
    rows: Sequence[PublisherTranscript], episodes: Sequence[Episode], listed: Callable[[str], Sequence[EpisodeNotes]]
) -> tuple[PublisherTranscript, ...]:
    """Return the rows, no longer usable where the words are those of another episode.

    It is judged in each run, not kept with the answer: the feed may say more of an episode later.
    """
    published_at = {episode.episode_id: episode.published_at for episode in episodes}
    shows = {row.show_id: listed(row.show_id) for row in rows if row.transcript is not None}
    return tuple(
        row if row.transcript is None else _unless_foreign(row, shows[row.show_id], published_at[row.episode_id])
        for row in rows
    )


def without_duplicates(
    rows: Sequence[PublisherTranscript], episodes: Sequence[Episode]
) -> tuple[PublisherTranscript, ...]:
    """Return the rows with a text that an earlier episode has too no longer usable: it can belong to one at most."""
    published_at = {episode.episode_id: (episode.published_at, episode.episode_id) for episode in episodes}
    titles = {episode.episode_id: episode.title for episode in episodes}
    first: dict[str, str] = {}
    refused: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: published_at[row.episode_id]):
        if row.transcript is not None:
            owner = first.setdefault(text_fingerprint(row.transcript.segments), row.episode_id)
            if owner != row.episode_id:
                refused[row.episode_id] = owner
    return tuple(
        replace(
            row,
            is_usable=False,
            transcript=None,
            reason="duplicate_text",
            message=f"the same text stands under the episode {titles[refused[row.episode_id]]!r:.120}",
        )
        if row.is_usable and row.episode_id in refused
        else row
        for row in rows
    )


def _unless_foreign(row: PublisherTranscript, show: Sequence[EpisodeNotes], at: datetime) -> PublisherTranscript:
    near = {episode.episode_id: episode for episode in nearest_in_time(show, at)}
    reason = foreign_words(
        said_words(row.transcript.segments if row.transcript else ()),
        episode_id=row.episode_id,
        telling=telling_words({key: text_about(episode) for key, episode in near.items()}),
        titles={key: episode.title for key, episode in near.items()},
    )
    return replace(row, is_usable=False, transcript=None, reason="another_episode", message=reason) if reason else row

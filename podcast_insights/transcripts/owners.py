"""Which episode each of a day's transcripts belongs to, judged over all of them.

One text is of one episode at most, but for one that two shows publish: a guest's interview, or a network's special.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from podcast_insights.feeds.identity import normalised_url
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
    """Return the rows with a text that an earlier episode has too no longer usable: it can belong to one at most.

    The same episode on another show keeps it; hearing its audio would give the same words.
    """
    by_id = {episode.episode_id: episode for episode in episodes}
    published_at = {episode.episode_id: (episode.published_at, episode.episode_id) for episode in episodes}
    first: dict[str, str] = {}
    refused: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: published_at[row.episode_id]):
        if row.transcript is not None:
            owner = first.setdefault(text_fingerprint(row.transcript.segments), row.episode_id)
            if owner != row.episode_id and not _is_one_on_two_shows(by_id[owner], by_id[row.episode_id]):
                refused[row.episode_id] = owner
    return tuple(
        replace(
            row,
            is_usable=False,
            transcript=None,
            reason="duplicate_text",
            message=f"the same text stands under the episode {by_id[refused[row.episode_id]].title!r:.120}",
        )
        if row.is_usable and row.episode_id in refused
        else row
        for row in rows
    )


def _is_one_on_two_shows(one: Episode, other: Episode) -> bool:
    """Whether two shows publish one recording, as its title or its file says."""
    titles = {" ".join(episode.title.casefold().split()) for episode in (one, other)}
    files = {normalised_url(episode.enclosure.url) if episode.enclosure else None for episode in (one, other)}
    return one.show_id != other.show_id and (len(titles) == 1 or (len(files) == 1 and None not in files))


def _unless_foreign(row: PublisherTranscript, show: Sequence[EpisodeNotes], at: datetime) -> PublisherTranscript:
    near = {episode.episode_id: episode for episode in nearest_in_time(show, at)}
    reason = foreign_words(
        said_words(row.transcript.segments if row.transcript else ()),
        episode_id=row.episode_id,
        telling=telling_words({key: text_about(episode) for key, episode in near.items()}),
        titles={key: episode.title for key, episode in near.items()},
    )
    return replace(row, is_usable=False, transcript=None, reason="another_episode", message=reason) if reason else row

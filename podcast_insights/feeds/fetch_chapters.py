"""The chapters of a day's episodes: those that stand in the feed, else those in the file that the publisher links.

A file that was read is kept and not asked for again; one that failed, or lists no chapter yet, is asked for by the next
run: some hosts put up an empty file with the episode and fill it later. Reading a file is ``chapters``.
"""

from collections.abc import Sequence

from podcast_insights.errors import FeedError
from podcast_insights.feeds.chapters import MAX_FILE_BYTES, parse_chapters
from podcast_insights.feeds.fetch import Web
from podcast_insights.feeds.values import Episode, EpisodeChapters
from podcast_insights.fingerprints import ResultCache, fingerprint_of
from podcast_insights.skips import StageResult, each_in_parallel
from podcast_insights.web.redact import redact_url

TIMEOUT_S = 30.0
WORKERS = 8
# Part of the name of what is kept: raise it when files are read in another way.
CHAPTER_RULES = 1


def fetch_chapters(
    episodes: Sequence[Episode], *, web: Web, cache: ResultCache[EpisodeChapters]
) -> StageResult[EpisodeChapters]:
    """Return the chapters of each episode that has some.

    Args:
        episodes: Whose chapters are wanted.
        web: The network.
        cache: What was read before.
    """
    return each_in_parallel(
        [episode for episode in episodes if episode.chapters or episode.chapters_url],
        lambda episode: _chapters_of(episode, web, cache),
        workers=WORKERS,
        stage="chapters",
        ids=lambda episode: (episode.show_id, episode.episode_id),
    )


def _chapters_of(episode: Episode, web: Web, cache: ResultCache[EpisodeChapters]) -> EpisodeChapters | None:
    """Return an episode's chapters, or None where its file lists none."""
    url = episode.chapters_url
    if episode.chapters or url is None:
        return EpisodeChapters(
            episode_id=episode.episode_id, show_id=episode.show_id, source_url=None, chapters=episode.chapters
        )
    fingerprint = fingerprint_of({"episode_id": episode.episode_id, "url": url, "rules": CHAPTER_RULES})
    found = cache.get(fingerprint)
    if found is None or not found.chapters:
        found = _fetched(episode, url, web)
        if not found.chapters:
            return None
        cache.put(fingerprint, found)
    return found


def _fetched(episode: Episode, url: str, web: Web) -> EpisodeChapters:
    response = web.get(url, headers={}, max_bytes=MAX_FILE_BYTES, timeout_s=TIMEOUT_S)
    try:
        chapters = parse_chapters(response.body)
    except FeedError as error:
        raise FeedError(f"{redact_url(url)}, the chapters of {episode.title}, cannot be read: {error}") from error
    return EpisodeChapters(episode_id=episode.episode_id, show_id=episode.show_id, source_url=url, chapters=chapters)

"""Which episodes must be heard: those whose publisher gives no words that can be used."""

from collections.abc import Mapping, Sequence

from podcast_insights.feeds.values import Episode
from podcast_insights.settings import ShowSettings
from podcast_insights.transcripts.values import PublisherTranscript


def must_be_heard(
    episodes: Sequence[Episode], links: Sequence[PublisherTranscript], policies: Mapping[str, ShowSettings]
) -> tuple[Episode, ...]:
    """Return the episodes whose audio is needed for their transcript.

    Args:
        episodes: The episodes that are processed.
        links: What became of their publishers' transcripts.
        policies: The settings of each show, by its id.
    """
    has_words = {link.episode_id for link in links if link.is_usable}
    return tuple(
        episode
        for episode in episodes
        if episode.enclosure is not None
        and _policy(episode, policies) != "publisher"
        and (_policy(episode, policies) == "whisper" or episode.episode_id not in has_words)
    )


def _policy(episode: Episode, policies: Mapping[str, ShowSettings]) -> str:
    settings = policies.get(episode.show_id)
    return settings.transcripts if settings else "auto"

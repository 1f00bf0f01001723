"""Insights joined with what a reader must know about their source: what may enter a digest."""

from collections.abc import Collection, Mapping, Sequence

from podcast_insights.digest.values import Candidate
from podcast_insights.feeds.values import Episode, Show
from podcast_insights.insights.values import Insight
from podcast_insights.settings import ShowSettings


def candidates_of(
    insights: Sequence[Insight],
    *,
    episodes: Mapping[str, Episode],
    shows: Mapping[str, Show],
    followed: Mapping[str, ShowSettings],
    left_out: Collection[str] = (),
) -> tuple[Candidate, ...]:
    """Return a candidate for each insight whose episode is known and whose show is still followed.

    Args:
        insights: The insights of some days.
        episodes: The episodes of the same days, by id.
        shows: All shows, by id.
        followed: The settings of the shows that are followed, by show id.
        left_out: Insights, and episodes, that broke a rule, by id.
    """
    candidates = []
    for insight in insights:
        episode = episodes.get(insight.episode_id)
        show = shows.get(insight.show_id)
        settings = followed.get(insight.show_id)
        if (
            episode is None
            or show is None
            or settings is None
            or {insight.insight_id, insight.episode_id} & set(left_out)
        ):
            continue
        candidates.append(
            Candidate(
                insight=insight,
                show_title=settings.name or show.title or show.name,
                episode_title=episode.title,
                episode_date=episode.episode_date,
                published_at=episode.published_at,
                episode_url=episode.page_url,
                audio_url=episode.enclosure.url if episode.enclosure else None,
                language=settings.language or show.language,
                show_priority=settings.priority,
            )
        )
    return tuple(candidates)

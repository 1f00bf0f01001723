"""``podcast-insights search``: every insight that was ever stored, found by words and printed best first."""

from rich.console import Console

from podcast_insights.digest.search import Found, Searchable, search_insights
from podcast_insights.settings import load_settings
from podcast_insights.storage.store import Store
from podcast_insights.web.redact import redact_url


def print_found(console: Console, query: str, *, limit: int) -> int:
    """Print the insights that match; return how many.

    Raises:
        SettingsError: The settings have mistakes.
        StorageError: What is stored cannot be read.
    """
    store = Store(load_settings().storage.base_url)
    found = search_insights(query, stored_insights(store), limit=limit)
    for one in found:
        # Claims and titles come from feeds: in brackets they could be markup.
        console.print(as_lines(one), markup=False, highlight=False)
    if not found:
        console.print(f"No insight has words of {query!r}.", markup=False)
    return len(found)


def stored_insights(store: Store) -> tuple[Searchable, ...]:
    """Return every stored insight with its source; shows that are no longer followed are searched too."""
    shows = {show.show_id: show.title or show.name for show in store.catalog.shows()}
    found = []
    for day in store.insights.days():
        episodes = {one.episode.episode_id: one.episode for one in store.episodes.of_day(day)}
        for insight in store.insights.of_day(day):
            episode = episodes.get(insight.episode_id)
            found.append(
                Searchable(
                    insight=insight,
                    show_title=shows.get(insight.show_id, insight.show_id),
                    episode_title=episode.title if episode else insight.episode_id,
                    episode_url=episode.page_url if episode else None,
                )
            )
    return tuple(found)


def as_lines(found: Found) -> str:
    """Return one result as it is printed: the claim, then who says it where and when, then the link."""
    one, insight = found.searchable, found.searchable.insight
    minutes, seconds = divmod(int(insight.start_s), 60)
    said = f"{insight.speaker}, " if insight.speaker else ""
    lines = [
        f"{found.match_ratio:.2f}  {insight.claim}",
        f"      {said}{one.show_title}: {one.episode_title}, at {minutes}:{seconds:02d}  ({insight.insight_id})",
    ]
    if one.episode_url:
        lines.append(f"      {redact_url(one.episode_url)}")
    return "\n".join(lines)

"""``podcast-insights search``: every insight that was ever stored, found by words and by meaning, best first.

The query gets a vector where an embeddings model is set; one that was asked before is not paid again. It costs a few
tokens and belongs to no day, so the account of calls does not have it. Without an answer, the search is by words.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing

from rich.console import Console

from podcast_insights.defs.resources import utc_now
from podcast_insights.digest.search import MEANT_COSINE, MOST_QUERY_CHARS, Found, Searchable, search_insights
from podcast_insights.digest.vectors import BYTES_PER_NUMBER
from podcast_insights.errors import LLMError, SettingsError
from podcast_insights.fingerprints import fingerprint_of
from podcast_insights.settings import Settings, load_settings
from podcast_insights.storage.store import Store
from podcast_insights.web.redact import redact_url


def print_found(console: Console, query: str, *, limit: int) -> int:
    """Print the insights that match; return how many.

    Raises:
        SettingsError: The settings have mistakes.
        StorageError: What is stored cannot be read.
    """
    settings = load_settings()
    store = Store(settings.storage.base_url)
    insights = stored_insights(store)
    try:
        meant = meant_by(query, insights, store=store, settings=settings, limit=limit)
    except (LLMError, SettingsError) as error:
        console.print(f"Searched by words only, because the query got no vector: {error}", markup=False)
        meant = None
    found = search_insights(query, insights, limit=limit, meant=meant)
    for one in found:
        # Claims and titles come from feeds: in brackets they could be markup.
        console.print(as_lines(one), markup=False, highlight=False)
    if not insights:
        console.print("No insight is stored yet: podcast-insights digest finds them.")
    elif not found:
        console.print(f"No insight has words of {query!r}.", markup=False)
    return len(found)


def meant_by(
    query: str, insights: Sequence[Searchable], *, store: Store, settings: Settings, limit: int
) -> Mapping[int, float] | None:
    """Return the cosines of the insights nearest to a query, by their places; None where no embeddings model is set.

    Raises:
        LLMError: The server gave no vector for the query.
        SettingsError: The server does not accept the key, or does not know the model.
    """
    if not settings.related.embeddings.model or not query.strip():
        return None
    from podcast_insights.digest.neighbours import best_matches
    from podcast_insights.insights.embed import connect_embeddings

    with closing(connect_embeddings(settings, now=utc_now)) as embedder:
        model = embedder.model
        key = fingerprint_of({"query": query[:MOST_QUERY_CHARS], "model": model})
        kept = store.asked_vectors.get(key)
        if kept is not None:
            vector = bytes.fromhex(kept)
        else:
            (vector,) = embedder.vectors([query[:MOST_QUERY_CHARS]])
            store.asked_vectors.put(key, vector.hex())
    wanted = [one.insight.insight_id for one in insights]
    blocks = store.insight_vectors.blocks(wanted, model=model, dimensions=len(vector) // BYTES_PER_NUMBER)
    return best_matches(vector, blocks, most=limit, at_least=MEANT_COSINE)


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

"""What a page tells search engines about itself, as JSON-LD in the words of schema.org.

The block is data and never runs, but it stands in a page: a ``</script>`` in a title must not end it. So every
character that HTML or an old script parser could take for markup is written as an escape of JSON.
"""

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from podcast_insights.delivery.links import absolute_link, card_of
from podcast_insights.delivery.views import DigestView, EntryView

_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&'\u2028\u2029"}


def as_script_data(data: Mapping[str, Any]) -> Markup:
    """Return data as JSON that may stand between ``<script>`` and ``</script>``."""
    return Markup(json.dumps(data, ensure_ascii=False, sort_keys=True).translate(_ESCAPES))  # noqa: S704 - escaped here


def insight_data(entry: EntryView, site_url: str | None) -> dict[str, Any]:
    """Return what is said about the page of an insight."""
    insight = entry.insight
    quotation: dict[str, Any] = {"@type": "Quotation", "text": insight.quote}
    if insight.speaker:
        quotation |= {"creator": {"@type": "Person", "name": insight.speaker}}
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": insight.claim,
        "description": insight.explanation or insight.quote,
        "datePublished": entry.digest_date.isoformat(),
        "keywords": list(insight.topics),
        "citation": quotation,
        "isBasedOn": _episode(entry),
    }
    if insight.language:
        data["inLanguage"] = insight.language
    return data | _addresses(insight.page, site_url)


def day_data(day: DigestView, site_url: str | None) -> dict[str, Any]:
    """Return what is said about the page of a day."""
    items = [
        {"@type": "ListItem", "position": entry.rank, "name": entry.insight.claim}
        | ({"url": absolute_link(site_url, entry.insight.page)} if site_url else {})
        for entry in day.entries
    ]
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ItemList",
        "name": day.title,
        "description": day.summary,
        "itemListElement": items,
    }
    return data | _addresses(day.page, site_url)


def _episode(entry: EntryView) -> dict[str, Any]:
    insight = entry.insight
    episode: dict[str, Any] = {
        "@type": "PodcastEpisode",
        "name": insight.episode_title,
        "datePublished": insight.episode_date.isoformat(),
        "partOfSeries": {"@type": "PodcastSeries", "name": insight.show_title},
    }
    if insight.episode_url:
        episode["url"] = insight.episode_url
    if insight.listen_url:
        episode["associatedMedia"] = {"@type": "AudioObject", "contentUrl": insight.listen_url.partition("#")[0]}
    return episode


def _addresses(page: str, site_url: str | None) -> dict[str, Any]:
    if not site_url:
        return {}
    return {"url": absolute_link(site_url, page), "image": absolute_link(site_url, card_of(page))}

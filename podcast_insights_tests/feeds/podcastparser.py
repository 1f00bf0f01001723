"""What podcastparser expects of its own feeds, in our terms, and where we differ with the reason.

Three of its customs hold throughout and are translated: it is given a file's address, it puts the page's address (else
the media's) where an item has no guid, and an empty text where it has no page.
"""

import json
from pathlib import Path
from typing import Any

from podcast_insights.feeds.values import ParsedItem

FEED_URL = "https://tests/data/feed.rss"
THEIR_FOLDER, OUR_FOLDER = "file://tests/data/", "https://tests/data/"

LEFT_OUT_THERE = "podcastparser leaves out items without a file that it can download; here they may have a transcript"
NAMED_AFTER_FILE = "podcastparser names an item without a title after its file; here it is untitled"

# By feed: the fields that differ ("count" where not all items are listed there), and why.
DIFFERENCES: dict[str, tuple[set[str], str]] = {
    "chapters": ({"chapters"}, "podcastparser cuts fractions of seconds off; here they are kept"),
    "image_and_audio": ({"page_url", "media"}, "the first enclosure is a picture, and the link no address of the web"),
    "itunes_type_serial": (
        {"title", "guid", "published", "media"},
        "podcastparser turns the order of serial shows around; here it is the feed's",
    ),
    "max_episodes": ({"count"}, "podcastparser's own test sets a maximum"),
    "no_enclosure": ({"count"}, LEFT_OUT_THERE),
    "no_guid": ({"title"}, NAMED_AFTER_FILE),
    "no_title": ({"title"}, NAMED_AFTER_FILE),
    "no_title_multi_enclosure": ({"count"}, LEFT_OUT_THERE),
    "no_url": ({"count"}, LEFT_OUT_THERE),
    "media_episode_thumbnail_atom": ({"page_url"}, "podcastparser reads only links that say rel"),
    "media_episode_thumbnail_atom_group": ({"page_url"}, "podcastparser reads only links that say rel"),
}


def expected_episodes(path: Path) -> list[dict[str, Any]]:
    """Return what podcastparser expects of a feed's episodes, in our terms."""
    content = json.loads(path.with_suffix(".json").read_text(encoding="utf-8").replace(THEIR_FOLDER, OUR_FOLDER))
    return [_theirs(episode) for episode in content["episodes"]]


def facts_of(item: ParsedItem) -> dict[str, Any]:
    """Return what can be compared of an item."""
    return {
        "title": item.title,
        "guid": item.guid or item.page_url or (item.enclosure.url if item.enclosure else None),
        "page_url": item.page_url,
        "published": item.published_at.timestamp() if item.published_at else 0,
        "duration_s": item.duration_s or 0,
        "media": item.enclosure.url if item.enclosure else None,
        "chapters": [(chapter.start_s, chapter.title) for chapter in item.chapters],
        "chapters_url": item.chapters_url,
        "season": item.season,
        "episode_number": item.episode_number,
        "episode_type": item.episode_type,
        "persons": [(person.name, person.role, person.href) for person in item.persons],
        "transcript": item.transcript_links[0].url if item.transcript_links else None,
    }


def _theirs(episode: dict[str, Any]) -> dict[str, Any]:
    enclosures = episode["enclosures"]
    guid = episode["guid"].removeprefix(OUR_FOLDER) if not enclosures else episode["guid"]
    return {
        "title": episode["title"],
        "guid": guid,
        "page_url": episode["link"] or None,
        "published": episode["published"],
        "duration_s": episode["total_time"],
        "media": enclosures[0]["url"] if enclosures else None,
        "chapters": [(chapter["start"], chapter["title"]) for chapter in episode.get("chapters", ())],
        "chapters_url": episode.get("chapters_json_url"),
        "season": episode.get("season"),
        "episode_number": episode.get("number"),
        "episode_type": episode.get("type"),
        "persons": [(person["name"], person["role"], person.get("href")) for person in episode.get("persons", ())],
        "transcript": episode.get("transcript_url"),
    }

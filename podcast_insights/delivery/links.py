"""Where things are: the pages of the site, and links out of it that are safe to click.

A page is named by its file in the site, such as ``days/2026-11-13/index.html``; its address (``/days/2026-11-13/``) is
for ever. Between pages links are relative and name the file, so that a copy opened from disk or served under a
sub-path works. Feeds and mails, which are read elsewhere, use absolute links under ``delivery.site_url``. The page that
hosts show where there is none stands under every address; its links begin at the root.
"""

import re
import unicodedata
from collections.abc import Collection
from datetime import date
from urllib.parse import quote, urldefrag, urlsplit

from podcast_insights.fingerprints import short_id

HOME_PAGE = "index.html"
ARCHIVE_PAGE = "archive/index.html"
ABOUT_PAGE = "about/index.html"
TOPICS_PAGE = "topics/index.html"
SEARCH_PAGE = "search/index.html"
NOT_FOUND_PAGE = "404.html"
ATOM_FILE = "feed.xml"
JSON_FEED_FILE = "feed.json"
DIGESTS_ATOM_FILE = "digests.xml"
DIGESTS_JSON_FILE = "digests.json"
STYLE_FILE = "assets/style.css"
SEARCH_SCRIPT = "assets/search.js"
SEARCH_LIST = "search/months.json"
SITEMAP_FILE = "sitemap.xml"
ROBOTS_FILE = "robots.txt"
API_INDEX = "api/v1/index.json"
API_SCHEMA = "api/v1/schema.json"

WEB_SCHEMES = ("http", "https")
SAFE_SCHEMES = (*WEB_SCHEMES, "mailto")
MAX_URL_LENGTH = 4000
SLUG_LENGTH = 48
# Of the hash in an address, which has 16.
FEW_DIGITS, ALL_DIGITS = 6, 16

_FILE_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
# Everything that may stand in a URL as it is; the rest (spaces, quotes, angle brackets) is percent-encoded.
_URL_CHARACTERS = "%/:=&?~#+!$,;@()*[]"


def day_page(day: date) -> str:
    """Return the page of a day's digest."""
    return f"days/{day.isoformat()}/index.html"


def insight_page(insight_id: str) -> str:
    """Return the permanent page of an insight; an id that is no file name is replaced by its hash."""
    name = insight_id if _FILE_SAFE_ID.fullmatch(insight_id) else short_id(insight_id)
    return f"insights/{name}/index.html"


def show_page(title: str, show_id: str, digits: int = FEW_DIGITS) -> str:
    """Return the page of a show: a slug to read, and ``digits`` of its id to keep two shows of one title apart."""
    return f"shows/{slug(title)}-{short_id(show_id)[:digits]}/index.html"


def episode_page(title: str, episode_id: str, digits: int = FEW_DIGITS) -> str:
    """Return the page of an episode, named like a show's, with two digits more: there are more of them."""
    return f"episodes/{slug(title, 'episode')}-{short_id(episode_id)[: digits + 2]}/index.html"


def topic_page(topic: str, digits: int = FEW_DIGITS) -> str:
    """Return the page of a topic, which is the same however the topic is capitalised."""
    name = topic.casefold()
    return f"topics/{slug(name, 'topic')}-{short_id(name)[:digits]}/index.html"


def search_month(month: str) -> str:
    """Return the part of the search index that holds a month, such as ``2026-11``."""
    return f"search/{month}.json"


def api_day(day: date) -> str:
    """Return the file of a day's digest for programs."""
    return f"api/v1/days/{day.isoformat()}.json"


def card_of(page: str) -> str:
    """Return the picture that stands for a page where its link is shared."""
    return f"cards/{page.removesuffix('/index.html')}.png"


def slug(text: str, empty: str = "show") -> str:
    """Return ``text`` in lower-case ASCII letters, digits and single hyphens; ``empty`` where nothing is left."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text)[:SLUG_LENGTH].strip("-") or empty


def relative_link(from_page: str, to_page: str) -> str:
    """Return the link from one page of the site to another."""
    return "../" * from_page.count("/") + to_page


def rooted_link(site_url: str | None, to_page: str) -> str:
    """Return the link to a page of the site that leads there from whatever address it stands under."""
    return f"{urlsplit(site_url or '').path.rstrip('/')}/{to_page}"


def absolute_link(site_url: str, page: str) -> str:
    """Return the public address of a page: the folder's, where the file is its index."""
    return f"{site_url.rstrip('/')}/{page.removesuffix('index.html')}"


def safe_url(url: str | None, schemes: Collection[str] = SAFE_SCHEMES) -> str | None:
    """Return a URL that may be clicked (of http, https and mailto, those in ``schemes``), percent-encoded, or None."""
    if url is None or len(url) > MAX_URL_LENGTH:
        return None
    encoded = quote(url.strip(), safe=_URL_CHARACTERS, errors="replace")
    try:
        parts = urlsplit(encoded)
    except ValueError:
        return None
    is_web = parts.scheme in WEB_SCHEMES and bool(parts.netloc)
    is_mail = parts.scheme == "mailto" and "@" in parts.path
    return encoded if (is_web or is_mail) and parts.scheme in schemes else None


def listen_url(audio_url: str | None, start_s: float) -> str | None:
    """Return the link that plays ``audio_url`` from ``start_s`` on (a media fragment), or None where it is unsafe."""
    safe = safe_url(audio_url, WEB_SCHEMES)
    if safe is None:
        return None
    return f"{urldefrag(safe).url}#t={max(0, int(start_s))}"


def timecode(at_s: float) -> str:
    """Return seconds as a person reads them on a player: ``754`` is ``12:34``, ``3754`` is ``1:02:34``."""
    minutes, seconds = divmod(max(0, int(at_s)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"

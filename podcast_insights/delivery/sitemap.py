"""The list of pages for crawlers, and the file that tells them where it is.

The protocol allows 50,000 addresses in a file; beyond that, ``sitemap.xml`` lists the files that hold them.
"""

import hashlib
from collections.abc import Iterator, Sequence
from functools import partial
from xml.sax.saxutils import escape

from podcast_insights.delivery.links import ROBOTS_FILE, SITEMAP_FILE, absolute_link
from podcast_insights.delivery.values import SiteFile

MOST_IN_A_FILE = 50_000
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap_files(site_url: str, pages: Sequence[str], *, most: int = MOST_IN_A_FILE) -> Iterator[SiteFile]:
    """Yield the sitemap of ``pages`` and ``robots.txt``.

    Args:
        site_url: The public address of the site.
        pages: Every page, by its path in the site.
        most: How many addresses a file may hold.
    """
    addresses = [absolute_link(site_url, page) for page in sorted(pages)]
    parts = [addresses[start : start + most] for start in range(0, len(addresses), most)]
    if len(parts) <= 1:
        yield _file(SITEMAP_FILE, partial(_listing, "urlset", "url", addresses))
    else:
        names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
        for name, part in zip(names, parts, strict=True):
            yield _file(name, partial(_listing, "urlset", "url", part))
        listed = [absolute_link(site_url, name) for name in names]
        yield _file(SITEMAP_FILE, partial(_listing, "sitemapindex", "sitemap", listed))
    yield _file(ROBOTS_FILE, partial(_robots, absolute_link(site_url, SITEMAP_FILE)))


def _file(path: str, make: partial[bytes]) -> SiteFile:
    key = hashlib.blake2b(repr(make.args).encode(), digest_size=12).hexdigest()
    return SiteFile(path=path, key=key, make=make)


def _listing(root: str, item: str, addresses: Sequence[str]) -> bytes:
    lines = "".join(f"<{item}><loc>{escape(address)}</loc></{item}>\n" for address in addresses)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<{root} xmlns="{_SPACE}">\n{lines}</{root}>\n'.encode()


def _robots(sitemap: str) -> bytes:
    return f"User-agent: *\nAllow: /\nSitemap: {sitemap}\n".encode()

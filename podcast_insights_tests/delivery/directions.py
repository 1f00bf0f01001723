"""Reads HTML for what is written from right to left, and whether it stands apart from what is beside it."""

import re
from html.parser import HTMLParser


class Directions(HTMLParser):
    """What of a page is written from right to left, apart from what stands where that turns nothing beside it."""

    VOID = ("meta", "link", "input", "rect", "line")

    def __init__(self, content: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.apart: list[str] = []
        self.turning: list[str] = []
        self.feed(content)

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if re.search("[א-ת]", data) and self.open[-1][0] not in ("title", "script", "desc"):
            is_apart = any(tag == "bdi" or attributes.get("dir") == "auto" for tag, attributes in self.open)
            (self.apart if is_apart else self.turning).append(data)

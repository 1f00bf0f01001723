"""HTML transcripts: ``<cite>`` says who, ``<time>`` when, ``<p>`` what; pages without them give their paragraphs."""

import re
from dataclasses import dataclass
from typing import Any

from podcast_insights.errors import TranscriptError
from podcast_insights.transcripts.formats.blocks import Block
from podcast_insights.transcripts.formats.plain import blocks_of_lines
from podcast_insights.transcripts.formats.text import plain_text
from podcast_insights.transcripts.formats.times import seconds_of

_MARKUP = re.compile(
    r"<(?:!doctype|html|head|body|p|div|cite|time|span|br|table|ul|article|section|h[1-6])\b", re.IGNORECASE
)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")
_SKIPPED = frozenset(
    {"script", "style", "head", "nav", "header", "footer", "form", "button"}
    | {"select", "svg", "noscript", "template", "iframe", "aside"}
)
_FLOWING = frozenset(
    {"a", "abbr", "b", "bdi", "em", "font", "i", "kbd", "mark", "q", "s"}
    | {"small", "span", "strong", "sub", "sup", "u", "var", "wbr"}
)
_TRANSCRIPT = "//*[contains(@class, 'transcript') or contains(@id, 'transcript')] | //article | //main"
SNIFF_CHARS = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The paragraphs of a page."""

    language: str | None
    blocks: list[Block]


def is_html(text: str) -> bool:
    """Whether a text is HTML: markup stands near its beginning."""
    return _MARKUP.search(text[:SNIFF_CHARS]) is not None


def parse_html(text: str) -> Page:
    """Return the paragraphs of a page.

    Raises:
        TranscriptError: It is another kind of XML, or cannot be read.
    """
    import lxml.etree
    import lxml.html

    parser = lxml.html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = lxml.html.document_fromstring(_DECLARATION.sub("", text).encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.LxmlError, ValueError, AssertionError) as error:
        raise TranscriptError(f"cannot be read as HTML: {error}") from error
    if root.tag in {"tt", "rss", "feed"} or root.find(".//tt") is not None:
        raise TranscriptError("is XML of a kind that is not read here (TTML or a feed)")
    reader = _Reader()
    reader.read(_transcript_part(root))
    return Page(language=root.get("lang"), blocks=reader.blocks())


def _transcript_part(root: Any) -> Any:
    """Return the element that is named after the transcript where the page has one with most of its words."""
    everything = len(root.text_content())
    parts = [part for part in root.xpath(_TRANSCRIPT)[:50] if len(part.text_content()) > everything * 0.3]
    return parts[0] if parts else root


class _Reader:
    """Walks a page in order and collects its lines, each with the ``<cite>`` and ``<time>`` before it."""

    def __init__(self) -> None:
        self._lines: list[Block] = []
        self._words: list[str] = []
        self._speaker: str | None = None
        self._start_s: float | None = None

    def read(self, root: Any) -> None:
        """Read everything under an element."""
        import lxml.etree

        walk = lxml.etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start":
                if tag in _SKIPPED:
                    walk.skip_subtree()
                    continue
                if tag not in _FLOWING:
                    self._flush()
                self._words.append(element.text or "")
                continue
            if tag not in _FLOWING and tag not in _SKIPPED:
                self._end_of(tag)
            if element is not root:
                self._words.append(element.tail or "")
        self._flush()

    def blocks(self) -> list[Block]:
        """Return the blocks; where the page marks no speakers or times, its lines are read as plain text is."""
        if any(line.speaker or line.start_s is not None for line in self._lines):
            return self._lines
        return blocks_of_lines(part for line in self._lines for part in (line.text, ""))

    def _end_of(self, tag: str) -> None:
        words = plain_text("".join(self._words))
        if tag == "cite":
            self._words = []
            self._speaker = words.rstrip(": ")[:80] or self._speaker
        elif tag == "time":
            self._words = []
            self._start_s = seconds_of(words.strip("[]()"))
        else:
            self._flush()

    def _flush(self) -> None:
        words = plain_text("".join(self._words))
        self._words = []
        if words:
            self._lines.append(Block(text=words, speaker=self._speaker, start_s=self._start_s))
            self._start_s = None

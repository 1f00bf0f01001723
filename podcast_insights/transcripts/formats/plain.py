"""Plain text and Markdown: paragraphs with ``Name:``, ``**Name:**`` or ``Name  0:03`` and marks such as ``[12:34]``."""

import re
from collections.abc import Iterable, Sequence

from podcast_insights.transcripts.formats.blocks import Block
from podcast_insights.transcripts.formats.speakers import MAX_NAME_CHARS, is_name, split_prefix
from podcast_insights.transcripts.formats.text import plain_text
from podcast_insights.transcripts.formats.times import CLOCK, seconds_of

# Some write "unknown speaker 0:03" or "host 0:03", above what is said.
LOWER_CASE_NAME_WORDS = 2

_FRONT_MATTER = re.compile(r"\A\s*---\n.{0,5000}?\n---\s*\n", re.DOTALL)
_HEADING = re.compile(r"\s*#{1,6}\s")
_RULE = re.compile(r"\s*(?:[-*_=]\s*){3,}$")
_QUOTE = re.compile(r"\s*>\s?(?!>)")
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,300}\]\([^()\s]{0,2000}\)")
_LINK = re.compile(r"\[([^\[\]\n]{1,500})\]\([^()\s]{0,2000}(?:\s\"[^\"\n]{0,200}\")?\)")
_EMPHASIS = re.compile(r"(?<!\w)([*_])(?=\S)([^*_\n]{1,300})(?<=\S)\1(?!\w)")
_ESCAPED = re.compile(r"\\([\[\]()*_#>.!\\-])")
_BOLD_NAME = re.compile(r"\s*\*\*([^*\n]{1,80})\*\*\s*(:?)\s*")
_MARK = re.compile(rf"[\[(]\s*({CLOCK})\s*[\])]")
_HEADER_LINE = re.compile(rf"(?P<name>[^\n:]{{1,60}}?)?\s*[,|–—-]?\s*[\[(]?(?P<time>{CLOCK})[\])]?\s*:?")
# "What was [unintelligible 00:04:07.27]": what could not be heard, and when, which is when the next words are said.
_NOTED_TIME = re.compile(rf"\[[a-z ]{{1,30}}\s({CLOCK})\]$")
# "5:30 AM was too early" is a time of day.
_LEADING_TIME = re.compile(rf"({CLOCK})\s+(?=\S)(?!(?:[AP]M|[AP]\.M\.|Uhr)(?!\w))")
_FIRST_LETTER = re.compile(rf"[\s>*_]{{0,9}}(?:[^*\n]{{1,80}}\*\*:?\s*)?{CLOCK}\s+([^\W\d_])")
# As many times before words in lower case show that a file writes its times so; one alone is said.
FEWEST_TIMES = 3


def parse_plain(text: str) -> list[Block]:
    """Return the paragraphs of a text with the speakers and times that it marks."""
    return blocks_of_lines(_FRONT_MATTER.sub("", text, count=1).split("\n"))


def blocks_of_lines(lines: Iterable[str]) -> list[Block]:
    """Return the blocks of lines: a blank line, a name or a time starts a new one, other lines go on."""
    lines = list(lines)
    collected = _Collected(times_may_go_on=_times_stand_before_lower_case(lines))
    for raw in lines:
        line = raw.strip()
        if not line or _HEADING.match(line) or _RULE.match(line):
            collected.close()
        else:
            collected.read(line)
    collected.close()
    return collected.blocks


def _times_stand_before_lower_case(lines: Sequence[str]) -> bool:
    """Whether lines begin with a time and go on in lower case as a rule, and not because somebody says a time."""
    letters = [match[1] for line in lines if (match := _FIRST_LETTER.match(line))]
    small = sum(1 for letter in letters if letter.islower())
    written = sum(1 for line in lines if line.strip())
    return small >= min(FEWEST_TIMES, written) and 2 * small > len(letters)


class _Collected:
    """The blocks read so far, and the paragraph that is being read.

    Args:
        times_may_go_on: Whether what follows a time at the beginning of a line may be in lower case.
    """

    def __init__(self, *, times_may_go_on: bool) -> None:
        self.blocks: list[Block] = []
        self._times_may_go_on = times_may_go_on
        self._speaker: str | None = None
        self._start_s: float | None = None
        self._lines: list[str] = []

    def read(self, line: str) -> None:
        """Take one line that is not blank."""
        line = _QUOTE.sub("", line, count=1)
        bold = _BOLD_NAME.match(line)
        if bold and (bold[2] or bold[1].rstrip().endswith(":")):
            self.close()
            name = _clean(bold[1]).rstrip(": ")[:MAX_NAME_CHARS]
            # A bracket that was left where a name should be says that another speaks, but not who.
            self._speaker = name if any(map(str.isalnum, name)) else None
            line = line[bold.end() :]
        words = _clean(line)
        header = _HEADER_LINE.fullmatch(words)
        if header and self._is_header(header["name"] or ""):
            self.close()
            self._start_s = seconds_of(header["time"])
            self._speaker = (header["name"] or "").strip(" -–—") or self._speaker
            return
        leading = _LEADING_TIME.match(words)
        if leading and (self._times_may_go_on or not words[leading.end()].islower()):
            self.close()
            self._start_s = seconds_of(leading[1])
            words = words[leading.end() :]
        elif split_prefix(words)[0]:
            self.close()
        self._take(words)
        if noted := _NOTED_TIME.search(words):
            self.close()
            self._start_s = seconds_of(noted[1])

    def close(self) -> None:
        """End the paragraph."""
        if self._lines:
            self.blocks.append(Block(text=" ".join(self._lines), speaker=self._speaker, start_s=self._start_s))
            self._start_s = None
        self._lines = []

    def _is_header(self, name: str) -> bool:
        """Whether a line that ends in a time names who speaks then, and is not said ("I woke up at 5:30")."""
        name = name.strip(" -–—")
        return not name or is_name(name) or (not self._lines and len(name.split()) <= LOWER_CASE_NAME_WORDS)

    def _take(self, words: str) -> None:
        """Add words to the paragraph; each mark of a time in them starts a new one."""
        parts = _MARK.split(words)
        if parts[0].strip():
            self._lines.append(parts[0].strip())
        for mark, following in zip(parts[1::2], parts[2::2], strict=True):
            self.close()
            self._start_s = seconds_of(mark)
            if following.strip():
                self._lines.append(following.strip())


def _clean(line: str) -> str:
    """Return a line without Markdown and HTML."""
    line = _LINK.sub(r"\1", _IMAGE.sub("", line)).replace("**", "").replace("__", "")
    return plain_text(_ESCAPED.sub(r"\1", _EMPHASIS.sub(r"\2", line)))

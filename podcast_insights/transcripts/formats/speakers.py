"""Who speaks, where a file writes it as a prefix: ``Ada Lovelace: And then ...``.

A colon is also punctuation, so a prefix counts only where the file uses it consistently. Voices that a format marks as
such are read in the format's own module and win.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from podcast_insights.transcripts.formats.cues import Cue

MAX_NAME_CHARS = 60
# A file that labels its speakers labels the first of them near its beginning.
OPENING_CUES = 8
OPENING_RATIO = 0.05
DIALOGUE_RATIO = 0.5

_PREFIX = re.compile(
    r"(?:>>+\s*|-\s+)?(?P<name>[^\W\d_][\w.'’&/-]{0,30}(?: [\w.'’&/()#-]{1,30}){0,4})\s?(?::\s+|：\s*)(?=\S)"
)
_TURN_MARK = re.compile(r">>+\s*")
_PARTICLES = frozenset(
    {"and", "bin", "da", "de", "del", "der", "di", "du", "el", "la", "le", "of", "the", "van", "von", "y"}
)


def split_prefix(text: str) -> tuple[str | None, str]:
    """Return the name that a text starts with, where it has the form of one, and the rest."""
    match = _PREFIX.match(text)
    if match is None or len(match["name"]) > MAX_NAME_CHARS or not is_name(match["name"]):
        return None, text
    return match["name"], text[match.end() :]


def name_speakers(cues: Sequence[Cue]) -> list[Cue]:
    """Return the cues with consistent "Name:" prefixes made speakers; a speaker goes on until the next is named."""
    if any(cue.speaker for cue in cues):
        return list(cues)
    prefixes = [split_prefix(cue.text) for cue in cues]
    names = _consistent([name for name, _ in prefixes])
    named: list[Cue] = []
    speaker: str | None = None
    for cue, (name, rest) in zip(cues, prefixes, strict=True):
        if name in names:
            speaker = name
            named.append(replace(cue, text=rest, speaker=speaker))
        else:
            named.append(replace(cue, text=_TURN_MARK.sub("", cue.text, count=1), speaker=speaker))
    return named


def _consistent(found: Sequence[str | None]) -> frozenset[str]:
    """Return the names that are speakers: those seen again, and in a dialogue all."""
    counts = Counter(name for name in found if name)
    if counts.total() < 2:
        return frozenset()
    is_dialogue = counts.total() >= DIALOGUE_RATIO * len(found)
    names = frozenset(name for name, seen in counts.items() if seen > 1 or is_dialogue)
    opening = found[: max(OPENING_CUES, int(len(found) * OPENING_RATIO))]
    return names if any(name in names for name in opening) else frozenset()


def is_name(name: str) -> bool:
    """Whether every word of a name is capitalised (or of a script without capitals), a number or a particle."""
    words = name.split()
    return all(word in _PARTICLES or not word[0].isalpha() or not word[0].islower() for word in words) and not (
        words[0] in _PARTICLES and len(words) == 1
    )

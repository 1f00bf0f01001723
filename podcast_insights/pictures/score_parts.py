"""What the scores of a digest's entries are made of: one bar for each, in parts that add up to its score."""

from podcast_insights.digest.score import WEIGHTS
from podcast_insights.digest.values import Digest, DigestEntry
from podcast_insights.pictures.svg import FAINT, SERIES, SOFT, Drawing, Picture, shortened

WIDTH = 760
_LEFT, _LONGEST, _ROW, _TOP = 300, 400, 46, 64
_PARTS = ("value", "novelty", "preference", "freshness", "support")
# A digest has at most twenty entries; they all fit.
_MOST = 20


def score_parts(digest: Digest) -> Picture | None:
    """Return the parts of each entry's score, or None where the digest has no entries."""
    entries = digest.entries[:_MOST]
    if not entries:
        return None
    drawing = Drawing(WIDTH, _TOP + _ROW * len(entries) + 12)
    drawing.text(16, 26, f"What the scores of {digest.digest_date.isoformat()} are made of", size=14, is_bold=True)
    drawing.legend(_LEFT, 48, list(zip(SERIES, _PARTS, strict=False)))
    for place, entry in enumerate(entries):
        _draw(drawing, _TOP + place * _ROW, entry)
    return drawing.finished(
        title=f"Score parts of {digest.digest_date.isoformat()}", words=" ".join(map(_words, entries))
    )


def weighted(entry: DigestEntry) -> dict[str, float]:
    """Return what each part adds to the score of an entry; the score itself is cut at 1."""
    return {part: getattr(WEIGHTS, part) * getattr(entry.parts, part) for part in _PARTS}


def _draw(drawing: Drawing, top: float, entry: DigestEntry) -> None:
    drawing.text(16, top + 14, f"{entry.rank}. {entry.candidate.insight.claim}", most=42)
    drawing.text(32, top + 29, entry.candidate.show_title, size=11, fill=SOFT, most=40)
    drawing.box(_LEFT, top + 3, _LONGEST, 22, fill=FAINT)
    x = float(_LEFT)
    for colour, added in zip(SERIES, weighted(entry).values(), strict=False):
        width = min(_LONGEST * added, _LEFT + _LONGEST - x)
        drawing.box(x, top + 3, width, 22, fill=colour)
        x += max(width, 0.0)
    drawing.text(_LEFT + _LONGEST + 8, top + 19, f"{entry.parts.total:.2f}", is_bold=True)


def _words(entry: DigestEntry) -> str:
    parts = ", ".join(f"{part} {added:.2f}" for part, added in weighted(entry).items())
    return f"Number {entry.rank}: {shortened(entry.candidate.insight.claim, 60)}: {entry.parts.total:.2f} ({parts})."

"""How the quotes of a day stood in their transcripts: word for word, with small differences, or not at all."""

from collections import Counter
from collections.abc import Mapping, Sequence

from podcast_insights.insights.values import EpisodeInsights
from podcast_insights.pictures.svg import GREEN, ORANGE, RED, SOFT, Drawing, Picture

NOT_FOUND = "quote_not_found"
WIDTH = 560
_LEFT, _LONGEST, _ROW = 190, 290, 34
_OUTCOMES = (
    ("verbatim", "word for word", GREEN),
    ("drifted", "with small differences", ORANGE),
    ("fabricated", "not found, so refused", RED),
)


def groundings(made: Sequence[EpisodeInsights]) -> Mapping[str, int]:
    """Return how many quotes were verbatim or drifted, of the insights that were kept, and how many fabricated."""
    counts: Counter[str] = Counter(insight.grounding for episode in made for insight in episode.insights)
    counts["fabricated"] = sum(count for one in made for reason, count in one.refused if reason == NOT_FOUND)
    return {name: counts[name] for name, _, _ in _OUTCOMES}


def grounding(counts: Mapping[str, int], *, day: str) -> Picture | None:
    """Return a bar for each outcome, or None where there was no quote."""
    total = sum(counts.values())
    if not total:
        return None
    drawing = Drawing(WIDTH, 50 + _ROW * len(_OUTCOMES))
    drawing.text(16, 28, f"Quotes of {day} in their transcripts", size=14, is_bold=True)
    for place, (name, meaning, colour) in enumerate(_OUTCOMES):
        y = 42 + place * _ROW
        length = _LONGEST * counts[name] / max(counts.values())
        drawing.text(_LEFT - 12, y + 16, meaning, anchor="end")
        drawing.box(_LEFT, y, max(length, 1.5), 22, fill=colour)
        drawing.text(_LEFT + length + 8, y + 16, f"{counts[name]} ({counts[name] / total:.0%})", fill=SOFT)
    told = ", ".join(f"{counts[name]} {meaning}" for name, meaning, _ in _OUTCOMES)
    return drawing.finished(title=f"Quotes of {day}", words=f"{told}.")

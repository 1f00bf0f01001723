"""A transcript as a person reads it: paragraphs of about half a minute, each with its time, its speaker and its mark.

What is shown where is not decided here; the Dagster UI shows it, and whatever else wants to.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from podcast_insights.transcripts.values import Segment

PARAGRAPH_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """What one speaker says from ``start_s`` on; ``ad_reason`` where it is marked as no content."""

    start_s: float
    speaker: str | None
    text: str
    ad_reason: str | None


def paragraphs(segments: Sequence[Segment]) -> Iterator[Paragraph]:
    """Yield the paragraphs of a transcript: a new one for another speaker, at a mark's edge, and every half minute."""
    held: list[Segment] = []
    for segment in segments:
        if held and not _goes_on(held[0], segment):
            yield _paragraph(held)
            held = []
        held.append(segment)
    if held:
        yield _paragraph(held)


def _goes_on(first: Segment, segment: Segment) -> bool:
    is_alike = (first.speaker, first.is_ad, first.ad_reason) == (segment.speaker, segment.is_ad, segment.ad_reason)
    return is_alike and segment.end_s - first.start_s <= PARAGRAPH_S


def _paragraph(segments: Sequence[Segment]) -> Paragraph:
    first = segments[0]
    return Paragraph(
        start_s=first.start_s,
        speaker=first.speaker,
        text=" ".join(segment.text.strip() for segment in segments),
        ad_reason=(first.ad_reason or "advertisement") if first.is_ad else None,
    )

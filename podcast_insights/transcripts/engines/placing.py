"""From times in a window to times in the file. Pure."""

from dataclasses import replace

from podcast_insights.audio.decode import SAMPLE_RATE_HZ
from podcast_insights.transcripts.engines.windows import AudioWindow
from podcast_insights.transcripts.values import RejectedText, Segment


def placed(segment: Segment, window: AudioWindow) -> Segment:
    """Return a segment with the times of the file; none goes on after its window."""
    offset_s, last_s = window.start / SAMPLE_RATE_HZ, window.end / SAMPLE_RATE_HZ
    start_s = min(last_s, offset_s + segment.start_s)
    end_s = max(start_s, min(last_s, offset_s + segment.end_s))
    return replace(segment, start_s=round(start_s, 3), end_s=round(end_s, 3))


def rejected(segment: Segment, *, reason: str, temperature: float) -> RejectedText:
    """Return a segment as one that is not believed."""
    return RejectedText(
        start_s=segment.start_s, end_s=segment.end_s, reason=reason, temperature=temperature, text=segment.text
    )

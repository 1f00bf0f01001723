"""The funnel of a day: how many episodes came how far, what was left out on the way, and how five insights remain."""

from collections.abc import Collection
from dataclasses import dataclass

from podcast_insights.digest.values import Digest
from podcast_insights.pictures.svg import BLUE, GREEN, INK, SKY, SOFT, Drawing, Picture
from podcast_insights.storage.day_counts import DayCounts

WIDTH = 760
_LEFT, _LONGEST, _ROW = 190, 300, 34
_MOST_REASONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One bar: how many are left, of which the first ``lighter`` are drawn lighter, and why the others are gone."""

    name: str
    count: int
    note: str = ""
    lighter: int = 0


def funnel(counts: DayCounts, digest: Digest) -> Picture:
    """Return the funnel of a digest's day."""
    episodes = _episode_steps(counts, digest)
    insights = (
        Step(name="considered", count=digest.considered, note=f"of {_days(digest)}"),
        Step(name="good enough to choose", count=digest.eligible),
        Step(name="in the digest", count=len(digest.entries)),
    )
    drawing = Drawing(WIDTH, 86 + _ROW * (len(episodes) + len(insights)))
    bottom = _draw(drawing, 28, f"Episodes of {counts.day.isoformat()}", episodes, BLUE)
    _draw(drawing, bottom + 24, "Insights across shows", insights, GREEN)
    return drawing.finished(title=f"Funnel of {counts.day.isoformat()}", words=_words(counts, digest))


def _episode_steps(counts: DayCounts, digest: Digest) -> tuple[Step, ...]:
    quoted = {
        entry.candidate.insight.episode_id
        for entry in digest.entries
        if entry.candidate.episode_date == digest.digest_date
    }
    return (
        Step(name="listed by feeds", count=counts.listed),
        Step(name="selected", count=counts.selected, note=_left_out(counts, {"episodes"})),
        Step(
            name="with words",
            count=counts.with_words,
            note="; ".join(
                filter(
                    None, (_left_out(counts, {"audio", "transcripts"}), f"{counts.published} from publishers (light)")
                )
            ),
            lighter=counts.published,
        ),
        Step(name="with insights", count=counts.with_insights, note=_left_out(counts, {"insights"})),
        Step(name="quoted in the digest", count=len(quoted)),
    )


def _left_out(counts: DayCounts, stages: Collection[str]) -> str:
    """Return why episodes are missing after these stages, the commonest reasons first."""
    reasons: dict[str, int] = {}
    for (stage, reason), count in counts.skipped.items():
        if stage in stages:
            reasons[reason] = reasons.get(reason, 0) + count
    named = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    told = [f"{reason.replace('_', ' ')} ({count})" for reason, count in named[:_MOST_REASONS]]
    more = sum(count for _, count in named[_MOST_REASONS:])
    return "left out: " + ", ".join([*told, *([f"others ({more})"] if more else [])]) if told else ""


def _days(digest: Digest) -> str:
    shows = digest.shows_considered
    return f"{shows} show{'' if shows == 1 else 's'}"


def _draw(drawing: Drawing, top: float, heading: str, steps: tuple[Step, ...], colour: str) -> float:
    """Draw a heading and the bars below it; return where they end."""
    drawing.text(16, top, heading, size=14, is_bold=True)
    most = max(1, *(step.count for step in steps))
    for place, step in enumerate(steps):
        y = top + 12 + place * _ROW
        length = _LONGEST * step.count / most
        drawing.text(_LEFT - 12, y + 16, step.name, anchor="end")
        drawing.box(_LEFT, y, max(length, 1.5), 22, fill=colour)
        drawing.box(_LEFT, y, _LONGEST * step.lighter / most, 22, fill=SKY)
        drawing.text(_LEFT + length + 8, y + 16, f"{step.count}", fill=INK, is_bold=True)
        drawing.text(_LEFT + length + 40, y + 16, step.note, fill=SOFT, most=int((WIDTH - _LEFT - length - 40) / 6.2))
    return top + 12 + len(steps) * _ROW


def _words(counts: DayCounts, digest: Digest) -> str:
    steps = _episode_steps(counts, digest)
    episodes = ", ".join(f"{step.count} {step.name}" + (f" ({step.note})" if step.note else "") for step in steps)
    return (
        f"Episodes: {episodes}. Insights: {digest.considered} considered, {digest.eligible} good enough to choose, "
        f"{len(digest.entries)} in the digest."
    )

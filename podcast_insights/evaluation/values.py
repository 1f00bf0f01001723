"""The values of an evaluation: episodes with what is known about them, passages, and what was measured."""

from dataclasses import dataclass
from datetime import date, datetime

from podcast_insights.transcripts.values import Transcript

STORED = "stored"
"""The method of what an installation holds, whichever extractor found it; the others are baselines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What is measured: its name, what it says in words, and whether it is a ratio from 0 to 1 or an amount."""

    name: str
    words: str
    is_ratio: bool


FIGURES = (
    Figure(name="passages", words="passages chosen", is_ratio=False),
    Figure(name="grounded", words="quotes that stand in their transcript", is_ratio=True),
    Figure(name="stands_alone", words="headlines that stand alone, by rules", is_ratio=True),
    Figure(name="touches_ad", words="passages that touch a marked ad", is_ratio=True),
    Figure(name="told_in_notes", words="passages about what the show notes name", is_ratio=True),
    Figure(name="digests", words="digests", is_ratio=False),
    Figure(name="digest_entries", words="entries of a digest, on average", is_ratio=False),
    Figure(name="digest_stands_alone", words="headlines of digests that stand alone, by rules", is_ratio=True),
    Figure(name="digest_repeats", words="pairs in all these digests that say the same", is_ratio=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluatedEpisode:
    """One episode, with what is known about it beside its transcript.

    ``ads_s`` are spans of advertising, in seconds; ``notes`` is one text for each subject that the hosts list, and
    ``about`` all that a feed says of the episode, where that is known.
    """

    transcript: Transcript
    day: date
    ads_s: tuple[tuple[float, float], ...] = ()
    notes: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One passage as a reader would see it, whoever chose it."""

    passage_id: str
    episode_id: str
    show_id: str
    claim: str
    explanation: str
    quote: str
    start_s: float
    end_s: float
    score: float

    @property
    def text(self) -> str:
        """Everything that is read."""
        return f"{self.claim} {self.explanation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One figure of one method, measured of the days from ``first_date`` to ``last_date``.

    ``amount`` is a count, a mean or a ratio from 0 to 1, as ``figure`` says; None where there was nothing to measure.
    ``episodes`` is how many were looked at.
    """

    evaluated_date: date
    method: str
    figure: str
    amount: float | None
    episodes: int
    first_date: date
    last_date: date
    evaluated_at: datetime

"""Measures what readers get, stage by stage, beside baselines, and tells it as one table: ``make eval``.

With ``--output`` the table is also written as Markdown, and with ``--sheet`` the best 50 passages of the November set
as a sheet to be rated by a person.
"""

import argparse
import csv
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.console import Console

from evaluation.episodes import read_set
from evaluation.lines import Line, as_markdown, table_of, told
from evaluation.order import order_lines
from evaluation.related import related_lines
from evaluation.transcripts import ad_lines, belonging_lines, verification_lines
from podcast_insights.evaluation.measures import (
    ad_leak_ratio,
    days_fives,
    grounded_ratio,
    notes_covered_ratio,
    redundancy,
    standalone_ratio,
)
from podcast_insights.evaluation.methods import METHODS
from podcast_insights.evaluation.values import EvaluatedEpisode, Passage
from podcast_insights.insights.embed_local import LocalEmbedder
from podcast_insights.settings import DigestSettings, EmbeddingSettings

REAL_DATA = "PODCAST_INSIGHTS_REAL_DATA"
SETS = ("november", "noted", "ads")
LIMIT = 8
# The sheet has a column for each question that a person answers with 0, 1 or 2.
SHEET_LINES = 50
RATED = ("standalone", "substantive", "not_an_ad", "readable")
WIDTH = 110
LINES = (
    ("insights", "passages", "passages chosen", 0),
    ("insights", "grounded", "quotes that stand in their transcript", 1),
    ("insights", "standalone", "headlines that stand alone, by rules", 1),
    ("insights", "notes_covered", "subjects of the hosts' notes that are met", 1),
    ("ads", "ad_leak", "passages that touch a verified ad", 1),
    ("ranking", "day_standalone", "headlines of the day's five that stand alone, by rules", 1),
    ("ranking", "day_entries", "entries of a day's five, on average", 2),
    ("ranking", "day_redundancy", "likeness of two entries of a day (cosine)", 3),
    ("ranking", "day_repeats", "pairs of a day that say the same", 1),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured of one method; None where there was nothing to measure."""

    passages: int
    grounded: float | None
    standalone: float | None
    day_standalone: float | None
    day_entries: float | None
    day_redundancy: float | None
    day_repeats: float | None
    ad_leak: float | None
    notes_covered: float | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write what is asked for; return 1 where there is nothing to measure with."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get(REAL_DATA), help=f"the folder; else ${REAL_DATA}")
    parser.add_argument("--output", type=Path, help="where to write the table as Markdown")
    parser.add_argument(
        "--embeddings", help="a model of sentence-transformers, or its folder, to relate by vectors, too"
    )
    parser.add_argument("--sheet", type=Path, help="where to write the best passages as CSV, to be rated")
    given = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    if given.data is None:
        console.print(f"Set {REAL_DATA} to the folder with the real transcripts.")
        return 1
    sets = {name: {one.transcript.episode_id: one for one in read_set(given.data, name)} for name in SETS}
    chosen = _choose(sets)
    figures = {name: figures_of(name, sets, chosen[name]) for name in METHODS}
    every = {key: episode for episodes in sets.values() for key, episode in episodes.items()}
    belonging = belonging_lines(sets["noted"], sets["ads"], every)
    first = (*verification_lines(every), *belonging, *ad_lines(sets["ads"]))
    wanted = EmbeddingSettings(engine="sentence-transformers", model=given.embeddings)
    related = related_lines(LocalEmbedder(wanted) if given.embeddings else None)
    lines = [*first, *lines_of(figures), *order_lines(chosen["embedded"]["november"]), *related]
    console.print(table_of(lines))
    if given.output:
        given.output.write_text(as_markdown(lines), encoding="utf-8")
    if given.sheet:
        november = chosen["embedded"]["november"]
        write_sheet(given.sheet, november, fives_of("embedded", sets["november"], november))
    return 0


def _choose(
    sets: Mapping[str, Mapping[str, EvaluatedEpisode]],
) -> Mapping[str, Mapping[str, tuple[Passage, ...]]]:
    """Return what each method chooses; of each episode the baselines give as many passages as the extractor."""
    chosen: dict[str, dict[str, tuple[Passage, ...]]] = {name: {} for name in METHODS}
    for set_name, episodes in sets.items():
        found: dict[str, list[Passage]] = {name: [] for name in METHODS}
        for episode in episodes.values():
            ours = METHODS["embedded"](episode.transcript, LIMIT)
            found["embedded"].extend(ours)
            for name in METHODS.keys() - {"embedded"}:
                found[name].extend(METHODS[name](episode.transcript, len(ours)))
        for name, passages in found.items():
            chosen[name][set_name] = tuple(passages)
    return chosen


def fives_of(
    name: str, episodes: Mapping[str, EvaluatedEpisode], chosen: Sequence[Passage]
) -> Mapping[date, tuple[Passage, ...]]:
    """Return the days' fives of a method; only the extractor knows a floor, which is the digest's."""
    floor = DigestSettings().min_value_ratio if name == "embedded" else 0.0
    return days_fives(chosen, episodes, at_least=floor)


def figures_of(
    name: str,
    sets: Mapping[str, Mapping[str, EvaluatedEpisode]],
    chosen: Mapping[str, Sequence[Passage]],
) -> Figures:
    """Return everything that is measured of one method."""
    everything = [one for passages in chosen.values() for one in passages]
    known = {key: episode for episodes in sets.values() for key, episode in episodes.items()}
    fives = fives_of(name, sets["november"], chosen["november"])
    entries = [one for five in fives.values() for one in five]
    likeness, repeats = redundancy(fives)
    return Figures(
        passages=len(everything),
        grounded=grounded_ratio(everything, known),
        standalone=standalone_ratio(everything),
        day_standalone=standalone_ratio(entries),
        day_entries=len(entries) / len(fives) if fives else None,
        day_redundancy=likeness,
        day_repeats=repeats,
        ad_leak=ad_leak_ratio(chosen["ads"], sets["ads"]),
        notes_covered=notes_covered_ratio(chosen["noted"], sets["noted"]),
    )


def lines_of(figures: Mapping[str, Figures]) -> list[Line]:
    """Return what was measured of passages, ours beside the other methods."""
    first, *others = figures
    return [
        Line(
            area=area,
            figure=words,
            ours=told(getattr(figures[first], field), decimals),
            others={name: told(getattr(figures[name], field), decimals) for name in others},
        )
        for area, field, words, decimals in LINES
    ]


def write_sheet(path: Path, chosen: Sequence[Passage], fives: Mapping[date, Sequence[Passage]]) -> None:
    """Write one line for each of the best passages, its headline only: the transcripts are not ours to copy."""
    in_fives = {one.passage_id for five in fives.values() for one in five}
    best = sorted(chosen, key=lambda one: (-one.score, one.passage_id))[:SHEET_LINES]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["episode", "second", "value", "in_a_five", "headline", *RATED])
        for one in best:
            is_in = "yes" if one.passage_id in in_fives else "no"
            writer.writerow(
                [one.episode_id, round(one.start_s), f"{one.score:.2f}", is_in, one.claim, *[""] * len(RATED)]
            )


if __name__ == "__main__":
    sys.exit(main())

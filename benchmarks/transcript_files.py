"""What reading a publisher's transcript costs: 10,000 cues in each format with times, from bytes to sentences.

The words are the demo's scripts, six to a cue, by two speakers in turns; in JSON each cue is one word, as many
publishers have it. CPU seconds count from when everything is imported.
"""

import json
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice

from benchmarks.results import Benchmark, Figure
from podcast_insights.bundled import bundled_path
from podcast_insights.transcripts.formats import parse_transcript

CUES = 10_000
WORDS_PER_CUE = 6
CUE_S = 2.5
CUES_PER_TURN = 7
SPEAKERS = ("Ann", "Bob")
MOST_S = 2.0


def transcript_files(cues: int = CUES) -> Benchmark:
    """Read one file of each format once."""
    figures = []
    for name, write in WRITERS.items():
        body = write(cues)
        parse_transcript(write(10), media_type=None, url=f"https://example.org/t.{name}", duration_s=None)
        began_s = time.process_time()
        parsed = parse_transcript(body, media_type=None, url=f"https://example.org/t.{name}", duration_s=None)
        used_s = time.process_time() - began_s
        figures += [
            Figure(name=f"CPU of {cues:,} cues of {name}", value=used_s, unit="s", at_most=MOST_S),
            Figure(name="  segments that they became", value=len(parsed.segments), unit=""),
        ]
    return Benchmark(name="transcript_files", figures=tuple(figures))


def write_vtt(cues: int) -> bytes:
    """Return a WebVTT file with voices."""
    blocks = (f"{_stamp(at)} --> {_stamp(at + 1)}\n<v {who}>{text}" for at, who, text in _spoken(cues, WORDS_PER_CUE))
    return "\n\n".join(["WEBVTT", *blocks]).encode()


def write_srt(cues: int) -> bytes:
    """Return a SubRip file, speakers before a colon."""
    blocks = (
        f"{at + 1}\n{_stamp(at, ',')} --> {_stamp(at + 1, ',')}\n{who}: {text}"
        for at, who, text in _spoken(cues, WORDS_PER_CUE)
    )
    return "\n\n".join(blocks).encode()


def write_json(cues: int) -> bytes:
    """Return a file of the podcast namespace with one word in each segment."""
    segments = [
        {"speaker": who, "startTime": at * CUE_S, "endTime": (at + 1) * CUE_S, "body": text}
        for at, who, text in _spoken(cues, 1)
    ]
    return json.dumps({"version": "1.0.0", "segments": segments}).encode()


WRITERS: dict[str, Callable[[int], bytes]] = {"vtt": write_vtt, "srt": write_srt, "json": write_json}


def _spoken(cues: int, words_per_cue: int) -> Iterator[tuple[int, str, str]]:
    scripts = sorted((bundled_path("demo") / "scripts").rglob("*.md"))
    words = cycle(word for path in scripts for word in path.read_text(encoding="utf-8").split() if word.isascii())
    for at in range(cues):
        who = SPEAKERS[at // CUES_PER_TURN % len(SPEAKERS)]
        yield at, who, " ".join(islice(words, words_per_cue))


def _stamp(number: int, mark: str = ".") -> str:
    minutes, seconds = divmod(number * CUE_S, 60)
    return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}:{seconds:06.3f}".replace(".", mark)

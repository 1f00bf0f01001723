"""What recognising speech costs against ``whisper.transcribe``: the same checkpoint, sound and number of tokens.

The checkpoint has the dimensions of ``base`` and no real weights, because the cost does not depend on them; it says 180
tokens for each window, about what people say in 30 seconds, so that chance does not decide what the decoder costs. One
thread each. The module is not called ``whisper``, which would hide the library from ``benchmarks/run.py``.
"""

import json
import os
import tempfile
import wave
from collections.abc import Mapping
from itertools import cycle
from pathlib import Path

import numpy as np

from benchmarks.processes import measure
from benchmarks.results import Benchmark, Figure
from podcast_insights.audio.decode import SAMPLE_RATE_HZ, decode_pcm
from podcast_insights.bundled import bundled_path
from podcast_insights_tests.transcripts.scripted import BASE, english_tokenizer, write_scripted

MINUTES = "PODCAST_INSIGHTS_BENCHMARK_MINUTES"
DEFAULT_MINUTES = 5.0
BATCH_SIZE = 8
MOST_OF_STOCK_RATIO = 0.5
MOST_GROWTH_RATIO = 1.1
MOST_BEYOND_MB = 300.0
# Ten segments of two seconds each: sixteen words between two marks of time.
SEGMENTS, WORDS, SEGMENT_S = 10, 16, 2.0


def transcription() -> Benchmark:
    """Measure both once, on the demo's speech."""
    minutes = float(os.environ.get(MINUTES, DEFAULT_MINUTES))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        audio = write_speech(folder / "speech.wav", minutes * 60)
        checkpoint = write_scripted(folder / "base.pt", {0: script()}, BASE)
        stock, ours = (_run(kind, checkpoint, audio, folder) for kind in ("stock", "ours"))
    return Benchmark(
        name="transcription",
        figures=figures_of(stock, ours, minutes=minutes),
        details={"stock": stock, "ours": ours, "batch_size": BATCH_SIZE},
    )


def transcription_memory() -> Benchmark:
    """Measure the peak memory for one hour and for three, with a small model: what grows would grow with any.

    What a model of the dimensions of ``base`` needs beside itself, with its full batch, is seen in five minutes.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        small = write_scripted(folder / "small.pt", {0: short_script()})
        base = write_scripted(folder / "base.pt", {0: script()}, BASE)
        minutes = {minutes: write_speech(folder / f"{minutes}.wav", minutes * 60) for minutes in (5, 60, 180)}
        model, one, three = (
            _run(kind, small, minutes[length], folder)["peak_bytes"] / 1e6
            for kind, length in (("model", 60), ("ours", 60), ("ours", 180))
        )
        base_model, base_five = (_run(kind, base, minutes[5], folder)["peak_bytes"] / 1e6 for kind in ("model", "ours"))
    beyond, base_beyond = three - model, base_five - base_model
    return Benchmark(
        name="transcription_memory",
        figures=(
            Figure(name="peak of a process that only loads a small model", value=model, unit="MB"),
            Figure(name="peak for 1 hour", value=one, unit="MB"),
            Figure(name="peak for 3 hours", value=three, unit="MB"),
            Figure(name="3 hours against 1", value=three / one, unit="", at_most=MOST_GROWTH_RATIO),
            Figure(name="3 hours beyond the model", value=beyond, unit="MB", at_most=MOST_BEYOND_MB),
            Figure(name="peak of a process that only loads a model like base", value=base_model, unit="MB"),
            Figure(name="5 minutes beyond it", value=base_beyond, unit="MB", at_most=MOST_BEYOND_MB),
        ),
    )


def short_script() -> list[int]:
    """Return one segment, for where the words are not what is measured."""
    tokens = script()
    return [*tokens[: WORDS + 2], tokens[-1]]


def script() -> list[int]:
    """Return what the model says for each window: different short words, with their times."""
    tokenizer = english_tokenizer()
    short = [token for token in range(300, 20_000) if _is_short_word(tokenizer.decode([token]))]
    tokens: list[int] = []
    for number in range(SEGMENTS):
        start = tokenizer.timestamp_begin + round(number * SEGMENT_S / 0.02)
        words = short[number * WORDS : (number + 1) * WORDS]
        tokens += [start, *words, start + round(SEGMENT_S / 0.02)]
    return [*tokens, tokenizer.eot]


def write_speech(path: Path, seconds: float) -> Path:
    """Write that much of the demo's speech, again and again from the beginning where it is too short."""
    wanted = round(seconds * SAMPLE_RATE_HZ)
    files = sorted((bundled_path("demo") / "site" / "audio").rglob("*.opus"))
    pieces: list[np.ndarray] = []
    for chunk in (chunk for file in cycle(files) for chunk in decode_pcm(file)):
        pieces.append(chunk)
        if sum(map(len, pieces)) >= wanted:
            break
    whole = np.concatenate(pieces)[:wanted]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes((np.clip(whole, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def figures_of(stock: Mapping[str, float], ours: Mapping[str, float], *, minutes: float) -> tuple[Figure, ...]:
    """Return what both used, and of what ours is made."""
    total_s = ours["cpu_s"]
    parts = {
        "encoder": ours["encoder_s"],
        "decoding the audio": ours["audio_s"],
        "finding speech": ours["windows_s"],
    }
    parts["decoder, and what is not named"] = total_s - sum(parts.values())
    return (
        Figure(name="CPU of whisper.transcribe for each minute", value=stock["cpu_s"] / minutes, unit="s"),
        Figure(name="CPU of ours for each minute", value=total_s / minutes, unit="s"),
        *(Figure(name=f"  of it: {name}", value=part_s / total_s, unit="share") for name, part_s in parts.items()),
        Figure(name="windows of ours", value=ours["windows"], unit=""),
        Figure(name="windows of whisper.transcribe", value=stock["encoder_calls"], unit=""),
        Figure(name="ours against stock", value=total_s / stock["cpu_s"], unit="", at_most=MOST_OF_STOCK_RATIO),
    )


def _run(kind: str, checkpoint: Path, audio: Path, folder: Path) -> dict[str, float]:
    command = ["-m", "benchmarks.transcription_run", kind, str(checkpoint), str(audio), str(BATCH_SIZE)]
    root = str(Path(__file__).parent.parent)
    usage = measure(command, folder=folder, environment={"PYTHONPATH": root, "OMP_NUM_THREADS": "1"})
    told: dict[str, float] = json.loads(usage.output)
    return told | {"peak_bytes": usage.peak_bytes}


def _is_short_word(text: str) -> bool:
    return text.startswith(" ") and text[1:].isalpha() and text.isascii() and len(text) <= 4

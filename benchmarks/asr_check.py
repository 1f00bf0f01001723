"""How many words a real Whisper model gets wrong, on audio whose words are known: ``make asr-check``.

The tests have no real model, so what a model hears can only be shown where one is: this never downloads one, unless
asked for the engine of ``podcasts.yaml``. Give pairs of audio and text, ``AUDIO=TEXT``, where TEXT is a file or the
words themselves; without any, the recordings below ``$PODCAST_INSIGHTS_REAL_DATA`` are used.
"""

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.november import REAL_DATA
from podcast_insights.settings import TranscriptionSettings, load_settings
from podcast_insights.transcripts.engines.choice import chosen_engine
from podcast_insights.transcripts.engines.whisper import WhisperEngine
from podcast_insights.transcripts.loops import words_of
from podcast_insights.transcripts.values import RecognisedWindow

JFK = "And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country."


class Nothing:
    """No window was finished before, and none is kept."""

    def get(self, _: str) -> RecognisedWindow | None:
        """Return nothing."""
        return None

    def put(self, _: str, __: RecognisedWindow) -> None:
        """Keep nothing."""


def word_errors(said: str, heard: str) -> int:
    """Return how many words must be changed, put in or left out to make what was heard what was said."""
    wanted, found = words_of(said), words_of(heard)
    row = list(range(len(found) + 1))
    for at, word in enumerate(wanted, start=1):
        diagonal, row[0] = row[0], at
        for place, other in enumerate(found, start=1):
            diagonal, row[place] = row[place], min(diagonal + (word != other), row[place] + 1, row[place - 1] + 1)
    return row[-1]


def missing_model(settings: TranscriptionSettings) -> str | None:
    """Return what to say where the model is not on this machine, None where it is."""
    import whisper

    from podcast_insights.transcripts.engines.model_files import model_path

    if Path(settings.model).expanduser().is_file():
        return None
    if settings.model in whisper.available_models() and model_path(settings.model, settings.models_folder).is_file():
        return None
    return (
        f"The model {settings.model} is not on this machine, so nothing was checked. "
        f"'podcast-insights models {settings.model}' gets it; --model takes another or a checkpoint."
    )


def recordings(given: Sequence[str]) -> list[tuple[Path, str]]:
    """Return audio files and what is said in them."""
    if given:
        return [(Path(audio), _text(words)) for audio, _, words in (pair.partition("=") for pair in given)]
    folder = os.environ.get(REAL_DATA)
    if not folder:
        return []
    audio = Path(folder) / "audio"
    return [
        (audio / "real_speech" / "jfk.flac", JFK),
        (audio / "sonnets_en" / "p001.mp3", _text(str(audio / "sonnets_en" / "sonnet_plain.txt"))),
        (audio / "synthetic_tts" / "p01_e01_fast.mp3", _text(str(audio / "synthetic_tts" / "p01_e01_fast.txt"))),
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Check what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recordings", nargs="*", metavar="AUDIO=TEXT", help="audio, and its words or a file with them")
    parser.add_argument("--model", default="base", help="a Whisper model that is here, or a checkpoint")
    parser.add_argument("--device", default="auto")
    parser.add_argument(
        "--configured",
        action="store_true",
        help="the engine of podcasts.yaml, whichever it is, also where it downloads a model or is paid",
    )
    given = parser.parse_args(arguments)
    console = Console(soft_wrap=True)
    settings = TranscriptionSettings(model=given.model, device=given.device)
    chosen = recordings(given.recordings)
    excuse = None if given.configured else missing_model(settings)
    excuse = excuse or (None if chosen else f"Give AUDIO=TEXT, or set {REAL_DATA}.")
    if excuse:
        console.print(excuse, markup=False)
        return
    engine = chosen_engine(load_settings()) if given.configured else WhisperEngine(settings)
    for audio, said in chosen:
        started_s = time.perf_counter()
        found = engine.transcribe(audio, episode_id=audio.name, language="en", windows=Nothing())
        heard = " ".join(segment.text for segment in found.segments)
        errors, words = word_errors(said, heard), len(words_of(said))
        factor = (time.perf_counter() - started_s) / found.duration_s
        verdict = f"{errors} of {words} words wrong ({errors / max(1, words):.1%})"
        console.print(f"{audio.name}: {verdict}, real-time factor {factor:.2f}", markup=False)


def _text(words: str) -> str:
    path = Path(words) if len(words) < 1000 else None
    return path.read_text(encoding="utf-8") if path and path.is_file() else words


if __name__ == "__main__":
    main()

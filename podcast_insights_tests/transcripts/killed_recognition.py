"""One recognition in a process of its own, killed where it loses most; ``test_killed_recognition.py`` starts it.

Its arguments are the checkpoint, the audio, the store's folder and how many windows are to be durable.
"""

import os
import signal
import sys
from pathlib import Path

from upath import UPath

from podcast_insights.settings import TranscriptionSettings
from podcast_insights.storage.artifacts import Artifacts
from podcast_insights.transcripts.engines import Recognition
from podcast_insights.transcripts.engines.whisper import WhisperEngine
from podcast_insights.transcripts.values import RecognisedWindow


class CountingWindows:
    """The real store of windows, a line for each that was heard, and a kill -9 before one of them is kept."""

    def __init__(self, folder: Path, kept: int | None) -> None:
        self.windows = Artifacts(UPath(folder), "windows", RecognisedWindow)
        self.heard = folder / "heard.txt"
        self.kept = kept

    def get(self, fingerprint: str) -> RecognisedWindow | None:
        return self.windows.get(fingerprint)

    def put(self, fingerprint: str, item: RecognisedWindow) -> None:
        with self.heard.open("a", encoding="utf-8") as file:
            file.write(f"{fingerprint}\n")
        if self.kept == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.kept = None if self.kept is None else self.kept - 1
        self.windows.put(fingerprint, item)


def recognise(model: Path, audio: Path, folder: Path, kept: int | None = None) -> Recognition:
    """Hear a file, and be killed when ``kept`` windows are kept and the next one was heard."""
    settings = TranscriptionSettings(model=str(model), device="cpu", threads=1, batch_size=1)
    folder.mkdir(exist_ok=True)
    return WhisperEngine(settings).transcribe(
        audio, episode_id="episode1", language="en", windows=CountingWindows(folder, kept)
    )


if __name__ == "__main__":
    recognise(*(Path(path) for path in sys.argv[1:4]), kept=int(sys.argv[4]))

"""Transcribes a file once, with Whisper's own ``transcribe`` or with our engine, and prints what that cost as JSON.

``python -m benchmarks.transcription_run stock|ours|model CHECKPOINT AUDIO BATCH``, one process for each, so that none
warms another up. CPU seconds are of this process, after the model is loaded; with ``model`` that is all it does.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from podcast_insights.audio.decode import decode_pcm
from podcast_insights.settings import TranscriptionSettings
from podcast_insights.transcripts.engines.whisper import WhisperEngine
from podcast_insights.transcripts.engines.whisper_model import load_model
from podcast_insights.transcripts.engines.windows import audio_windows
from podcast_insights.transcripts.values import RecognisedWindow


class Stopwatch:
    """CPU seconds between ``start`` and ``stop``, summed; as hooks on a part of a model."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.total_s = 0.0
        self.calls = 0
        self._started_s = 0.0

    def start(self, *_: Any) -> None:
        """Begin to count."""
        self._started_s = time.process_time()

    def stop(self, *_: Any) -> None:
        """Count what was used since ``start``."""
        self.total_s += time.process_time() - self._started_s
        self.calls += 1


class Nothing:
    """No window was finished before, and none is kept."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.windows = 0

    def get(self, _: str) -> RecognisedWindow | None:
        """Return nothing."""
        return None

    def put(self, _: str, __: RecognisedWindow) -> None:
        """Count a window."""
        self.windows += 1


def transcribe(kind: str, checkpoint: str, audio: Path, batch_size: int) -> dict[str, float]:
    """Return CPU seconds: in all, in the encoder, for decoding the audio and for finding the windows in it."""
    import torch

    torch.set_num_threads(1)
    model = load_model(checkpoint, "cpu", None)
    if kind == "model":
        return {}
    encoder = Stopwatch()
    model.encoder.register_forward_pre_hook(encoder.start)
    model.encoder.register_forward_hook(encoder.stop)
    started_s = time.process_time()
    text = _stock(model, audio) if kind == "stock" else _ours(checkpoint, audio, batch_size)
    all_s = time.process_time() - started_s
    # In a stream, as in the engine: what is held at once would be the peak of memory.
    chunks, cutting = Stopwatch(), Stopwatch()
    chunks.start()
    for _ in decode_pcm(audio):
        pass
    chunks.stop()
    cutting.start()
    windows = sum(1 for _ in audio_windows(decode_pcm(audio)))
    cutting.stop()
    return {
        "cpu_s": all_s,
        "encoder_s": encoder.total_s,
        "encoder_calls": encoder.calls,
        "audio_s": chunks.total_s,
        "windows_s": max(0.0, cutting.total_s - chunks.total_s),
        "windows": windows,
        "words": len(text.split()),
    }


def _stock(model: Any, audio: Path) -> str:
    import whisper

    samples = np.concatenate(list(decode_pcm(audio)))
    result = whisper.transcribe(model, samples, language="en", condition_on_previous_text=False, fp16=False)
    return str(result["text"])


def _ours(checkpoint: str, audio: Path, batch_size: int) -> str:
    settings = TranscriptionSettings(model=checkpoint, device="cpu", threads=1, batch_size=batch_size)
    found = WhisperEngine(settings).transcribe(audio, episode_id="benchmark", language="en", windows=Nothing())
    return " ".join(segment.text for segment in found.segments)


def main() -> None:
    """Do what the arguments say."""
    kind, checkpoint, audio, batch_size = sys.argv[1:]
    sys.stdout.write(json.dumps(transcribe(kind, checkpoint, Path(audio), int(batch_size))))


if __name__ == "__main__":
    main()

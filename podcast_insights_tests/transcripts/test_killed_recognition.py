"""A real recognition that is killed with -9 goes on where it was, with the same words."""

import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from podcast_insights_tests.audio.fakes import write_audio
from podcast_insights_tests.transcripts.killed_recognition import recognise

RATE = 16_000
WINDOWS = 4


@pytest.fixture(scope="module")
def long_audio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four stretches of noise of 20 s with silence between them, each a window."""
    random = np.random.default_rng(4)
    stretches = [random.normal(0, 0.1, 20 * RATE).astype(np.float32) for _ in range(WINDOWS)]
    sound = np.concatenate([part for one in stretches for part in (one, np.zeros(6 * RATE, dtype=np.float32))])
    return write_audio(tmp_path_factory.mktemp("audio") / "long.wav", sound)


def test_a_killed_recognition_goes_on_and_does_one_window_twice(
    tiny_whisper: Path, long_audio: Path, tmp_path: Path
) -> None:
    killed, calm = tmp_path / "killed", tmp_path / "calm"
    module = "podcast_insights_tests.transcripts.killed_recognition"
    child = subprocess.run([sys.executable, "-m", module, tiny_whisper, long_audio, killed, "2"], check=False)
    assert child.returncode == -signal.SIGKILL
    kept = {path: path.stat().st_mtime_ns for path in killed.rglob("*.json")}

    resumed = recognise(tiny_whisper, long_audio, killed)
    undisturbed = recognise(tiny_whisper, long_audio, calm)

    assert len(kept) == 2
    assert kept == {path: path.stat().st_mtime_ns for path in kept}
    heard = Counter((killed / "heard.txt").read_text(encoding="utf-8").split())
    assert sorted(heard.values()) == [1] * (WINDOWS - 1) + [2]
    assert heard.keys() == set((calm / "heard.txt").read_text(encoding="utf-8").split())
    assert resumed.segments
    assert resumed.segments == undisturbed.segments

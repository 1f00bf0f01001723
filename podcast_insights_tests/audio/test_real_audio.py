import os
from pathlib import Path

import pytest

from podcast_insights.audio.decode import SAMPLE_RATE_HZ, decode_pcm
from podcast_insights.audio.probe import probe_audio
from podcast_insights.errors import AudioError

DATA = Path(os.environ.get("PODCAST_INSIGHTS_REAL_DATA", "/nonexistent"))
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.exists(), reason="PODCAST_INSIGHTS_REAL_DATA is not set"),
]


def audio_in(folder: str) -> list[Path]:
    return sorted(path for path in (DATA / folder).rglob("*") if path.is_file() and path.suffix not in {".txt", ".md"})


@pytest.mark.parametrize("path", audio_in("audio"), ids=lambda path: path.name)
def test_good_audio_is_whole_and_decodes(path: Path) -> None:
    probe = probe_audio(path)

    assert not probe.is_damaged
    assert sum(map(len, decode_pcm(path))) / SAMPLE_RATE_HZ == pytest.approx(probe.duration_s, abs=0.1)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("html_error_page.mp3", "an HTML page"),
        ("id3_only.mp3", "an ID3 tag and nothing else"),
        ("truncated_40pct.mp3", "21.3 s of 53 s"),
        ("zero_padded.mp3", "12.5 s of 53 s"),
    ],
)
def test_bad_audio_is_refused(name: str, message: str) -> None:
    with pytest.raises(AudioError, match=message):
        probe_audio(DATA / "bad_audio" / "derived" / name)


@pytest.mark.parametrize(
    ("name", "container", "is_damaged"),
    [("garbage_in_middle.mp3", "mp3", True), ("mp3_named.m4a", "mp3", False), ("flac_named.mp3", "flac", False)],
)
def test_usable_audio_is_judged_by_its_content(name: str, container: str, is_damaged: bool) -> None:
    probe = probe_audio(DATA / "bad_audio" / "derived" / name)

    assert (probe.container, probe.is_damaged) == (container, is_damaged)

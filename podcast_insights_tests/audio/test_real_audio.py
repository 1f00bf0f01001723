import os
from pathlib import Path

import pytest

from podcast_insights.audio.decode import SAMPLE_RATE_HZ, decode_pcm
from podcast_insights.audio.probe import judge_by_feed, probe_audio
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


REFUSED = {
    "derived/html_error_page.mp3": "an HTML page",
    "derived/id3_only.mp3": "an ID3 tag and nothing else",
    "derived/truncated_40pct.mp3": "21.3 s of 53 s",
    "derived/zero_padded.mp3": "12.5 s of 53 s",
}
# What it holds, and how much of it is good.
USABLE = {
    "derived/garbage_in_middle.mp3": ("mp3", True, 0.9),
    "derived/mp3_named.m4a": ("mp3", False, 1.0),
    "derived/flac_named.mp3": ("flac", False, 1.0),
    "no_speech/replace.mp3": ("mp3", False, 1.0),
    "no_speech/wsj_content_transition.flac": ("flac", False, 1.0),
}


def test_every_bad_file_has_its_verdict_here() -> None:
    names = {path.relative_to(DATA / "bad_audio").as_posix() for path in audio_in("bad_audio")}

    assert names == {*REFUSED, *USABLE}


@pytest.mark.parametrize(("name", "message"), REFUSED.items())
def test_bad_audio_is_refused(name: str, message: str) -> None:
    with pytest.raises(AudioError, match=message):
        probe_audio(DATA / "bad_audio" / name)


@pytest.mark.parametrize(("name", "verdict"), USABLE.items())
def test_usable_audio_is_judged_by_its_content(name: str, verdict: tuple[str, bool, float]) -> None:
    probe = probe_audio(DATA / "bad_audio" / name)

    container, is_damaged, good_ratio = verdict
    assert (probe.container, probe.is_damaged) == (container, is_damaged)
    assert probe.good_ratio == pytest.approx(good_ratio, abs=0.01)


@pytest.mark.parametrize("share", [0.6, 0.8])
@pytest.mark.parametrize("path", audio_in("audio/sonnets_en/formats"), ids=lambda path: path.name)
def test_a_real_file_that_was_cut_is_flagged_or_refused_whatever_its_container(
    path: Path, share: float, tmp_path: Path
) -> None:
    whole = probe_audio(path)
    cut = tmp_path / path.name
    cut.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    try:
        probe = judge_by_feed(probe_audio(cut), whole.duration_s)
    except AudioError:
        return

    assert probe.is_damaged
    assert probe.good_ratio is not None
    assert probe.good_ratio < share + 0.15

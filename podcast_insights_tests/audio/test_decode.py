from pathlib import Path

import av
import numpy as np
import pytest

from podcast_insights.audio.decode import LOUDEST, SAMPLE_RATE_HZ, claimed_duration_s, decode_pcm, decode_stereo
from podcast_insights.errors import AudioError
from podcast_insights_tests.audio.fakes import tone, write_audio


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [
        ("a.wav", "pcm_s16le", 16_000),
        ("a.wav", "pcm_s16le", 44_100),
        ("a.mp3", "libmp3lame", 44_100),
        ("a.mp3", "libmp3lame", 22_050),
        ("a.ogg", "libopus", 48_000),
        ("a.m4a", "aac", 44_100),
        ("a.flac", "flac", 44_100),
        ("a.webm", "libopus", 48_000),
    ],
)
def test_every_format_becomes_16_khz_mono(tmp_path: Path, name: str, codec: str, rate: int) -> None:
    path = write_audio(tmp_path / name, tone(3, rate=rate), codec=codec, rate=rate)

    samples = np.concatenate(list(decode_pcm(path)))

    assert samples.dtype == np.float32
    assert len(samples) / SAMPLE_RATE_HZ == pytest.approx(3, abs=0.15)
    assert np.sqrt(np.mean(np.square(samples))) == pytest.approx(0.212, abs=0.02)


def test_chunks_have_the_asked_length_and_join_without_loss(tmp_path: Path) -> None:
    path = write_audio(tmp_path / "a.wav", tone(2.5))

    chunks = list(decode_pcm(path, chunk_s=1.0))

    assert [len(chunk) for chunk in chunks] == [16_000, 16_000, 8_000]
    assert np.allclose(np.concatenate(chunks), tone(2.5), atol=1e-3)


def test_a_file_stitched_from_two_sample_rates_is_followed(tmp_path: Path) -> None:
    first = write_audio(tmp_path / "a.mp3", tone(2, rate=44_100), codec="libmp3lame", rate=44_100)
    second = write_audio(tmp_path / "b.mp3", tone(2, rate=24_000), codec="libmp3lame", rate=24_000)
    stitched = tmp_path / "c.mp3"
    stitched.write_bytes(first.read_bytes() + second.read_bytes())

    assert sum(map(len, decode_pcm(stitched))) / SAMPLE_RATE_HZ == pytest.approx(4, abs=0.3)


@pytest.mark.parametrize("channels", [1, 2])
def test_what_is_no_number_or_beyond_any_loudness_stays_where_it_is(tmp_path: Path, channels: int) -> None:
    """Numbers that were damaged on the way: one of them would make everything in its window no number."""
    sound = np.repeat(tone(3)[:, None], channels, axis=1)
    sound[[1000, 20_000, 30_000]] = np.array([[np.nan], [np.inf], [-1e30]])
    path = tmp_path / "a.wav"
    layout = "mono" if channels == 1 else "stereo"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_f32le", rate=SAMPLE_RATE_HZ, layout=layout)
        frame = av.AudioFrame.from_ndarray(sound.astype(np.float32).reshape(1, -1), format="flt", layout=layout)
        frame.sample_rate = SAMPLE_RATE_HZ
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))

    heard = np.concatenate(list(decode_pcm(path) if channels == 1 else decode_stereo(path)))

    assert np.abs(heard).max() <= LOUDEST
    is_damaged = np.isin(np.arange(len(heard)), [1000, 20_000, 30_000])
    assert np.allclose(heard[~is_damaged], sound.reshape(heard.shape)[~is_damaged])


def test_a_playlist_is_not_followed(tmp_path: Path) -> None:
    target = write_audio(tmp_path / "secret.wav", tone(1))
    playlist = tmp_path / "a.mp3"
    for body in (f"ffconcat version 1.0\nfile {target.name}\n", f"#EXTM3U\n#EXTINF:1,\n{target}\n"):
        playlist.write_text(body)
        with pytest.raises(AudioError, match="a playlist"):
            list(decode_pcm(playlist))


def test_the_claimed_duration_needs_no_decoding(tmp_path: Path) -> None:
    path = write_audio(tmp_path / "a.wav", tone(2))

    assert claimed_duration_s(path) == pytest.approx(2)

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from podcast_insights.audio.probe import Measured, judge_audio, judge_by_feed, probe_audio
from podcast_insights.audio.sniff import container_name, id3_size_bytes, safe_extension
from podcast_insights.errors import AudioError
from podcast_insights_tests.audio.fakes import tone, write_audio


def measured(duration_s: float, declared_s: float | None = None, bad: float = 0.0) -> Measured:
    return Measured(
        container="mp3",
        codec="mp3",
        sample_rate_hz=44_100,
        channels=2,
        duration_s=duration_s,
        declared_duration_s=declared_s,
        bad_packet_ratio=bad,
    )


@pytest.mark.parametrize(
    ("duration_s", "declared_s", "bad", "is_damaged"),
    [
        (1000.0, 1000.0, 0.0, False),
        (981.0, 1000.0, 0.0, False),
        (979.0, 1000.0, 0.0, True),
        (1000.0, 1000.0, 0.009, False),
        (1000.0, 1000.0, 0.011, True),
        (1000.0, None, 0.0, False),
        (4.9, 5.0, 0.0, False),
        (2000.0, 1000.0, 0.0, False),
        (61.0, 1000.0, 0.0, True),
        (30.0, 50.0, 0.0, True),
    ],
)
def test_damage_is_flagged(duration_s: float, declared_s: float | None, bad: float, is_damaged: bool) -> None:
    assert judge_audio(measured(duration_s, declared_s, bad), name="a").is_damaged is is_damaged


@pytest.mark.parametrize(
    ("duration_s", "declared_s", "bad", "good_ratio"),
    [
        (1000.0, 1000.0, 0.0, 1.0),
        (2000.0, 1000.0, 0.0, 1.0),
        (700.0, 1000.0, 0.0, 0.7),
        (700.0, 1000.0, 0.4, 0.6),
        (700.0, None, 0.25, 0.75),
    ],
)
def test_a_verdict_says_how_much_is_good(
    duration_s: float, declared_s: float | None, bad: float, good_ratio: float
) -> None:
    assert judge_audio(measured(duration_s, declared_s, bad), name="a").good_ratio == good_ratio


@pytest.mark.parametrize(
    ("container", "declared_s", "announced_s", "is_damaged", "good_ratio"),
    [
        ("mp3", None, 1000.0, True, 0.7),
        ("mp3", None, 770.0, False, 1.0),
        ("mp3", None, 60.0, False, 1.0),
        ("mp3", None, None, False, 1.0),
        ("mp3", 700.0, 1000.0, False, 1.0),
        ("mp4", 700.0, 1000.0, False, 1.0),
        ("wav", 700.0, 1000.0, True, 0.7),
        ("ogg", 700.0, 1000.0, True, 0.7),
    ],
)
def test_the_feed_is_believed_where_the_file_cannot_tell(
    container: str, declared_s: float | None, announced_s: float | None, is_damaged: bool, good_ratio: float
) -> None:
    probe = judge_audio(replace(measured(700.0, declared_s), container=container), name="a")

    judged = judge_by_feed(probe, announced_s)

    assert (judged.is_damaged, judged.good_ratio) == (is_damaged, good_ratio)
    assert judged.duration_s == 700.0


@pytest.mark.parametrize(("duration_s", "declared_s", "bad"), [(20.0, 50.0, 0.0), (12.0, None, 0.75), (0.0, 50.0, 0.0)])
def test_too_little_is_refused(duration_s: float, declared_s: float | None, bad: float) -> None:
    with pytest.raises(AudioError):
        judge_audio(measured(duration_s, declared_s, bad), name="a")


def test_a_whole_file_is_measured(tmp_path: Path) -> None:
    probe = probe_audio(write_audio(tmp_path / "a.mp3", tone(4, rate=44_100), codec="libmp3lame", rate=44_100))

    assert (probe.container, probe.codec, probe.sample_rate_hz, probe.channels) == ("mp3", "mp3", 44_100, 1)
    assert probe.duration_s == pytest.approx(4, abs=0.1)
    assert probe.declared_duration_s == pytest.approx(4, abs=0.1)
    assert not probe.is_damaged


def test_a_truncated_mp3_is_flagged_although_its_header_claims_all(tmp_path: Path) -> None:
    whole = write_audio(tmp_path / "a.mp3", tone(8, rate=44_100), codec="libmp3lame", rate=44_100).read_bytes()
    cut = tmp_path / "cut.mp3"
    cut.write_bytes(whole[: int(len(whole) * 0.7)])

    probe = probe_audio(cut)

    assert probe.is_damaged
    assert probe.declared_duration_s == pytest.approx(8, abs=0.1)
    assert probe.duration_s == pytest.approx(5.6, abs=0.3)


def test_a_zero_padded_mp3_is_refused(tmp_path: Path) -> None:
    whole = write_audio(tmp_path / "a.mp3", tone(8, rate=44_100), codec="libmp3lame", rate=44_100).read_bytes()
    padded = tmp_path / "padded.mp3"
    padded.write_bytes(whole[: len(whole) // 4] + bytes(len(whole) * 3 // 4))

    with pytest.raises(AudioError, match="damaged"):
        probe_audio(padded)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "an HTML page"),
        (b"  <HTML><head></head></HTML>", "an HTML page"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x1e" + bytes(30), "an ID3 tag and nothing else"),
        (bytes(5000), "a run of zero bytes"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b'{"error": "expired"}', "a JSON document"),
        (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "an XML document"),
        (b"The link has expired", "a text file"),
        (("." + "Срок ссылки истёк" * 300).encode(), "a text file"),
        ((".." + "Срок ссылки истёк" * 300).encode(), "a text file"),
        (b"\x01\xfe\x80\x00\x91", "of an unknown kind"),
    ],
)
def test_what_is_no_audio_is_named(tmp_path: Path, body: bytes, what: str) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(body)

    with pytest.raises(AudioError, match=what):
        probe_audio(path)


def test_a_video_without_sound_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(5):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), dtype=np.uint8))))
        container.mux(stream.encode(None))

    with pytest.raises(AudioError, match="a video without sound"):
        probe_audio(path)


def test_a_wav_that_claims_nonsense_is_refused(tmp_path: Path) -> None:
    body = bytearray(write_audio(tmp_path / "a.wav", tone(1)).read_bytes())
    body[24:28] = (4_000_000_000).to_bytes(4, "little")
    hostile = tmp_path / "b.wav"
    hostile.write_bytes(body)

    with pytest.raises(AudioError):
        probe_audio(hostile)


def test_a_few_bytes_that_would_be_hours_of_one_sample_after_the_other_are_refused(tmp_path: Path) -> None:
    """At 10 Hz, what one packet holds would be an hour and three quarters, and take gigabytes at 16 kHz."""
    path = tmp_path / "a.flac"
    pcm = np.arange(65_535, dtype=np.int16)[None]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("flac", rate=10, layout="mono", options={"frame_size": "65535"})
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
        frame.sample_rate = 10
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))

    with pytest.raises(AudioError, match="at 10 Hz"):
        probe_audio(path)


@pytest.mark.parametrize(
    ("format_name", "codec", "extension"),
    [
        ("mov,mp4,m4a,3gp,3g2,mj2", "aac", ".m4a"),
        ("matroska,webm", "opus", ".webm"),
        ("matroska,webm", "aac", ".audio"),
        ("mp3", "mp3", ".mp3"),
        ("../../etc", "mp3", ".audio"),
    ],
)
def test_the_extension_comes_from_the_container(format_name: str, codec: str, extension: str) -> None:
    assert safe_extension(container_name(format_name, codec)) == extension


def test_the_size_of_an_id3_tag_is_read_seven_bits_at_a_time() -> None:
    assert id3_size_bytes(b"ID3\x04\x00\x00\x00\x00\x02\x01") == 10 + 257
    assert id3_size_bytes(b"RIFF......") == 0

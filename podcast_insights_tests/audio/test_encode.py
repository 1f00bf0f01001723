import io

import av
import numpy as np
import pytest

from podcast_insights.audio.encode import LARGEST_BYTES_PER_S, flac_bytes


@pytest.mark.parametrize("samples", [1, 100, 4096, 4097, 40_000])
def test_a_file_holds_the_samples_to_16_bits(samples: int) -> None:
    sound = np.random.default_rng(1).uniform(-1, 1, samples).astype(np.float32)

    with av.open(io.BytesIO(flac_bytes(sound))) as container:
        heard = np.concatenate([frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)])
        stream = container.streams.audio[0]

    assert (stream.rate, stream.channels) == (16_000, 1)
    assert len(heard) == samples
    assert np.abs(heard / 32767 - sound).max() < 1e-4


def test_what_is_louder_than_full_scale_is_cut_off() -> None:
    with av.open(io.BytesIO(flac_bytes(np.array([2.0, -3.0] * 50, dtype=np.float32)))) as container:
        (frame,) = container.decode(audio=0)

    assert {int(one) for one in frame.to_ndarray().reshape(-1)} == {32767, -32767}


def test_noise_takes_no_more_than_it_is_reckoned_with() -> None:
    sound = np.random.default_rng(1).uniform(-1, 1, 30 * 16_000).astype(np.float32)

    assert 0.9 < len(flac_bytes(sound)) / (30 * LARGEST_BYTES_PER_S + 64 * 1024) < 1

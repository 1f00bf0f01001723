"""Batches give what ``whisper.decode`` gives of each window alone, token for token."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import whisper
from whisper.decoding import DecodingOptions

from podcast_insights.transcripts.engines.decoding import Decoded, decode, encode, likely_language
from podcast_insights.transcripts.engines.whisper_model import load_model
from podcast_insights_tests.transcripts.conftest import write_checkpoint

Samples = np.ndarray


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Any:
    torch.set_num_threads(1)
    path = write_checkpoint(tmp_path_factory.mktemp("models") / "wide.pt", width=8, heads=2, layers=2)
    return attentive(load_model(str(path), "cpu", None))


def attentive(model: Any) -> Any:
    """Make what a model says depend on what it hears: random weights hardly listen."""
    with torch.no_grad():
        for block in model.decoder.blocks:
            block.cross_attn.out.weight *= 40
    return model


@pytest.fixture(scope="module")
def sounds() -> list[Samples]:
    random = np.random.default_rng(7)
    lengths_s = (30, 4, 17.3)
    return [
        random.normal(0, 0.02 * (number + 1), int(seconds * 16_000)).astype(np.float32)
        for number, seconds in enumerate(lengths_s)
    ]


def stock(model: Any, samples: Samples, **options: Any) -> Any:
    mel = whisper.log_mel_spectrogram(samples, model.dims.n_mels, padding=whisper.audio.N_SAMPLES)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return whisper.decode(
            model, whisper.pad_or_trim(mel, whisper.audio.N_FRAMES), DecodingOptions(fp16=False, **options)
        )


@pytest.mark.parametrize("prompt", [None, "Teodor Vance"])
@pytest.mark.parametrize("temperature", [0.0, 0.4])
def test_a_batch_says_what_whisper_says_of_each_window(
    model: Any, sounds: list[Samples], temperature: float, prompt: str | None
) -> None:
    features = encode(model, sounds, dtype=torch.float32)
    together = decode(model, features, language="en", temperature=temperature, prompt=prompt)
    alone = [
        decode(model, features[at : at + 1], language="en", temperature=temperature, prompt=prompt)[0]
        for at in range(len(sounds))
    ]

    for samples, one, batched in zip(sounds, alone, together, strict=True):
        theirs = stock(model, samples, language="en", temperature=temperature, prompt=prompt)
        assert list(one.tokens) == theirs.tokens
        assert batched.tokens == one.tokens
        assert figures(batched) == pytest.approx(figures(one), abs=1e-4)
        assert figures(one) == pytest.approx(
            (theirs.avg_logprob, theirs.no_speech_prob, theirs.compression_ratio), abs=1e-4
        )
        assert one.text == theirs.text
    assert len({one.tokens for one in together}) > 1, "windows that all say the same would prove little"


def test_windows_that_end_early_leave_the_others_unchanged(tmp_path: Path, sounds: list[Samples]) -> None:
    model = attentive(load_model(str(write_checkpoint(tmp_path / "terse.pt", width=8, heads=2)), "cpu", None))
    with torch.no_grad():
        model.decoder.token_embedding.weight[whisper.tokenizer.get_tokenizer(True).eot] *= 30
    together = decode(model, encode(model, sounds, dtype=torch.float32), language="en", temperature=0.4, prompt=None)
    theirs = [stock(model, samples, language="en", temperature=0.4) for samples in sounds]

    assert [list(one.tokens) for one in together] == [one.tokens for one in theirs]
    assert len({len(one.tokens) for one in together}) > 1


def test_the_language_is_the_likeliest_over_all_windows(model: Any, sounds: list[Samples]) -> None:
    features = encode(model, sounds, dtype=torch.float32)
    _, found = model.detect_language(torch.stack(features))
    sums = {language: sum(one[language] for one in found) for language in found[0]}

    assert likely_language(model, features) == max(sums, key=lambda language: sums[language])


def figures(one: Decoded) -> tuple[float, float, float]:
    return one.average_logprob, one.no_speech_ratio, one.compression_ratio

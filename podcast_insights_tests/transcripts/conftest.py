"""Real Whisper checkpoints of half a megabyte with random weights: they load and transcribe like the large ones."""

from pathlib import Path

import pytest

MULTILINGUAL_WORDS = 51_865
ENGLISH_WORDS = 51_864


def write_checkpoint(
    path: Path,
    *,
    vocabulary: int = MULTILINGUAL_WORDS,
    audio_positions: int = 1500,
    width: int = 4,
    heads: int = 1,
    layers: int = 1,
) -> Path:
    """Write a checkpoint; one with other than 1500 positions loads, but cannot take in 30 seconds."""
    import torch
    from whisper.model import ModelDimensions, Whisper

    torch.manual_seed(3)
    dims = {
        "n_mels": 80,
        "n_audio_ctx": audio_positions,
        "n_audio_state": width,
        "n_audio_head": heads,
        "n_audio_layer": layers,
        "n_vocab": vocabulary,
        "n_text_ctx": 32,
        "n_text_state": width,
        "n_text_head": heads,
        "n_text_layer": layers,
    }
    model = Whisper(ModelDimensions(**dims))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.2)
    torch.save({"dims": dims, "model_state_dict": model.half().state_dict()}, path)
    return path


@pytest.fixture(scope="session")
def tiny_whisper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint(tmp_path_factory.mktemp("models") / "parrot.pt")

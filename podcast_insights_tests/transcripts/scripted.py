"""Whisper checkpoints that say what they are told: real loading and real work, and words that are known beforehand.

The decoder's embedding of each position outweighs everything else and points at the token to say there, so a model of
any size says its script whatever it hears. A prompt shifts positions, so it makes the model say another script.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

MULTILINGUAL_WORDS = 51_865
# Start of transcript, language and task stand before the first word.
FIRST_POSITION = 2
OUTWEIGHS = 200.0
# What the model thinks of the scripted token, in logits; the runner-up gets about half.
CERTAIN = 100.0


@dataclass(frozen=True, kw_only=True)
class Size:
    """The width, heads and layers of a model, the same for sound and text."""

    width: int = 64
    heads: int = 1
    layers: int = 1
    positions: int = 448


BASE = Size(width=512, heads=8, layers=6)


@cache
def english_tokenizer(*, is_multilingual: bool = True) -> Any:
    """Return the tokenizer that writes scripts; Whisper leaves its file to the garbage collector to close."""
    from whisper.tokenizer import get_tokenizer

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        return get_tokenizer(multilingual=is_multilingual, language="en", task="transcribe")


def write_scripted(path: Path, scripts: Mapping[int, Sequence[int]], size: Size = Size()) -> Path:
    """Write a checkpoint.

    Args:
        path: The file.
        scripts: The tokens to say, by how many tokens a prompt takes before them (0: no prompt).
        size: How large the model is.
    """
    import torch
    from whisper.model import ModelDimensions, Whisper

    torch.manual_seed(5)
    shape = {"state": size.width, "head": size.heads, "layer": size.layers}
    dims = {"n_mels": 80, "n_audio_ctx": 1500, "n_vocab": MULTILINGUAL_WORDS, "n_text_ctx": size.positions}
    dims |= {f"n_{side}_{name}": number for side in ("audio", "text") for name, number in shape.items()}
    model = Whisper(ModelDimensions(**dims))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.02)
        words = model.decoder.token_embedding.weight
        words.copy_(words / words.norm(dim=-1, keepdim=True))
        for prompt_tokens, script in scripts.items():
            begin = FIRST_POSITION + prompt_tokens
            model.decoder.positional_embedding[begin : begin + len(script)] = OUTWEIGHS * words[list(script)]
        model.decoder.ln.weight.fill_(CERTAIN / size.width**0.5)
        model.decoder.ln.bias.zero_()
    torch.save({"dims": dims, "model_state_dict": model.half().state_dict()}, path)
    return path

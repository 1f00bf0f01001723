"""A checkpoint of openai-whisper in CTranslate2's form: what faster-whisper loads, without its converter and download.

The vocabulary has no merges, so a text becomes one token for each of its bytes; to write scripts down it is enough.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np


def write_converted(folder: Path, checkpoint: Path) -> Path:
    """Write the folder of a converted model."""
    import torch
    from ctranslate2.specs.whisper_spec import WhisperSpec

    content = torch.load(checkpoint, map_location="cpu", weights_only=True)
    dims = content["dims"]
    weights = {name: value.float().numpy() for name, value in content["model_state_dict"].items()}
    spec = WhisperSpec(dims["n_audio_layer"], dims["n_audio_head"], dims["n_text_layer"], dims["n_text_head"])
    for number in (1, 2):
        layer = getattr(spec.encoder, f"conv{number}")
        layer.weight, layer.bias = weights[f"encoder.conv{number}.weight"], weights[f"encoder.conv{number}.bias"]
    for side, half, last in (("encoder", spec.encoder, "ln_post"), ("decoder", spec.decoder, "ln")):
        half.position_encodings.encodings = weights[f"{side}.positional_embedding"]
        _norm(half.layer_norm, weights, f"{side}.{last}")
        for number, block in enumerate(half.layer):
            name = f"{side}.blocks.{number}"
            _norm(block.self_attention.layer_norm, weights, f"{name}.attn_ln")
            _linear(
                block.self_attention.linear[0], weights, *(f"{name}.attn.{part}" for part in ("query", "key", "value"))
            )
            _linear(block.self_attention.linear[1], weights, f"{name}.attn.out")
            _norm(block.ffn.layer_norm, weights, f"{name}.mlp_ln")
            _linear(block.ffn.linear_0, weights, f"{name}.mlp.0")
            _linear(block.ffn.linear_1, weights, f"{name}.mlp.2")
            if side == "decoder":
                _norm(block.attention.layer_norm, weights, f"{name}.cross_attn_ln")
                _linear(block.attention.linear[0], weights, f"{name}.cross_attn.query")
                _linear(block.attention.linear[1], weights, f"{name}.cross_attn.key", f"{name}.cross_attn.value")
                _linear(block.attention.linear[2], weights, f"{name}.cross_attn.out")
    words = _vocabulary(dims["n_vocab"])
    spec.decoder.embeddings.weight = weights["decoder.token_embedding.weight"]
    spec.decoder.projection.weight = weights["decoder.token_embedding.weight"]
    spec.register_vocabulary(words)
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = []
    spec.config.lang_ids = [at for at, word in enumerate(words) if _is_language(word)]
    spec.config.alignment_heads = [[0, 0]]
    spec.validate()
    folder.mkdir()
    spec.save(str(folder))
    _write_tokenizer(folder / "tokenizer.json", words)
    (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": dims["n_mels"]}))
    return folder


def _norm(spec: Any, weights: dict[str, np.ndarray], name: str) -> None:
    spec.gamma, spec.beta = weights[f"{name}.weight"], weights[f"{name}.bias"]


def _linear(spec: Any, weights: dict[str, np.ndarray], *names: str) -> None:
    parts = [weights[f"{name}.weight"] for name in names]
    # Whisper's keys have no bias.
    biases = [
        weights.get(f"{name}.bias", np.zeros(len(part), np.float32)) for name, part in zip(names, parts, strict=True)
    ]
    spec.weight, spec.bias = np.concatenate(parts), np.concatenate(biases)


def _is_language(word: str) -> bool:
    return word.startswith("<|") and word[2:-2].isalpha() and len(word) in {6, 7}


def _vocabulary(size: int) -> list[str]:
    """Return each token as it is written in a byte-level vocabulary."""
    from podcast_insights_tests.transcripts.scripted import MULTILINGUAL_WORDS, english_tokenizer

    encoding = english_tokenizer(is_multilingual=size >= MULTILINGUAL_WORDS).encoding
    special = {number: name for name, number in encoding._special_tokens.items()}
    letters = _letters()
    return [
        special[number]
        if number in special
        else "".join(letters[byte] for byte in encoding.decode_single_token_bytes(number))
        for number in range(size)
    ]


def _letters() -> list[str]:
    """Return the letter that stands for each byte: itself where it can be seen, else one from 256 on, as in GPT-2."""
    seen = {*range(33, 127), *range(161, 173), *range(174, 256)}
    unseen = [byte for byte in range(256) if byte not in seen]
    return [chr(byte) if byte in seen else chr(256 + unseen.index(byte)) for byte in range(256)]


def _write_tokenizer(path: Path, words: list[str]) -> None:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    tokenizer = Tokenizer(models.BPE(vocab={word: at for at, word in enumerate(words)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(word, special=True) for word in words if word.startswith("<|")])
    tokenizer.save(str(path))

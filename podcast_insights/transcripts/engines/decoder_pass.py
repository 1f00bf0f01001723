"""Whisper's text decoder for a batch of windows, one token after the other: its own layers, called with less copying.

``whisper.decoding.PyTorchInference`` computes the same, but keeps what was heard in a layout that each token has to
gather from all over memory; here every head's part lies together. That is most of what a token costs once the
weights are shared by a batch.
"""

from collections.abc import Sequence
from typing import Any

# A part of the vocabulary that stays in a processor's cache while a batch goes over it: a quarter less time.
WORDS_AT_ONCE = 1024


class DecoderPass:
    """What the decoder has read of some windows so far, and what it may say next."""

    def __init__(self, model: Any, features: Sequence[Any]) -> None:
        """Prepare what each layer hears of each window's ``features``, of shape (positions, width)."""
        self._decoder = model.decoder
        self._dtype = features[0].dtype
        self._heard = [_heard_keys_and_values(block.cross_attn, features) for block in self._decoder.blocks]
        self._said: list[tuple[Any, Any] | None] = [None for _ in self._decoder.blocks]
        self._length = 0

    def logits(self, tokens: Any) -> Any:
        """Return how likely each token of the vocabulary is after each of the tokens that are new since the last call.

        Args:
            tokens: All tokens so far, of shape (windows, length).
        """
        import torch

        decoder = self._decoder
        new = tokens[:, self._length :]
        x = decoder.token_embedding(new) + decoder.positional_embedding[self._length : tokens.shape[-1]]
        x = x.to(self._dtype)
        self._length = tokens.shape[-1]
        for number, block in enumerate(decoder.blocks):
            x = x + self._attend_to_said(number, block, x)
            x = x + self._attend_to_heard(number, block, x)
            x = x + block.mlp(block.mlp_ln(x))
        x = decoder.ln(x)
        words = decoder.token_embedding.weight.to(x.dtype)
        if x.is_cuda:
            return (x @ words.T).float()
        return torch.cat([x @ some.T for some in words.split(WORDS_AT_ONCE)], dim=-1).float()

    def keep(self, places: Any) -> None:
        """Go on with the windows at these places of the batch only; places are in ascending order."""
        # Moved within their place: what was heard is most of what a batch needs, and a copy would double it.
        kept = places.tolist()
        for number, (keys, values) in enumerate(self._heard):
            for to, place in enumerate(kept):
                if to != place:
                    keys[to], values[to] = keys[place], values[place]
            self._heard[number] = keys[: len(kept)], values[: len(kept)]
        self._said = [pair and (pair[0][places], pair[1][places]) for pair in self._said]

    def _attend_to_said(self, number: int, block: Any, x: Any) -> Any:
        import torch

        attention = block.attn
        x = block.attn_ln(x)
        keys, values = _keys_and_values(attention, x)
        before = self._said[number]
        if before is not None:
            keys, values = torch.cat([before[0], keys], dim=2), torch.cat([before[1], values], dim=2)
        self._said[number] = keys, values
        return _attended(attention, x, keys, values, is_causal=x.shape[1] > 1)

    def _attend_to_heard(self, number: int, block: Any, x: Any) -> Any:
        keys, values = self._heard[number]
        return _attended(block.cross_attn, block.cross_attn_ln(x), keys, values, is_causal=False)


def _heard_keys_and_values(attention: Any, features: Sequence[Any]) -> tuple[Any, Any]:
    """Return what one layer hears; on a CPU window by window, so that nothing of that size is there twice."""
    import torch

    first = features[0]
    if first.is_cuda:
        return _keys_and_values(attention, torch.stack(list(features)))
    positions, width = first.shape
    shape = len(features), attention.n_head, positions, width // attention.n_head
    keys, values = first.new_empty(shape), first.new_empty(shape)
    for at, window in enumerate(features):
        keys[at] = _by_head(attention, attention.key(window[None]))[0]
        values[at] = _by_head(attention, attention.value(window[None]))[0]
    return keys, values


def _keys_and_values(attention: Any, x: Any) -> tuple[Any, Any]:
    return _by_head(attention, attention.key(x)).contiguous(), _by_head(attention, attention.value(x)).contiguous()


def _by_head(attention: Any, x: Any) -> Any:
    return x.unflatten(-1, (attention.n_head, -1)).transpose(1, 2)


def _attended(attention: Any, x: Any, keys: Any, values: Any, *, is_causal: bool) -> Any:
    import torch

    queries = _by_head(attention, attention.query(x))
    if x.shape[1] > 1 or x.is_cuda:
        mixed = torch.nn.functional.scaled_dot_product_attention(queries, keys, values, is_causal=is_causal)
    else:
        # One query for each head: two plain products read the memory once, the fused kernel takes half as long again.
        scores = (queries * queries.shape[-1] ** -0.5) @ keys.transpose(-1, -2)
        mixed = scores.float().softmax(dim=-1).to(values.dtype) @ values
    return attention.out(mixed.transpose(1, 2).flatten(start_dim=2))

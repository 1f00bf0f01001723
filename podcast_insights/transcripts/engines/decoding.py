"""Decoding of many windows at once: to the letter what ``whisper.decode`` says of each of them alone.

A decoder that writes one token reads all of its weights for it; for eight windows together it reads them once. Which
tokens are allowed is asked of Whisper's own ``DecodingTask``. What differs from its loop is only speed: windows that
have ended leave the batch, and ``decoder_pass.py`` computes the same numbers with less copying. Each window draws from
a generator of its own, so what it says does not depend on which others are decoded beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podcast_insights.transcripts.engines.decoder_pass import DecoderPass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

# At higher temperatures Whisper draws its words, and the same sound must give the same.
SEED = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """What a model said of one window; ``no_speech_ratio`` is how likely (0 to 1) it finds that nobody speaks."""

    tokens: tuple[int, ...]
    text: str
    temperature: float
    average_logprob: float
    no_speech_ratio: float
    compression_ratio: float


def encode(model: Any, samples: Sequence["Samples"], *, dtype: Any) -> list[Any]:
    """Return what the encoder makes of each window, which is filled up with silence to 30 s."""
    import torch
    from whisper.audio import N_FRAMES, N_SAMPLES, log_mel_spectrogram, pad_or_trim

    def mel(one: "Samples") -> Any:
        found = log_mel_spectrogram(one, model.dims.n_mels, padding=N_SAMPLES, device=model.device)
        return pad_or_trim(found, N_FRAMES).to(dtype)

    with torch.no_grad():
        if model.device.type == "cpu":
            # Measured: on a CPU a batch of windows takes longer in the encoder than one after the other.
            return [model.encoder(mel(one)[None])[0] for one in samples]
        return list(model.encoder(torch.stack([mel(one) for one in samples])))


def likely_language(model: Any, features: Sequence[Any]) -> str:
    """Return the language that is the likeliest over all of some encoded windows."""
    import torch

    _, found = model.detect_language(torch.stack(list(features)))
    likeliest: str = max(found[0], key=lambda language: sum(one[language] for one in found))
    return likeliest


def decode(
    model: Any, features: Sequence[Any], *, language: str, temperature: float, prompt: str | None
) -> list[Decoded]:
    """Return what the model says of encoded windows.

    Args:
        model: The Whisper model.
        features: The encoder's output for each window, of shape (positions, width).
        language: The spoken language.
        temperature: 0 for the likeliest tokens; above, they are drawn.
        prompt: What may have been said before, such as names to be spelled so.
    """
    import torch
    from whisper.decoding import DecodingOptions, DecodingTask
    from whisper.utils import compression_ratio

    task = DecodingTask(
        model, DecodingOptions(language=language, temperature=temperature, prompt=prompt or None, fp16=False)
    )
    with torch.no_grad():
        tokens, logprobs, no_speech = _Writing(task, features, temperature).run()
    results = []
    for said, logprob, silent in zip(tokens, logprobs, no_speech, strict=True):
        text = task.tokenizer.decode(said).strip()
        results.append(
            Decoded(
                tokens=tuple(said),
                text=text,
                temperature=temperature,
                average_logprob=logprob / (len(said) + 1),
                no_speech_ratio=silent,
                compression_ratio=compression_ratio(text),
            )
        )
    return results


class _Writing:
    """One pass of a batch from its first token to the end of its longest window."""

    def __init__(self, task: Any, features: Sequence[Any], temperature: float) -> None:
        import torch

        device = features[0].device

        self._task = task
        self._temperature = temperature
        self._pass = DecoderPass(task.model, features)
        self._tokens = torch.tensor([task.initial_tokens], device=device).repeat(len(features), 1)
        self._logprobs = torch.zeros(len(features), device=device)
        self._rows = list(range(len(features)))
        self._generators = [torch.Generator(device).manual_seed(SEED) for _ in self._rows]
        self._said: list[list[int]] = [[] for _ in self._rows]
        self._sums = [0.0] * len(self._rows)
        self._no_speech = [0.0] * len(self._rows)

    def run(self) -> tuple[list[list[int]], list[float], list[float]]:
        """Return for each window its tokens, the sum of their log probabilities, and how likely nobody speaks."""
        task = self._task
        for step in range(task.sample_len):
            logits = self._pass.logits(self._tokens)
            if step == 0 and task.tokenizer.no_speech is not None:
                heard = logits[:, task.sot_index].float().softmax(dim=-1)
                self._no_speech = heard[:, task.tokenizer.no_speech].tolist()
            logits = logits[:, -1]
            for rule in task.logit_filters:
                rule.apply(logits, self._tokens)
            self._append(logits)
            if not self._rows or self._tokens.shape[-1] > task.n_ctx:
                break
        self._keep(list(range(len(self._rows))))
        return self._said, self._sums, self._no_speech

    def _append(self, logits: Any) -> None:
        import torch

        chosen = self._chosen(logits)
        said = torch.log_softmax(logits.float(), dim=-1).gather(1, chosen[:, None])[:, 0]
        self._logprobs += said
        self._tokens = torch.cat([self._tokens, chosen[:, None]], dim=-1)
        is_done = (chosen == self._task.tokenizer.eot).tolist()
        if any(is_done):
            self._keep([at for at, done in enumerate(is_done) if done])
            self._go_on_with([at for at, done in enumerate(is_done) if not done])

    def _chosen(self, logits: Any) -> Any:
        if self._temperature == 0:
            return logits.argmax(dim=-1)
        import torch
        from torch.distributions import Categorical

        likely = Categorical(logits=logits / self._temperature).probs
        drawn = [
            torch.multinomial(row, 1, replacement=True, generator=generator)
            for row, generator in zip(likely, self._generators, strict=True)
        ]
        return torch.cat(drawn)

    def _keep(self, places: Sequence[int]) -> None:
        """Note what the windows at these places of the batch have said."""
        eot = self._task.tokenizer.eot
        for at in places:
            tokens = self._tokens[at, self._task.sample_begin :].tolist()
            self._said[self._rows[at]] = tokens[: tokens.index(eot)] if eot in tokens else tokens
            self._sums[self._rows[at]] = float(self._logprobs[at])

    def _go_on_with(self, places: Sequence[int]) -> None:
        import torch

        kept = torch.tensor(places, dtype=torch.long, device=self._tokens.device)
        self._tokens, self._logprobs = self._tokens[kept], self._logprobs[kept]
        self._rows = [self._rows[at] for at in places]
        self._generators = [self._generators[at] for at in places]
        if places:
            self._pass.keep(kept)

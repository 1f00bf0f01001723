"""What is not believed: Whisper's own doubts, invented words, and what becomes of the window."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from podcast_insights.transcripts.engines.batches import Batches
from podcast_insights.transcripts.engines.decoding import Decoded
from podcast_insights.transcripts.engines.fallback import TEMPERATURES, Attempt, says_nothing, weakness_of
from podcast_insights.transcripts.engines.invented import fault_of
from podcast_insights.transcripts.engines.listener import Heard, Listener
from podcast_insights.transcripts.engines.whisper_model import load_model
from podcast_insights.transcripts.engines.windows import AudioWindow
from podcast_insights_tests.transcripts.fakes import segment
from podcast_insights_tests.transcripts.scripted import english_tokenizer, write_scripted

PROMPT = "Teodor Vance, Priya Anand, Ravensworth, Dagster"
SENTENCE = " Most of the city is not planned."
FINE = Decoded(
    tokens=(1,), text="fine", temperature=0.0, average_logprob=-0.3, no_speech_ratio=0.1, compression_ratio=1.2
)


@pytest.mark.parametrize(
    ("decoded", "weakness", "is_silence"),
    [
        (FINE, None, False),
        (replace(FINE, compression_ratio=2.5), "repetitive", False),
        (replace(FINE, average_logprob=-1.1), "improbable", False),
        (replace(FINE, average_logprob=-1.1, no_speech_ratio=0.7), None, True),
        (replace(FINE, no_speech_ratio=0.9), None, False),
    ],
    ids=["fine", "repetitive", "improbable", "silence", "surely said"],
)
def test_whispers_own_doubts(decoded: Decoded, weakness: str | None, is_silence: bool) -> None:
    assert weakness_of(decoded) == weakness
    assert says_nothing(decoded) is is_silence


def test_the_next_attempt_is_hotter_and_without_the_prompt_where_words_were_invented() -> None:
    doubted = Attempt().after(FINE, "improbable", is_invented=False, span_s=(0.0, 30.0))
    invented = doubted.after(FINE, "prompt_echo", is_invented=True, span_s=(0.0, 30.0))

    assert (doubted.temperature, doubted.has_prompt) == (0.2, True)
    assert (invented.temperature, invented.has_prompt) == (0.4, False)
    assert [(one.reason, one.text) for one in invented.rejected] == [("improbable", "fine"), ("prompt_echo", "fine")]
    assert not invented.is_last
    assert Attempt(step=len(TEMPERATURES) - 1).is_last


@pytest.mark.parametrize(
    ("text", "start_s", "end_s", "fault"),
    [
        ("Most of the city is not planned.", 0.0, 4.0, None),
        ("thank you " * 20, 0.0, 20.0, "looped"),
        ("请不吝点赞订阅转发打赏支持明镜与点点栏目" * 6, 0.0, 20.0, "looped"),
        ("ขอบคุณที่รับชม" * 8, 0.0, 20.0, "looped"),
        ("哈哈哈哈，这个城市没有规划，大家都知道。", 0.0, 4.0, None),
        ("x" * 200, 0.0, 2.0, "too_fast"),
        ("Thanks for watching.", 12.0, 16.0, "over_silence"),
        ("The end of it.", 9.0, 11.0, None),
        ("Priya Anand, Ravensworth, Dagster.", 0.0, 4.0, "prompt_echo"),
        ("Priya Anand is here with Teodor Vance.", 0.0, 4.0, None),
        ("Teodor Vance.", 0.0, 4.0, None),
    ],
)
def test_words_that_nobody_can_have_said(text: str, start_s: float, end_s: float, fault: str | None) -> None:
    # There is sound for ten seconds, then none.
    sounding = np.arange(400) < 200

    found = fault_of(segment(text, start_s, end_s), sounding=sounding, frame_s=0.05, prompt=PROMPT)

    assert found == fault


class Parrots:
    """Models that say scripts, and what a listener makes of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tokenizer = english_tokenizer()

    def said(self, text: str, start_s: float, end_s: float) -> list[int]:
        first = self.tokenizer.timestamp_begin
        return [first + round(start_s * 50), *self.tokenizer.encode(text), first + round(end_s * 50)]

    def hear(self, scripts: Mapping[int, Sequence[int]], prompt: str | None = None) -> Heard:
        scripts = {before: [*script, self.tokenizer.eot] for before, script in scripts.items()}
        path = write_scripted(self.folder / "parrot.pt", scripts)
        load_model.cache_clear()
        listener = Listener(
            load_model(str(path), "cpu", None), dtype=torch.float32, batches=Batches(2), language="en", prompt=prompt
        )
        sound = np.random.default_rng(2).normal(0, 0.1, 10 * 16_000).astype(np.float32)
        (heard,) = listener.hear([AudioWindow(start=100 * 16_000, samples=sound)])
        return heard

    def prompt_tokens(self, prompt: str) -> int:
        """How many tokens a prompt takes, its mark included."""
        return 1 + len(self.tokenizer.encode(f" {prompt}"))


@pytest.fixture
def parrots(tmp_path: Path) -> Parrots:
    torch.set_num_threads(1)
    return Parrots(tmp_path)


def test_words_get_the_times_of_the_episode(parrots: Parrots) -> None:
    script = parrots.said(SENTENCE, 0.0, 4.0) + parrots.said(" Nobody adds it up.", 4.0, 9.5)

    heard = parrots.hear({0: script})

    assert [(one.start_s, one.end_s, one.text) for one in heard.segments] == [
        (100.0, 104.0, "Most of the city is not planned."),
        (104.0, 109.5, "Nobody adds it up."),
    ]
    assert heard.rejected == ()


def test_a_window_that_echoes_its_prompt_is_heard_again_without_it(parrots: Parrots) -> None:
    echo = parrots.said(" Priya Anand, Ravensworth, Dagster", 0.0, 4.0)
    words = parrots.said(SENTENCE, 0.0, 4.0)
    before = parrots.prompt_tokens(PROMPT)
    assert before > len(words) + 2

    heard = parrots.hear({0: words, before: echo}, prompt=PROMPT)

    assert [one.text for one in heard.segments] == ["Most of the city is not planned."]
    (rejected,) = heard.rejected
    assert (rejected.reason, rejected.temperature, rejected.start_s) == ("prompt_echo", 0.0, 100.0)
    assert rejected.text.startswith("Priya Anand")


def test_what_stays_invented_at_every_temperature_is_left_out_and_kept_for_a_look(parrots: Parrots) -> None:
    script = parrots.said(SENTENCE, 0.0, 4.0) + parrots.said(" nobody ever really says so much here" * 2, 4.0, 4.2)

    heard = parrots.hear({0: script})

    assert [one.text for one in heard.segments] == ["Most of the city is not planned."]
    assert [(one.reason, one.temperature) for one in heard.rejected] == [
        *(("too_fast", temperature) for temperature in TEMPERATURES[:-1]),
        ("too_fast", 1.0),
    ]
    assert heard.rejected[-1].start_s == 104.0

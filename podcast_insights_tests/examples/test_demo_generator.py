"""The generator of the demo: scripts are read strictly, and times are where the sound is."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

FRONT = """---
guid: show-1
title: A title
published: 2026-11-09T05:30:00Z
transcript: srt
voices: {Ann: en-gb+f2, Bo: en-us+m3}
notes: <p>Notes</p>
---
"""


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("**Ann:** Hello.", "begins with front matter"),
        (FRONT + "Ann says hello.", "expected '\\*\\*Name:\\*\\* text'"),
        (FRONT + "**Cy:** Hello.", "no voice for Cy"),
        (FRONT + "[ad]\n**Ann:** Buy.", "is never closed"),
        (FRONT + "**Ann:** Hello.\n[/ad]", "without its counterpart"),
    ],
)
def test_a_wrong_script_is_refused_with_its_name(generator: Any, text: str, complaint: str) -> None:
    with pytest.raises(generator.scripts.ScriptError, match=rf"show/one\.md: .*{complaint}"):
        generator.scripts.parse_script(text, "show", "one")


def test_lines_between_the_markers_are_ads(generator: Any) -> None:
    text = FRONT + "**Ann:** Hello. Who?\n\n[ad]\n**Ann:** Buy at shop.example.com/now today.\n[/ad]\n\n**Bo:** Me."

    script = generator.scripts.parse_script(text, "show", "one")

    assert [(turn.speaker, turn.sentences, turn.is_ad) for turn in script.turns] == [
        ("Ann", ("Hello.", "Who?"), False),
        ("Ann", ("Buy at shop.example.com/now today.",), True),
        ("Bo", ("Me.",), False),
    ]


def test_cues_never_cross_a_turn_and_stay_short(generator: Any) -> None:
    long = "A sentence of some length that leaves no room for many others in a single cue. "
    text = FRONT + f"**Ann:** {long * 4}\n\n**Bo:** One. Two. Three. Four.\n\n**Bo:** Five."
    script = generator.scripts.parse_script(text, "show", "one")
    spoken = [
        generator.speech.SpokenSentence(
            turn_index=index, speaker=turn.speaker, text=sentence, is_ad=False, start_s=index, end_s=index + 0.5
        )
        for index, turn in enumerate(script.turns)
        for sentence in turn.sentences
    ]

    cues = generator.transcripts.cues_of(spoken)

    assert [cue.text for cue in cues if cue.speaker == "Bo"] == ["One. Two. Three.", "Four.", "Five."]
    assert [cue.text.count("sentence") for cue in cues if cue.speaker == "Ann"] == [2, 2]


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_a_sentence_is_where_its_times_say(generator: Any, tmp_path: Path) -> None:
    import av

    script = generator.scripts.parse_script(FRONT + "**Ann:** Hello there. Who are you?\n\n**Bo:** Me.", "show", "one")

    samples, spoken = generator.speech.speak_episode(script, generator.speech.require_espeak())
    generator.speech.write_opus(samples, tmp_path / "one.opus")

    rate_hz = generator.speech.SPEECH_RATE_HZ
    sounds = np.zeros(len(samples), dtype=bool)
    for sentence in spoken:
        first, last = round(sentence.start_s * rate_hz), round(sentence.end_s * rate_hz)
        sounds[max(first - 30, 0) : last + 30] = True
        assert np.abs(samples[first:last]).max() > 1000
    assert not samples[~sounds].any()
    assert [sentence.text for sentence in spoken] == ["Hello there.", "Who are you?", "Me."]
    with av.open(str(tmp_path / "one.opus")) as container:
        decoded = sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))
    assert decoded == pytest.approx(len(samples) / rate_hz, abs=0.1)

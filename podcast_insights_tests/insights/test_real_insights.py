"""The embedded extractor on 33 real episodes of November 2024, each with an ad of ours planted in its middle."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from podcast_insights.insights.extract_embedded import extract
from podcast_insights.transcripts.ads import mark_ads
from podcast_insights.transcripts.sentences import joined_text
from podcast_insights.transcripts.values import Segment, word_count
from podcast_insights_tests.insights.samples import AD, timed, transcript_of

LONG_WORDS = 3000
SPEAKER = re.compile(r"\*\*([^*]{1,60}?):?\*\*:?\s*(.*)", re.DOTALL)
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
STAMP = re.compile(r"\\?\[\d[\d:.]*\\?\]")


def turns_of(markdown: str) -> Iterator[tuple[str | None, str]]:
    """Yield speaker and text of each paragraph ``**Name:** text``; without a name the speaker goes on."""
    speaker: str | None = None
    for paragraph in re.split(r"\n\s*\n", FRONT_MATTER.sub("", markdown)):
        text = paragraph.strip()
        if match := SPEAKER.match(text):
            speaker, text = match.group(1), match.group(2)
        if text := " ".join(STAMP.sub("", text).split()):
            yield speaker, text


def cues_of(vtt: str) -> Iterator[tuple[str | None, str]]:
    for block in re.split(r"\n\s*\n", vtt):
        _, arrow, text = block.partition(" --> ")
        if arrow and (lines := text.split("\n", 1)[1:]):
            yield None, " ".join(lines[0].split())


def episodes() -> Iterator[tuple[str, tuple[Segment, ...]]]:
    """Yield the name and the segments of each episode, the planted ad said by whoever speaks in the middle."""
    root = os.environ.get("PODCAST_INSIGHTS_REAL_DATA")
    if not root:
        pytest.skip("set PODCAST_INSIGHTS_REAL_DATA to the folder with real transcripts")
    sets = json.loads((Path(root) / "transcripts" / "SETS.json").read_text(encoding="utf-8"))
    for name in sets["two_weeks_november_2024"]:
        path = Path(root) / name
        text = path.read_text(encoding="utf-8")
        turns = list(cues_of(text) if path.suffix == ".vtt" else turns_of(text))
        middle = len(turns) // 2
        speaker = turns[middle - 1][0] if turns[middle - 1 :] else None
        yield path.stem, timed([*turns[:middle], *((speaker, line) for line in AD), *turns[middle:]])


@pytest.mark.real_data
def test_real_episodes_give_verbatim_insights_and_none_from_an_ad() -> None:
    counts: dict[str, int] = {}
    worth_publishing = 0
    for name, segments in episodes():
        transcript = transcript_of(mark_ads(segments), episode_id=name)
        text = joined_text(transcript.segments)
        found = extract(transcript, limit=8)
        ads = {one.index for one in transcript.segments if one.is_ad}
        assert ads, f"the planted ad of {name} was not marked"
        for insight in found.insights:
            assert insight.quote in text
            assert "Lanternfish" not in f"{insight.quote} {insight.explanation}"
            assert ads.isdisjoint(range(insight.first_segment, insight.last_segment + 1))
        if word_count(segments) > LONG_WORDS:
            counts[name] = len(found.insights)
            worth_publishing += sum(one.value_ratio >= 0.2 for one in found.insights)
    average = sum(counts.values()) / len(counts)
    print(f"{average:.2f} insights per long episode, {worth_publishing / len(counts):.2f} with a value of 0.2 or more")
    # About one sentence in thirty of a conversation can be read without it; most of an hour gives no headline.
    assert average >= 1.5

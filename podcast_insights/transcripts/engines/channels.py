"""Files with one speaker on each channel, as remote interviews are recorded: found, heard apart, put together. Pure.

Ordinary stereo has all voices on both channels, at almost the same level at every moment; so have music, and mono that
was saved as stereo. Only where one channel is much louder most of the time, and now one and now the other, there are
two speakers. Then each channel is heard alone, which also tells who speaks, and two people who speak at the same time
are both understood.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from podcast_insights.audio.decode import SAMPLE_RATE_HZ
from podcast_insights.transcripts.engines import Recognition
from podcast_insights.transcripts.engines.invented import renumbered
from podcast_insights.transcripts.engines.levels import FRAME_SAMPLES, SILENCE_LEVEL, frame_levels
from podcast_insights.transcripts.loops import words_of
from podcast_insights.transcripts.values import Segment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Levels = NDArray[np.float64]
    Samples = NDArray[np.float32]

FRAMES_PER_S = SAMPLE_RATE_HZ / FRAME_SAMPLES
# Enough to be sure, and a few seconds of decoding.
MEASURED_S = 600.0
FEWEST_SOUNDING_S = 10.0
# 20 dB below the loudest: where somebody speaks, and not the room.
SOUNDING_RATIO = 0.1
LOUD_PERCENTILE = 95
# 12 dB: a voice in the other's headphones is fainter than that; a voice that a mixer moved to one side is not.
ALONE_RATIO = 4.0
FEWEST_ALONE_RATIO = 0.6
# Of what is said alone: an interviewer says little, but more than a channel that only crackles.
FEWEST_EACH_RATIO = 0.08
# A sound for each change of speaker has to last; letters are shorter.
SHORTEST_TURN_FRAMES = 8
FEWEST_TURNS = 4
HIGHEST_CORRELATION = 0.4
# 20 dB: so much louder on the other channel, a sound is not this speaker's. Softer words beside a loud one stay.
OTHERS_RATIO = 10.0
# Looked at together with what is before and after: words begin softly, and syllables have gaps.
MARGIN_FRAMES = 5
# The same words on both channels are one passage, such as music, an advertisement or a voice that leaks.
SAME_WORDS_SCORE = 85.0
FEWEST_SAME_WORDS = 4
LONGEST_SEGMENT_S = 30.0


def levels_by_side(chunks: Iterable["Samples"]) -> tuple["Levels", "Levels"]:
    """Return the level of each 50 ms of the first minutes of stereo sound, left and right."""
    import numpy as np

    lefts: list[Levels] = []
    rights: list[Levels] = []
    measured_s = 0.0
    for chunk in chunks:
        lefts.append(frame_levels(np.ascontiguousarray(chunk[:, 0])))
        rights.append(frame_levels(np.ascontiguousarray(chunk[:, 1])))
        measured_s += len(chunk) / SAMPLE_RATE_HZ
        if measured_s >= MEASURED_S:
            break
    empty: Levels = np.zeros(0)
    return np.concatenate([empty, *lefts]), np.concatenate([empty, *rights])


def speaks_apart(left: "Levels", right: "Levels") -> bool:
    """Whether there is a speaker on each channel, by the levels of the channels in the same 50 ms."""
    import numpy as np

    louder = np.maximum(left, right)
    if not len(louder):
        return False
    sounding = louder > max(SILENCE_LEVEL, SOUNDING_RATIO * float(np.percentile(louder, LOUD_PERCENTILE)))
    if sounding.sum() < FEWEST_SOUNDING_S * FRAMES_PER_S:
        return False
    on_left, on_right = sounding & (left > ALONE_RATIO * right), sounding & (right > ALONE_RATIO * left)
    alone = int(on_left.sum() + on_right.sum())
    if alone < FEWEST_ALONE_RATIO * sounding.sum() or min(on_left.sum(), on_right.sum()) < FEWEST_EACH_RATIO * alone:
        return False
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = np.corrcoef(left, right)[0, 1]
    return not correlation > HIGHEST_CORRELATION and _turns(on_left, on_right) >= FEWEST_TURNS


def own_voice(chunks: Iterable["Samples"], side: int) -> Iterator["Samples"]:
    """Yield one channel of stereo sound, silent where what is heard on it is the other channel's speaker."""
    import numpy as np

    around = np.ones(2 * MARGIN_FRAMES + 1)
    for chunk in chunks:
        own, other = np.ascontiguousarray(chunk[:, side]), np.ascontiguousarray(chunk[:, 1 - side])
        power, power_there = (np.convolve(frame_levels(one) ** 2, around)[MARGIN_FRAMES:] for one in (own, other))
        is_others = np.repeat(power_there > OTHERS_RATIO**2 * power, FRAME_SAMPLES)[: len(own)]
        yield np.where(is_others, np.float32(0), own)


def both_sides(left: Recognition, right: Recognition) -> Recognition:
    """Return what was heard on both channels as one, in order, with who speaks: Speaker 1 is the first one heard."""
    sides = sorted((left.segments, right.segments), key=lambda segments: segments[0].start_s if segments else 0.0)
    if not all(sides):
        sides.sort(key=len, reverse=True)
    segments = [*sides[0], *sides[1]]
    labels = ["Speaker 1"] * len(sides[0]) + ["Speaker 2"] * len(sides[1])
    dropped, shared = _doubled(*sides)
    labelled = [
        replace(segment, speaker=None if place in shared else label)
        for place, (segment, label) in enumerate(zip(segments, labels, strict=True))
        if place not in dropped
    ]
    costs = [one.cost_usd for one in (left, right) if one.cost_usd is not None]
    return Recognition(
        segments=renumbered(sorted(labelled, key=lambda one: (one.start_s, one.end_s))),
        language=left.language or right.language,
        duration_s=max(left.duration_s, right.duration_s),
        compute_s=left.compute_s + right.compute_s,
        has_times=left.has_times and right.has_times,
        cost_usd=sum(costs) if costs else None,
    )


def _turns(on_left: "NDArray[np.bool_]", on_right: "NDArray[np.bool_]") -> int:
    """Return how often one speaker takes over from the other; short sounds in between are nobody's turn."""
    turns, speaker = 0, 0
    frames = {1: 0, -1: 0}
    for left, right in zip(on_left.tolist(), on_right.tolist(), strict=True):
        now = left - right
        if not now:
            continue
        frames[now] += 1
        frames[-now] = 0
        if frames[now] == SHORTEST_TURN_FRAMES and now != speaker:
            turns, speaker = turns + 1, now
    return turns


def _doubled(first: Sequence[Segment], second: Sequence[Segment]) -> tuple[set[int], set[int]]:
    """Return which segments repeat one of the other channel, and which are repeated: of two the longer one stays.

    Places count through both channels, the first one's before the second one's.
    """
    starts = [one.start_s for one in first]
    dropped: set[int] = set()
    repeated: set[int] = set()
    for at, segment in enumerate(second, start=len(first)):
        begin = bisect_left(starts, segment.start_s - LONGEST_SEGMENT_S)
        for place in range(begin, bisect_right(starts, segment.end_s)):
            if _is_same(first[place], segment):
                is_longer = len(segment.text) > len(first[place].text)
                dropped.add(place if is_longer else at)
                repeated.add(at if is_longer else place)
    return dropped, repeated


def _is_same(one: Segment, other: Segment) -> bool:
    common_s = min(one.end_s, other.end_s) - max(one.start_s, other.start_s)
    if common_s <= 0.5 * min(one.end_s - one.start_s, other.end_s - other.start_s):
        return False
    words, words_there = words_of(one.text), words_of(other.text)
    if min(len(words), len(words_there)) < FEWEST_SAME_WORDS:
        return False
    return fuzz.partial_ratio(" ".join(words), " ".join(words_there)) >= SAME_WORDS_SCORE

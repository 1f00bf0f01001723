"""How well advertising is marked, and whether good transcripts are believed and wrong ones are not.

Seconds of advertising are those that people verified; where they overlooked a read, marking it counts as wrong. The
wrong transcripts are made of the real ones, each with one fault that a publisher's file can have.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from evaluation.lines import Line, told
from podcast_insights.evaluation.values import EvaluatedEpisode
from podcast_insights.transcripts.ads import CONFIDENCE_BY_KINDS
from podcast_insights.transcripts.belongs import foreign_words, said_words, telling_words
from podcast_insights.transcripts.values import Segment, Transcript
from podcast_insights.transcripts.verify import verify

Episodes = dict[str, EvaluatedEpisode]
TOO_FAST = 10
LOOP_WORDS = 8


def ad_lines(episodes: Episodes) -> Iterator[Line]:
    """Yield recall and precision of the marks, by seconds, and the share of content that is marked."""
    hit_s = marked_s = ads_s = content_s = 0.0
    hits_of: Counter[float] = Counter()
    marks_of: Counter[float] = Counter()
    for episode in episodes.values():
        for segment in episode.transcript.segments:
            length_s = segment.end_s - segment.start_s
            ad_s = sum(max(0.0, min(segment.end_s, end) - max(segment.start_s, start)) for start, end in episode.ads_s)
            ads_s, content_s = ads_s + ad_s, content_s + length_s - ad_s
            if segment.is_ad:
                hit_s, marked_s = hit_s + ad_s, marked_s + length_s
                trust = segment.ad_confidence or 0.0
                hits_of[trust], marks_of[trust] = hits_of[trust] + ad_s, marks_of[trust] + length_s
    yield Line(area="ads", figure="seconds of verified ads that are marked", ours=_share(hit_s, ads_s))
    yield Line(area="ads", figure="seconds marked that are verified ads", ours=_share(hit_s, marked_s))
    yield Line(area="ads", figure="seconds of content that are marked", ours=_share(marked_s - hit_s, content_s))
    for trust in sorted(set(CONFIDENCE_BY_KINDS.values())):
        figure = f"seconds marked with confidence {trust} that are verified ads"
        yield Line(area="ads", figure=figure, ours=_share(hits_of[trust], marks_of[trust]))


def verification_lines(episodes: Episodes) -> Iterator[Line]:
    """Yield how many real transcripts are believed, and how many wrong ones are not."""
    real = [episode.transcript for episode in episodes.values()]
    believed = sum(_is_believed(one) for one in real)
    yield Line(area="transcripts", figure="real ones that are believed", ours=_share(believed, len(real)))
    for has_times, faults in ((True, FAULTS), (False, UNTIMED_FAULTS)):
        good = [one for one in real if one.has_times == has_times]
        for name, spoilt in faults.items():
            refused = sum(not _is_believed(replace(one, segments=spoilt(one.segments))) for one in good)
            yield Line(area="transcripts", figure=f"{name} that are refused", ours=_share(refused, len(good)))


def belonging_lines(noted: Episodes, shows: Episodes, every: Episodes) -> Iterator[Line]:
    """Yield how often the words of another episode are refused by what is said of each, and how often the own ones.

    Args:
        noted: Episodes of one show, with what its feed says of them.
        shows: Episodes of several shows, with the same, taken for those of one.
        every: Where words of other shows are from.
    """
    said = {key: said_words(episode.transcript.segments) for key, episode in (noted | shows | every).items()}
    believed = 0
    for name, episodes in (("of the show", noted), ("of seven shows as if of one", shows)):
        about = {key: episode.about for key, episode in episodes.items()}
        telling = telling_words(about)
        believed += sum(_fits(said[key], key, telling) for key in about)
        pairs = [(text, key) for text in about for key in about if text != key]
        refused = sum(not _fits(said[text], key, telling) for text, key in pairs)
        yield _refusals(f"words of another episode {name}, refused", refused, len(pairs))
        unlisted = {text: telling_words({key: told for key, told in about.items() if key != text}) for text in about}
        refused = sum(not _fits(said[text], key, unlisted[text]) for text, key in pairs)
        yield _refusals("the same, while that episode is not listed", refused, len(pairs))
    telling = telling_words({key: episode.about for key, episode in noted.items()})
    own = {episode.transcript.show_id for episode in noted.values()}
    pairs = [(text, key) for text, one in every.items() if one.transcript.show_id not in own for key in noted]
    refused = sum(not _fits(said[text], key, telling) for text, key in pairs)
    yield _refusals("words of another show, refused", refused, len(pairs))
    share = _share(believed, len(noted) + len(shows))
    yield Line(area="transcripts", figure="own words beside these notes, believed", ours=share)


def _refusals(figure: str, refused: int, tried: int) -> Line:
    return Line(area="transcripts", figure=figure, ours=_share(refused, tried))


def half_of(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Return what is said in the first half of an episode's time."""
    return tuple(one for one in segments if one.end_s <= segments[-1].end_s / 2)


def doubled(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Return everything twice, the second time after the first one."""
    end_s = segments[-1].end_s
    again = (replace(one, start_s=one.start_s + end_s, end_s=one.end_s + end_s) for one in segments)
    return tuple(replace(one, index=at) for at, one in enumerate((*segments, *again)))


def too_fast(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Return all words at the beginning, ten times as fast as they were said."""
    return tuple(replace(one, start_s=one.start_s / TOO_FAST, end_s=one.end_s / TOO_FAST) for one in segments)


def looped(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Return an episode that says one thing over and over from its middle on, as a recogniser does in music."""
    middle = len(segments) // 2
    phrase = " ".join(segments[middle].text.split()[:LOOP_WORDS]) + " "
    loop = (replace(one, text=phrase * max(1, len(one.text) // len(phrase))) for one in segments[middle:])
    return (*segments[:middle], *loop)


def half_of_text(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Return the first half of the words, spread over the whole episode, as where a text breaks off."""
    half = segments[: len(segments) // 2]
    longer = segments[-1].end_s / half[-1].end_s
    return tuple(replace(one, start_s=one.start_s * longer, end_s=one.end_s * longer) for one in half)


def doubled_text(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Return everything twice in the time of once."""
    return tuple(replace(one, start_s=one.start_s / 2, end_s=one.end_s / 2) for one in doubled(segments))


FAULTS: Mapping[str, Callable[[Sequence[Segment]], tuple[Segment, ...]]] = {
    "halves": half_of,
    "doubled ones": doubled,
    "ones ten times too fast": too_fast,
    "ones with a loop": looped,
}
# What claims no times cannot be too fast in parts; half of one has half the words for the same time.
UNTIMED_FAULTS: Mapping[str, Callable[[Sequence[Segment]], tuple[Segment, ...]]] = {
    "halves without times": half_of_text,
    "doubled ones without times": doubled_text,
    "ones without times and with a loop": looped,
}


def _fits(said: frozenset[str], episode_id: str, telling: Mapping[str, frozenset[str]]) -> bool:
    return foreign_words(said, episode_id=episode_id, telling=telling, titles={}) is None


def _is_believed(transcript: Transcript) -> bool:
    return verify(
        transcript.segments,
        has_times=transcript.has_times,
        duration_s=transcript.duration_s,
        declared_language=transcript.language,
    ).is_trusted


def _share(part: float, whole: float) -> str:
    return told(part / whole if whole else None, 1)

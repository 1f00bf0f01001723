"""Whether a transcript can be trusted: its span, its speed, its language, and text that is no speech.

Whether the words are those of another episode is judged by ``belongs.py``: for that one has to know the other episodes.

A wrong transcript is worse than none: insights would be quoted from words that nobody said. Every rule has room for
how podcasts are made, above all for advertisements that are put into the audio at each download, so that the published
transcript is shorter or longer than the file. Pure apart from loading the language model once.
"""

import re
from collections.abc import Iterator, Sequence

from podcast_insights.fingerprints import short_id
from podcast_insights.transcripts.languages import contradicting_language
from podcast_insights.transcripts.loops import looped_words, words_of, words_or_letters_of
from podcast_insights.transcripts.values import Segment, Verdict

# Raised when the same words get another verdict, so that stored verdicts are not used any more.
VERIFY_VERSION = 3

SHORTEST_RATIO = 0.6
LONGEST_RATIO = 1.15
SLACK_S = 60.0
FASTEST_CHARS_PER_S = 25.0
FASTEST_RUN_CHARS_PER_S = 40.0
RUN_CHARS = 400
IMPOSSIBLE_RATIO = 0.02
SLOWEST_CHARS_PER_S = 2.0
# A publisher's text without times claims to be the whole episode, so half of one shows only in its speed. The slowest
# of the real ones with times has 12.5.
SLOWEST_UNTIMED_CHARS_PER_S = 8.0
SHORTEST_JUDGED_S = 30.0
LOOPED_RATIO = 0.1
FEWEST_DOUBLED_WORDS = 100
BOILERPLATE_CHARS = 1500

Problem = tuple[str, str]

_WIDE = re.compile(r"[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_BOILERPLATE = re.compile(
    r"transcripts? (?:is |are |will be )?(?:coming soon|not (?:yet )?available|available soon|unavailable|pending)"
    r"|no transcript (?:is )?available|(?:page|file|episode) (?:was |could )?not (?:be )?found|\b404\b.{0,40}not found"
    r"|access denied|\b403 forbidden\b|enable (?:javascript|cookies)|checking your browser|just a moment\.\.\."
    r"|internal server error|bad gateway|service unavailable|(?:sign|log) in to (?:continue|read|view)"
    r"|subscribe to (?:read|view|unlock)|lorem ipsum|transcript goes here",
    re.IGNORECASE,
)


def verify(
    segments: Sequence[Segment],
    *,
    has_times: bool,
    duration_s: float | None,
    declared_language: str | None,
    is_heard: bool = False,
) -> Verdict:
    """Return every reason against trusting a transcript.

    Args:
        segments: The transcript.
        has_times: Whether its times are its own; spread times say nothing about span or speed.
        duration_s: How long the audio is (or the feed says); None where nobody knows.
        declared_language: The show's spoken language as a tag; None where nobody said.
        is_heard: Whether it was heard in this very audio, so that few words mean much music.
    """
    text = " ".join(segment.text for segment in segments)
    if not any(character.isalnum() for character in text):
        return Verdict(problems=(("empty", "the transcript holds no words"),))
    problems = [
        *_boilerplate(text),
        *(_span(segments, duration_s) if has_times and duration_s else ()),
        *_speed(segments, text, has_times=has_times, duration_s=duration_s, is_heard=is_heard),
        *_loops(text),
        *_language(segments, declared_language),
    ]
    return Verdict(problems=tuple(problems))


def text_fingerprint(segments: Sequence[Segment]) -> str:
    """Return an id of the words alone (not of case, punctuation, speakers or times): the same under two episodes."""
    return short_id(" ".join(words_of(" ".join(segment.text for segment in segments))))


def _boilerplate(text: str) -> Iterator[Problem]:
    match = _BOILERPLATE.search(text[:BOILERPLATE_CHARS]) if len(text) <= BOILERPLATE_CHARS else None
    if match:
        yield "boilerplate", f'it is a notice, not a transcript ("{match[0]:.60}")'


def _span(segments: Sequence[Segment], duration_s: float) -> Iterator[Problem]:
    end_s = max(segment.end_s for segment in segments)
    if end_s < duration_s * SHORTEST_RATIO - SLACK_S or (duration_s <= 300 and end_s < duration_s * 0.5):
        yield "too_short", f"it ends at {_minutes(end_s)} of {_minutes(duration_s)}"
    if end_s > duration_s * LONGEST_RATIO + SLACK_S:
        yield "too_long", f"it goes on to {_minutes(end_s)} although the episode lasts {_minutes(duration_s)}"


def _speed(
    segments: Sequence[Segment], text: str, *, has_times: bool, duration_s: float | None, is_heard: bool
) -> Iterator[Problem]:
    span_s = segments[-1].end_s - segments[0].start_s if has_times else 0.0
    spoken_s = span_s or duration_s or 0.0
    chars = _speech_chars(text)
    if has_times and _impossible_chars(segments) > IMPOSSIBLE_RATIO * chars:
        yield "too_fast", f"parts of it have over {FASTEST_RUN_CHARS_PER_S:.0f} characters a second"
    elif spoken_s and chars > FASTEST_CHARS_PER_S * spoken_s and chars > RUN_CHARS:
        yield "too_fast", f"it has {chars / spoken_s:.0f} characters a second; speech has about 15"
    whole_s = max(spoken_s, duration_s or 0.0)
    slowest = SLOWEST_CHARS_PER_S if has_times or is_heard else SLOWEST_UNTIMED_CHARS_PER_S
    if whole_s >= SHORTEST_JUDGED_S and chars < slowest * whole_s:
        yield "too_slow", f"it has {chars / whole_s:.1f} characters a second; speech has about 15"


def _impossible_chars(segments: Sequence[Segment]) -> int:
    """Return how many characters stand in runs that nobody can speak that fast.

    Runs, not single segments: publishers' cues are often a little early or late, and a word may have no length at all.
    """
    impossible = 0
    chars = 0
    start_s = segments[0].start_s
    for position, segment in enumerate(segments):
        chars += _speech_chars(segment.text)
        if chars < RUN_CHARS and position + 1 < len(segments):
            continue
        is_last = position + 1 == len(segments)
        end_s = segment.end_s if is_last else max(segment.end_s, segments[position + 1].start_s)
        if chars >= RUN_CHARS / 2 and chars > FASTEST_RUN_CHARS_PER_S * (end_s - start_s):
            impossible += chars
        chars, start_s = 0, end_s
    return impossible


def _speech_chars(text: str) -> int:
    """Return the number of characters, those that stand for a syllable or a word counted as three letters."""
    return len(text) + 2 * len(_WIDE.findall(text))


def _loops(text: str) -> Iterator[Problem]:
    words = words_or_letters_of(text)
    looped = looped_words(words)
    if looped > LOOPED_RATIO * len(words):
        yield "looped", f"{looped} of its {len(words)} words repeat one phrase over and over"
    half = len(words) // 2
    if half >= FEWEST_DOUBLED_WORDS and words[:half] == words[-half:]:
        yield "doubled", "its second half is its first one again"


def _language(segments: Sequence[Segment], declared: str | None) -> Iterator[Problem]:
    language = contradicting_language(segments, declared)
    if language:
        yield "wrong_language", f"it is in another language ({language}) than declared ({declared})"


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"

"""Finding sponsor reads and housekeeping: lexical log-odds per sentence, smoothed, and spans by rule.

A sentence alone says little (of 13 ads, a test of single passages found 2): ads are regions. A two-state Viterbi path
over the sentences finds them, and the rules of ``ad_spans.py`` add what is only seen from afar.
``mark_ads`` is for the record and balanced; ``quarantine`` is for extraction and errs on the side of leaving out.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from podcast_insights.transcripts.ad_cues import (
    ADDRESS,
    BREAK,
    CALL,
    CLOSING,
    CUES,
    GREETING,
    HOUSEKEEPING,
    LEGAL,
    OPENING,
    PITCH,
    RETURN,
    SOFT_OPENING,
)
from podcast_insights.transcripts.ad_spans import ad_spans, advertiser_of, spans_of_known_advertisers
from podcast_insights.transcripts.sentences import Sentence, sentences_of
from podcast_insights.transcripts.values import Segment

# Log-odds of a sentence of ten words without any cue, of entering and leaving an ad, and of a new speaker within one.
NEUTRAL = -0.75
NEUTRAL_WORDS, LEAST_NEUTRAL = 10, 0.3
AFTER_RETURN = -8.0
ENTER = -4.5
ENTER_WITHOUT_STRONG_CUE = -7.5
EXIT = -0.5
NEW_SPEAKER = -1.2
# Nobody goes back to the show for less.
STAY_S = 30.0
ADVERTISER_AGAIN = 1.3
ADVERTISER_REACH_SENTENCES = 40
ZONE_SENTENCES, ZONE_WORDS = 30, 380
HELD_TURN_WORDS = 40
MAIN_SPEAKER_RATIO = 0.12
MINOR_SPEAKER_RATIO = 0.03
MARKED_RATIO = 0.5
# Of the seconds that were marked by so many kinds of cues, how many people had verified as advertising; from seven
# episodes, which `make eval` measures. Housekeeping is no advertising there, so it is doubted most.
CONFIDENCE_BY_KINDS = {1: 0.67, 2: 0.67, 3: 0.89, 4: 0.89, 5: 0.97, 6: 0.97, 7: 0.97}
# Where no phrase gives an ad away, the rules on names and repetitions in ``ad_spans.py`` found it.
BY_NAME = "a name or a text that is repeated"


def mark_ads(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Return the segments with ``is_ad`` set where at least half of the text is sponsor read or housekeeping."""
    sentences = sentences_of(segments)
    marked = _characters_by_segment(segments, sentences, ad_sentences(sentences))
    whole = _characters_by_segment(segments, sentences, (True,) * len(sentences))
    is_ad = [whole[place] > 0 and marked[place] >= MARKED_RATIO * whole[place] for place in range(len(segments))]
    found: list[Segment] = []
    for one, run in groupby(zip(segments, is_ad, strict=True), key=lambda pair: pair[1]):
        stretch = [segment for segment, _ in run]
        reason = _reason(" ".join(segment.text for segment in stretch)) if one else None
        trust = confidence_of(reason)
        found += [replace(segment, is_ad=one, ad_reason=reason, ad_confidence=trust) for segment in stretch]
    return tuple(found)


def confidence_of(reason: str | None) -> float | None:
    """Return how many of the seconds that were marked like this are advertising; None where that was not measured."""
    return CONFIDENCE_BY_KINDS[reason.count(",") + 1] if reason and reason != BY_NAME else None


def ad_sentences(sentences: Sequence[Sentence]) -> tuple[bool, ...]:
    """Return for each sentence whether it is part of a sponsor read or of housekeeping."""
    marks = _smoothed(sentences)
    for first, last in ad_spans(sentences):
        marks[first : last + 1] = [True] * (last + 1 - first)
    for first, last in tuple(spans_of_known_advertisers(sentences, marks)):
        marks[first : last + 1] = [True] * (last + 1 - first)
    return tuple(_without_short_stays(sentences, _without_small_gaps(marks)))


def quarantine(sentences: Sequence[Sentence]) -> tuple[bool, ...]:
    """Return for each sentence whether extraction keeps off it: ads, a zone after each opening, and ad voices."""
    found = ad_sentences(sentences)
    mask = list(found)
    speakers: Counter[object] = Counter()
    turns: Counter[object] = Counter()
    for sentence in sentences:
        words = len(sentence.text.split())
        speakers[sentence.speaker] += words
        turns[sentence.turn] += words
    main = {name for name, said in speakers.items() if said > MAIN_SPEAKER_RATIO * speakers.total()}
    for opening, sentence in enumerate(sentences):
        if OPENING.pattern.search(sentence.text) or SOFT_OPENING.search(sentence.text):
            for position in _zone_after(sentences, opening, found, main, turns):
                mask[position] = True
    minor = {name for name, said in speakers.items() if said < MINOR_SPEAKER_RATIO * speakers.total()}
    for position in range(1, len(mask)):
        speaker = sentences[position].speaker
        if speaker is not None and speaker in minor and mask[position - 1]:
            mask[position] = True
    return tuple(mask)


def off_limits(segments: Sequence[Segment], sentences: Sequence[Sentence]) -> tuple[bool, ...]:
    """Return the quarantine, widened to every sentence that touches a segment marked ``is_ad``."""
    ads = {segment.index for segment in segments if segment.is_ad}
    return tuple(
        kept_off or not ads.isdisjoint(range(sentence.first_segment, sentence.last_segment + 1))
        for sentence, kept_off in zip(sentences, quarantine(sentences), strict=True)
    )


def _reason(text: str) -> str:
    """Return which kinds of cues a stretch of advertising holds."""
    return ", ".join(cue.name for cue in CUES if cue.pattern.search(text)) or BY_NAME


def _characters_by_segment(
    segments: Sequence[Segment], sentences: Sequence[Sentence], chosen: Sequence[bool]
) -> list[int]:
    """Return how many characters of each segment lie in the chosen sentences."""
    totals = [0] * len(segments)
    starts: list[int] = []
    offset = 0
    for segment in segments:
        starts.append(offset)
        offset += len(segment.text) + 1
    position = 0
    for sentence, is_chosen in zip(sentences, chosen, strict=True):
        while position + 1 < len(segments) and starts[position + 1] <= sentence.start_char:
            position += 1
        here = position
        while is_chosen and here < len(segments) and starts[here] < sentence.end_char:
            end = starts[here] + len(segments[here].text)
            totals[here] += max(0, min(end, sentence.end_char) - max(starts[here], sentence.start_char))
            here += 1
    return totals


def _log_odds(sentences: Sequence[Sentence]) -> tuple[list[float], list[bool]]:
    """Return each sentence's log-odds of being an ad, and whether it is strong enough to open one."""
    odds: list[float] = []
    strong: list[bool] = []
    advertisers: dict[str, int] = {}
    for position, sentence in enumerate(sentences):
        hits = {cue.name: min(cue.most, len(cue.pattern.findall(sentence.text))) for cue in CUES}
        length = len(sentence.text.split()) / NEUTRAL_WORDS
        total = NEUTRAL * min(1.0, max(LEAST_NEUTRAL, length)) + sum(cue.weight * hits[cue.name] for cue in CUES)
        if hits[OPENING.name] and (advertiser := advertiser_of(sentence.text)):
            advertisers[advertiser] = position
        lowered = sentence.text.lower()
        if any(position - at <= ADVERTISER_REACH_SENTENCES and name in lowered for name, at in advertisers.items()):
            total += ADVERTISER_AGAIN
        odds.append(total)
        strong.append(
            any(hits[cue.name] for cue in (OPENING, HOUSEKEEPING, LEGAL, BREAK))
            or bool(hits[ADDRESS.name] and hits[CALL.name])
            or hits[CALL.name] >= CALL.most
        )
    return odds, strong


def _smoothed(sentences: Sequence[Sentence]) -> list[bool]:
    """Return the best path of two states, content and ad, through the sentences (Viterbi)."""
    odds, strong = _log_odds(sentences)
    content, ad = 0.0, float("-inf")
    came_from: list[tuple[bool, bool]] = []
    for position, sentence in enumerate(sentences):
        is_new_speaker = (
            position > 0 and sentence.speaker is not None and sentence.speaker != sentences[position - 1].speaker
        )
        stay = ad + (NEW_SPEAKER if is_new_speaker else 0.0)
        if position > 0 and RETURN.search(sentences[position - 1].text):
            stay += AFTER_RETURN
        enter = content + (ENTER if strong[position] else ENTER_WITHOUT_STRONG_CUE)
        leave = ad + EXIT
        came_from.append((leave > content, stay >= enter))
        content, ad = max(content, leave), max(stay, enter) + odds[position]
    marks = [False] * len(odds)
    is_ad = ad > content
    for position in range(len(odds) - 1, -1, -1):
        marks[position] = is_ad
        is_ad = came_from[position][1 if is_ad else 0]
    return marks


def _without_small_gaps(marks: list[bool], longest: int = 2) -> list[bool]:
    """Fill stretches of at most ``longest`` unmarked sentences between marked ones."""
    filled = list(marks)
    marked = [position for position, is_marked in enumerate(marks) if is_marked]
    for before, after in pairwise(marked):
        if after - before <= longest + 1:
            filled[before:after] = [True] * (after - before)
    return filled


def _without_short_stays(sentences: Sequence[Sentence], marks: list[bool]) -> list[bool]:
    """Fill what one voice says in the few seconds between two ads, or before the first: it is another ad."""
    filled = list(marks)
    marked = [position for position, is_marked in enumerate(marks) if is_marked]
    for before, after in pairwise([-1, *marked]):
        gap = sentences[before + 1 : after]
        start_s = sentences[before].end_s if before >= 0 else 0.0
        if not gap or sentences[after].start_s - start_s > STAY_S or RETURN.search(sentences[before].text):
            continue
        is_one_voice = len({sentence.speaker for sentence in gap}) == 1
        is_pitched = any(PITCH.pattern.search(sentence.text) for sentence in gap)
        is_greeting = any(GREETING.search(sentence.text) for sentence in gap)
        if is_one_voice and is_pitched and not is_greeting:
            filled[before + 1 : after] = [True] * len(gap)
    return filled


def _zone_after(
    sentences: Sequence[Sentence],
    opening: int,
    found: Sequence[bool],
    main_speakers: set[object],
    turn_words: Counter[object],
) -> list[int]:
    """Return the sentences after an opening that are kept off, until a close or until a guest holds the floor."""
    host = sentences[opening].speaker
    zone: list[int] = []
    words, closed = 0, None
    for position in range(opening, min(len(sentences), opening + ZONE_SENTENCES + 1)):
        sentence = sentences[position]
        is_guest = host is not None and sentence.speaker != host and sentence.speaker in main_speakers
        if words >= ZONE_WORDS or (is_guest and turn_words[sentence.turn] >= HELD_TURN_WORDS):
            break
        if position > opening and RETURN.search(sentences[position - 1].text):
            break
        if closed is not None and position - closed > 2 and not found[position]:
            break
        words += len(sentence.text.split())
        if CLOSING.search(sentence.text) or (ADDRESS.pattern.search(sentence.text) and position - opening > 4):
            closed = position
        zone.append(position)
    return zone

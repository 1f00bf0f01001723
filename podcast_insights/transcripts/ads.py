"""Finding sponsor reads and housekeeping: lexical log-odds per sentence, smoothed, and spans by rule.

A sentence alone says little (of 13 ads, a test of single passages found 2): ads are regions. A two-state Viterbi path
over the sentences finds them, and where the words "brought to you by" open one, a rule follows it to its last cue.
``mark_ads`` is for the record and balanced; ``quarantine`` is for extraction and errs on the side of leaving out.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from podcast_insights.transcripts.ad_cues import (
    ADDRESS,
    ADVERTISER,
    CALL,
    CLOSING,
    CUES,
    DOMAIN_NAME,
    HOUSEKEEPING,
    LEGAL,
    NOT_AN_ADVERTISER,
    OPENING,
    PITCH,
    PRICE,
    SOFT_OPENING,
    THANKS,
)
from podcast_insights.transcripts.sentences import Sentence, sentences_of
from podcast_insights.transcripts.values import Segment

# Log-odds of a sentence without any cue, of entering and leaving an ad, and of a new speaker within one.
NEUTRAL = -0.75
ENTER = -4.5
ENTER_WITHOUT_STRONG_CUE = -7.5
EXIT = -0.5
NEW_SPEAKER = -1.2
ADVERTISER_AGAIN = 1.3
ADVERTISER_REACH_SENTENCES = 40
# How far an announced read goes at most, and how long it may go on without another cue.
SPAN_SENTENCES, SPAN_WORDS, SPAN_GAP_SENTENCES = 45, 480, 16
# How far an advertiser's name is followed around its address, and how much of its mentions must lie there.
NAMED_SENTENCES, NAMED_GAP_SENTENCES, NAMED_RATIO = 25, 6, 0.7
ZONE_SENTENCES, ZONE_WORDS = 30, 380
HELD_TURN_WORDS = 40
MAIN_SPEAKER_RATIO = 0.12
MINOR_SPEAKER_RATIO = 0.03
MARKED_RATIO = 0.5


def mark_ads(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Return the segments with ``is_ad`` set where at least half of the text is sponsor read or housekeeping."""
    sentences = sentences_of(segments)
    marked = _characters_by_segment(segments, sentences, ad_sentences(sentences))
    whole = _characters_by_segment(segments, sentences, (True,) * len(sentences))
    return tuple(
        replace(segment, is_ad=whole[position] > 0 and marked[position] >= MARKED_RATIO * whole[position])
        for position, segment in enumerate(segments)
    )


def ad_sentences(sentences: Sequence[Sentence]) -> tuple[bool, ...]:
    """Return for each sentence whether it is part of a sponsor read or of housekeeping."""
    marks = _smoothed(sentences)
    for first, last in (*_announced_spans(sentences), *_named_spans(sentences)):
        marks[first : last + 1] = [True] * (last + 1 - first)
    return tuple(_without_small_gaps(marks))


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
        total = NEUTRAL + sum(cue.weight * hits[cue.name] for cue in CUES)
        if hits[OPENING.name] and (advertiser := _advertiser(sentence.text)):
            advertisers[advertiser] = position
        lowered = sentence.text.lower()
        if any(position - at <= ADVERTISER_REACH_SENTENCES and name in lowered for name, at in advertisers.items()):
            total += ADVERTISER_AGAIN
        odds.append(total)
        strong.append(
            bool(hits[OPENING.name] or hits[HOUSEKEEPING.name] or hits[LEGAL.name])
            or bool(hits[ADDRESS.name] and hits[CALL.name])
            or hits[CALL.name] >= CALL.most
        )
    return odds, strong


def _advertiser(text: str) -> str | None:
    match = ADVERTISER.search(text)
    name = match.group(1).removesuffix("'s").lower() if match else ""
    return name if len(name) > 2 and name not in NOT_AN_ADVERTISER else None


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


def _announced_spans(sentences: Sequence[Sentence]) -> list[tuple[int, int]]:
    """Return the first and last sentence of each read that its opening words announce."""
    spans: list[tuple[int, int]] = []
    position = 0
    while position < len(sentences):
        if OPENING.pattern.search(sentences[position].text):
            last = _end_of_read(sentences, position)
            spans.append((position, last))
            position = last
        position += 1
    return spans


def _end_of_read(sentences: Sequence[Sentence], first: int) -> int:
    """Follow an announced read to its last cue; without any, take a few sentences."""
    advertiser = _advertiser(sentences[first].text)
    last, words, closed = first, 0, None
    for position in range(first + 1, min(len(sentences), first + SPAN_SENTENCES + 1)):
        sentence = sentences[position]
        words += len(sentence.text.split())
        is_opening = OPENING.pattern.search(sentence.text) is not None
        if words > SPAN_WORDS or position - last > SPAN_GAP_SENTENCES:
            break
        if closed is not None and position - closed > 2 and not is_opening:
            break
        if _is_read_cue(sentences, first, last, position, advertiser):
            last = position
            words = 0 if is_opening else words
            closed = None if is_opening else closed
        if CLOSING.search(sentence.text):
            closed = position
    if last > first:
        return last
    has_speakers = sentences[first].speaker is not None
    return min(len(sentences) - 1, first + (1 if has_speakers else 4))


def _is_read_cue(sentences: Sequence[Sentence], first: int, last: int, position: int, advertiser: str | None) -> bool:
    """Whether a sentence shows that a read still goes on; another speaker needs the address or the name."""
    text = sentences[position].text
    is_named = ADDRESS.pattern.search(text) is not None or (advertiser is not None and advertiser in text.lower())
    if sentences[position].speaker != sentences[first].speaker:
        return is_named
    if is_named or THANKS.search(text) or OPENING.pattern.search(text):
        return True
    return position - last <= 8 and CALL.pattern.search(text) is not None


def _named_spans(sentences: Sequence[Sentence]) -> list[tuple[int, int]]:
    """Return the stretch around each advertised address in which its owner is named and, almost, nowhere else.

    Inserted ads rarely announce themselves, but they say the name again and again before the address.
    """
    squashed = ["".join(filter(str.isalnum, sentence.text.lower())) for sentence in sentences]
    addresses = [position for position, one in enumerate(sentences) if ADDRESS.pattern.search(one.text)]
    spans: list[tuple[int, int]] = []
    for anchor in addresses:
        match = DOMAIN_NAME.search(sentences[anchor].text)
        if match is None or not _is_advertised(sentences[anchor].text, anchor, addresses):
            continue
        name = "".join(filter(str.isalnum, match.group(1).lower()))
        named = [position for position, text in enumerate(squashed) if name in text]
        near = _run_through(named, anchor)
        if len(name) >= 3 and len(near) >= NAMED_RATIO * len(named):
            spans.append((near[0], near[-1]))
    return spans


def _is_advertised(text: str, anchor: int, addresses: Sequence[int]) -> bool:
    """Whether an address comes with a call, a price or a pitch, or is said again at once."""
    has_pitch = any(pattern.search(text) for pattern in (CALL.pattern, PRICE, LEGAL.pattern, PITCH.pattern))
    return has_pitch or any(0 < abs(other - anchor) <= 3 for other in addresses)


def _run_through(named: Sequence[int], anchor: int) -> list[int]:
    """Return the positions around ``anchor`` that follow each other without a long gap."""
    before = [position for position in named if anchor - NAMED_SENTENCES <= position <= anchor]
    after = [position for position in named if anchor <= position <= anchor + NAMED_SENTENCES]
    run = [anchor]
    for position in reversed(before):
        if run[0] - position > NAMED_GAP_SENTENCES:
            break
        if position < run[0]:
            run.insert(0, position)
    for position in after:
        if position - run[-1] > NAMED_GAP_SENTENCES:
            break
        if position > run[-1]:
            run.append(position)
    return run


def _without_small_gaps(marks: list[bool], longest: int = 2) -> list[bool]:
    """Fill stretches of at most ``longest`` unmarked sentences between marked ones."""
    filled = list(marks)
    marked = [position for position, is_marked in enumerate(marks) if is_marked]
    for before, after in pairwise(marked):
        if after - before <= longest + 1:
            filled[before:after] = [True] * (after - before)
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
        if closed is not None and position - closed > 2 and not found[position]:
            break
        words += len(sentence.text.split())
        if CLOSING.search(sentence.text) or (ADDRESS.pattern.search(sentence.text) and position - opening > 4):
            closed = position
        zone.append(position)
    return zone

"""Ads as whole stretches: a read that announces itself, an advertiser that is named here and nowhere else, a repeat.

Three rules beside the sentence-by-sentence path of ``ads.py``. Inserted ads rarely say what they are, but two things
give them away: they say one name again and again that the talk never says, and they run more than once an episode.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from podcast_insights.transcripts.ad_cues import (
    ADDRESS,
    ADVERTISER,
    CALL,
    CLOSING,
    CUES,
    DOMAIN_NAMES,
    LEGAL,
    NOT_AN_ADVERTISER,
    OPENING,
    PITCH,
    PRICE,
    RETURN,
    THANKS,
)
from podcast_insights.transcripts.sentences import Sentence

Run = tuple[int, int]

# How far an announced read goes at most, and how long it may go on without another cue.
SPAN_SENTENCES, SPAN_WORDS, SPAN_GAP_SENTENCES = 45, 480, 16
# How far apart two mentions of an advertiser's name may be, and how much of its mentions must lie in ads.
NAMED_SENTENCES, NAMED_GAP_SENTENCES, NAMED_RATIO = 25, 6, 0.7
# A name without an address needs more: this many mentions, and this much pitch per sentence around them.
FEWEST_MENTIONS, BURST_RATIO, BURST_PITCH = 3, 0.9, 0.55
# A name that is hammered in needs less of it: a conversation says "it" and "they" after the second time.
HAMMERED_MENTIONS, HAMMERED_RATIO, HAMMERED_PITCH = 5, 0.5, 0.35
BURST_CUES = (ADDRESS, CALL, LEGAL, OPENING, PITCH)
# An advertiser is known where this much of its mentions lies in ads already found.
KNOWN_RATIO = 0.5
# An ad is read by one voice; a conversation about a product is not.
ONE_VOICE_RATIO = 0.8
# A sentence this long is not said twice by chance.
REPEATED_WORDS, REPEATED_DISTANCE, REPEATED_GAP = 7, 15, 3
FEWEST_REPEATED_WORDS = 16

_NAME = re.compile(r"(?<![.\w])[A-Z][\w-]{2,}")
_NAME_INSIDE = re.compile(r"(?<=[a-z,] )[A-Z][\w-]{2,}")
_GOES_ON = re.compile(r"\.\w")
_PLAIN_WORD = re.compile(r"\w+")


def ad_spans(sentences: Sequence[Sentence]) -> Iterator[Run]:
    """Yield the first and last sentence of each stretch that one of the rules takes for an ad."""
    yield from _announced_spans(sentences)
    yield from _addressed_spans(sentences)
    yield from _named_spans(sentences)
    yield from _repeated_spans(sentences)


def spans_of_known_advertisers(sentences: Sequence[Sentence], marks: Sequence[bool]) -> Iterator[Run]:
    """Yield the other stretches that name, at least twice, somebody who is mostly named in ads already found."""
    for positions in _places_of_names(sentences).values():
        marked = sum(marks[position] for position in positions)
        if marked < FEWEST_MENTIONS or marked < KNOWN_RATIO * len(positions):
            continue
        for first, last in _runs(positions, NAMED_GAP_SENTENCES):
            texts = [one.text for one in sentences[first : last + 1]]
            is_pitched = any(cue.pattern.search(text) for cue in BURST_CUES for text in texts)
            if last > first and last - first <= NAMED_SENTENCES and is_pitched and not all(marks[first : last + 1]):
                yield first, last


def advertiser_of(text: str) -> str | None:
    """Return the name after the words that announce a sponsor, in lower case."""
    match = ADVERTISER.search(text)
    name = match.group(1).removesuffix("'s").lower() if match else ""
    return name if len(name) > 2 and name not in NOT_AN_ADVERTISER else None


def _announced_spans(sentences: Sequence[Sentence]) -> Iterator[Run]:
    position = 0
    while position < len(sentences):
        if OPENING.pattern.search(sentences[position].text):
            last = _end_of_read(sentences, position)
            yield position, last
            position = last
        position += 1


def _end_of_read(sentences: Sequence[Sentence], first: int) -> int:
    """Follow an announced read to its last cue; without any, take a few sentences."""
    advertiser = advertiser_of(sentences[first].text)
    last, words, closed = first, 0, None
    for position in range(first + 1, min(len(sentences), first + SPAN_SENTENCES + 1)):
        sentence = sentences[position]
        words += len(sentence.text.split())
        is_opening = OPENING.pattern.search(sentence.text) is not None
        if RETURN.search(sentence.text):
            return position
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


def _addressed_spans(sentences: Sequence[Sentence]) -> Iterator[Run]:
    """Yield the stretch around each advertised address in which its owner is named and, almost, nowhere else."""
    addresses = [position for position, one in enumerate(sentences) if ADDRESS.pattern.search(one.text)]
    for anchor in addresses:
        match = DOMAIN_NAMES.search(sentences[anchor].text)
        if match is None or not _is_advertised(sentences[anchor].text, anchor, addresses):
            continue
        for label in match.group(1).lower().split("."):
            named = _mentions_of_owner(sentences, label)
            near = _run_through(sentences, named, anchor)
            if len(label) >= 3 and len(near) >= NAMED_RATIO * len(named):
                yield near[0], near[-1]


def _mentions_of_owner(sentences: Sequence[Sentence], label: str) -> list[int]:
    """Return where the owner of an address is named: as a name, not as the word that it may be ("example")."""
    letters = [re.escape(letter) for letter in label if letter.isalnum()]
    if not letters:
        return []
    spelled = re.compile(rf"(?i)(?<![a-z0-9]){'[^a-z0-9]?'.join(letters)}")
    found = [(position, spelled.finditer(one.text)) for position, one in enumerate(sentences)]
    return [
        position
        for position, matches in found
        if any(match.group()[0].isupper() or _GOES_ON.match(sentences[position].text, match.end()) for match in matches)
    ]


def _is_advertised(text: str, anchor: int, addresses: Sequence[int]) -> bool:
    """Whether an address comes with a call, a price or a pitch, or is said again at once."""
    has_pitch = any(pattern.search(text) for pattern in (CALL.pattern, PRICE, LEGAL.pattern, PITCH.pattern))
    return has_pitch or any(0 < abs(other - anchor) <= 3 for other in addresses)


def _run_through(sentences: Sequence[Sentence], named: Sequence[int], anchor: int) -> list[int]:
    """Return the mentions around ``anchor`` that follow each other without a long gap, within one break."""
    run = [anchor]
    for position in reversed([one for one in named if anchor - NAMED_SENTENCES <= one < anchor]):
        if run[0] - position > NAMED_GAP_SENTENCES or _returns_between(sentences, position, run[0]):
            break
        run.insert(0, position)
    for position in [one for one in named if anchor < one <= anchor + NAMED_SENTENCES]:
        if position - run[-1] > NAMED_GAP_SENTENCES or _returns_between(sentences, run[-1], position):
            break
        run.append(position)
    return run


def _returns_between(sentences: Sequence[Sentence], first: int, last: int) -> bool:
    return any(RETURN.search(one.text) for one in sentences[first:last])


def _named_spans(sentences: Sequence[Sentence]) -> Iterator[Run]:
    """Yield the stretches in which a name is pitched, if the name is hardly said anywhere else."""
    for positions in _places_of_names(sentences).values():
        bursts = [run for run in _runs(positions, NAMED_GAP_SENTENCES) if _is_burst(sentences, positions, run)]
        inside = sum(first <= position <= last for first, last in bursts for position in positions)
        if inside >= BURST_RATIO * len(positions):
            yield from bursts


def _places_of_names(sentences: Sequence[Sentence]) -> Mapping[str, list[int]]:
    """Return the sentences in which each name is said, of names that stand inside a sentence at least once."""
    inside = {name for one in sentences for name in _NAME_INSIDE.findall(one.text)}
    speakers = {part for one in sentences if one.speaker for part in one.speaker.split()}
    places: dict[str, list[int]] = defaultdict(list)
    for position, one in enumerate(sentences):
        for name in set(_NAME.findall(one.text)) & inside - speakers:
            places[name].append(position)
    return places


def _runs(positions: Sequence[int], longest_gap: int) -> list[Run]:
    """Return first and last of each group of positions that follow each other closely."""
    if not positions:
        return []
    cuts = [number for number, (one, other) in enumerate(pairwise(positions), 1) if other - one > longest_gap]
    edges = [0, *cuts, len(positions)]
    return [(positions[start], positions[stop - 1]) for start, stop in pairwise(edges)]


def _is_burst(sentences: Sequence[Sentence], positions: Sequence[int], run: Run) -> bool:
    first, last = run
    mentions = sum(first <= position <= last for position in positions)
    if mentions < FEWEST_MENTIONS or last - first > NAMED_SENTENCES:
        return False
    inside = sentences[first : last + 1]
    talk = Counter(one.speaker for one in inside)
    if max(talk.values()) < ONE_VOICE_RATIO * len(inside):
        return False
    hits = {cue.name: sum(min(cue.most, len(cue.pattern.findall(one.text))) for one in inside) for cue in BURST_CUES}
    is_sold = hits[PITCH.name] >= 2 and sum(hits.values()) > hits[PITCH.name]
    is_hammered = mentions >= HAMMERED_MENTIONS and mentions >= HAMMERED_RATIO * len(inside)
    enough = HAMMERED_PITCH if is_hammered else BURST_PITCH
    return is_sold and sum(cue.weight * hits[cue.name] for cue in BURST_CUES) >= enough * len(inside)


def _repeated_spans(sentences: Sequence[Sentence]) -> Iterator[Run]:
    """Yield the stretches that are said again word for word elsewhere, if something in them sells."""
    places: dict[str, list[int]] = defaultdict(list)
    for position, one in enumerate(sentences):
        words = _PLAIN_WORD.findall(one.text.lower())
        if len(words) >= REPEATED_WORDS:
            places[" ".join(words)].append(position)
    again = sorted(
        position
        for positions in places.values()
        if positions[-1] - positions[0] >= REPEATED_DISTANCE
        for position in positions
    )
    names = _places_of_names(sentences)
    for first, last in _runs(again, REPEATED_GAP):
        texts = [sentences[position].text for position in again if first <= position <= last]
        is_long = sum(len(text.split()) for text in texts) >= FEWEST_REPEATED_WORDS
        if is_long and (_sells(texts) or _names_nobody_else(texts, names, again)):
            yield first, last


def _sells(texts: Sequence[str]) -> bool:
    return any(cue.pattern.search(text) for cue in CUES if cue is not PITCH for text in texts)


def _names_nobody_else(texts: Sequence[str], names: Mapping[str, list[int]], again: Sequence[int]) -> bool:
    """Whether a stretch names somebody at least twice whom nothing but repeats names."""
    said = [name for text in texts for name in set(_NAME.findall(text))]
    near = {position + step for position in again for step in range(-REPEATED_GAP, REPEATED_GAP + 1)}
    return any(said.count(name) >= 2 and near.issuperset(names.get(name, (-99,))) for name in set(said))

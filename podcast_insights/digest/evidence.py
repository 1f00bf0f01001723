"""What was said around a quote: the sentences before and after it, kept with the chosen insight.

They are cut out of the transcript when the digest is built and stored with its entry, so that the insight's page stays
as it was, also when the episode is transcribed again. A transcript in which the quote no longer stands gives nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from podcast_insights.digest.values import Digest, DigestEntry
from podcast_insights.transcripts.sentences import joined_text, sentences_of
from podcast_insights.transcripts.values import Segment

SENTENCES_AROUND = 2
SEGMENTS_AROUND = 40
LONGEST_SIDE = 420
# What goes on longer without a space is of a script without spaces, and may be cut anywhere.
LONGEST_WORD = 40


def with_contexts(digest: Digest, transcripts: Mapping[str, Sequence[Segment]]) -> Digest:
    """Return ``digest`` with what was said around each quote.

    Args:
        digest: The digest of a day.
        transcripts: The segments of the episodes that it quotes, by episode id; one that is missing gives no context.
    """
    return replace(digest, entries=tuple(_with_context(entry, transcripts) for entry in digest.entries))


def words_around(quote: str, segments: Sequence[Segment], *, first: int, last: int) -> tuple[str, str]:
    """Return what was said before and after ``quote``, each up to two sentences; empty where it is not found.

    Args:
        quote: A substring of the transcript's text.
        segments: The whole transcript, in order.
        first: The index of the segment in which the quote begins.
        last: The index of the segment in which it ends.
    """
    # An advertisement is no context of what was said around it.
    near = [one for one in segments if first - SEGMENTS_AROUND <= one.index <= last + SEGMENTS_AROUND and not one.is_ad]
    text = joined_text(near)
    start = _nearest(text, quote, at_least=sum(len(one.text) + 1 for one in near if one.index < first))
    if not quote or start < 0:
        return "", ""
    end = start + len(quote)
    sentences = sentences_of(near)
    begins = [one.start_char for one in sentences if one.start_char < start][-SENTENCES_AROUND:]
    ends = [one.end_char for one in sentences if one.end_char > end][:SENTENCES_AROUND]
    before = text[begins[0] : start].strip() if begins else ""
    after = text[end : ends[-1]].strip() if ends else ""
    return _last_words(before), _first_words(after)


def _with_context(entry: DigestEntry, transcripts: Mapping[str, Sequence[Segment]]) -> DigestEntry:
    insight = entry.candidate.insight
    before, after = words_around(
        insight.quote,
        transcripts.get(insight.episode_id, ()),
        first=insight.first_segment,
        last=insight.last_segment,
    )
    return replace(entry, context_before=before, context_after=after)


def _nearest(text: str, quote: str, *, at_least: int) -> int:
    """Return where the quote stands: at or after its first segment, else anywhere; -1 where nowhere."""
    found = text.find(quote, at_least)
    return found if found >= 0 else text.find(quote)


def _last_words(text: str) -> str:
    if len(text) <= LONGEST_SIDE:
        return text
    end = text[-LONGEST_SIDE:]
    part, _, whole = end.partition(" ")
    return f"… {whole if whole and len(part) <= LONGEST_WORD else end}"


def _first_words(text: str) -> str:
    if len(text) <= LONGEST_SIDE:
        return text
    beginning = text[:LONGEST_SIDE]
    whole, _, part = beginning.rpartition(" ")
    return f"{whole if whole and len(part) <= LONGEST_WORD else beginning} …"

"""Transcripts that we wrote: a good talk, an ad, a plan, and how to put them together."""

from collections.abc import Sequence
from datetime import UTC, datetime

from podcast_insights.transcripts.values import Segment, Transcript

GUEST = "Oskar Imani"
HOST = "Wanda Reyes"
IDEAS = (
    "Most cities count parking spaces, but the number that matters is how many people use each space in a day. "
    "When a city publishes the turnover instead of the stock, the argument usually ends, because shops can see that "
    "a space held by one employee serves exactly one person.",
    "People think that a wider road makes a street faster, and the opposite is true. "
    "Drivers change lanes more often when lanes are wide, so the whole street slows down by about 15 percent. "
    "If you want a faster street, you should make it narrower and more predictable.",
    "The biggest mistake in street projects is to open everything on one day. "
    "Residents who see a small trial first are twice as likely to support the final plan, because nobody fears what "
    "has already been tried. Every trial should therefore end with a number that anyone can check.",
)
FILLER = (
    "We went there on a grey morning and the crew was already drinking coffee by the gate.",
    "I remember the foreman had a little dog that slept under the table all day.",
    "My brother came along because he was bored that week.",
    "He said hello to the baker and then they talked for a while about football.",
    "We had lunch at a small place near the river.",
    "I was tired and my shoes were wet.",
)
AD = (
    "This episode is brought to you by Lanternfish.",
    "Most teams lose hours on billing because every tool is different, but Lanternfish puts all of it in one place.",
    "If you want to save money every month, you should sign up today at lanternfish.com slash street.",
    "Thanks to Lanternfish for supporting the show.",
)


def turn(speaker: str | None, text: str) -> tuple[str | None, str]:
    return speaker, text


def talk(*extra: str, speaker: str | None = GUEST, host: str | None = HOST) -> tuple[Segment, ...]:
    """Return a talk of about 45 sentences with three ideas in it; ``extra`` is said in the middle by the guest."""
    turns: list[tuple[str | None, str]] = [(host, "Good evening and welcome to the show. Who are you?")]
    for number, idea in enumerate(IDEAS):
        turns.append((host, "What did the street look like before? And what happened then?"))
        turns.append((speaker, " ".join(FILLER)))
        turns.append((host, "Why does that happen?"))
        turns.append((speaker, idea))
        if number == 1:
            turns += [(speaker, text) for text in extra]
    turns.append((host, "Is there more to say?"))
    turns.append((speaker, " ".join(FILLER)))
    turns.append((host, "Thank you for listening. See you next time."))
    return timed(turns)


def timed(turns: Sequence[tuple[str | None, str]]) -> tuple[Segment, ...]:
    """Return one segment per turn, at 150 words a minute."""
    segments: list[Segment] = []
    start_s = 0.0
    for speaker, text in turns:
        end_s = start_s + len(text.split()) / 2.5
        segments.append(Segment(index=len(segments), start_s=start_s, end_s=end_s, text=text, speaker=speaker))
        start_s = end_s
    return tuple(segments)


def transcript_of(segments: Sequence[Segment], *, episode_id: str = "ep-1", language: str | None = "en") -> Transcript:
    return Transcript(
        episode_id=episode_id,
        show_id="show-1",
        source="publisher",
        engine="vtt",
        model=None,
        language=language,
        source_url=None,
        has_times=True,
        duration_s=segments[-1].end_s if segments else 0.0,
        segments=tuple(segments),
        fingerprint=f"transcript of {episode_id}",
        made_at=datetime(2026, 11, 9, tzinfo=UTC),
    )

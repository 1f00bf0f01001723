"""The digest of a day: from everything that may enter it to at most ``top_n`` entries with their reasons.

Pure: the same candidates, history and settings give the same digest, whatever the order in which they come. Fewer good
ones than ``top_n`` make a short digest; none makes an empty one. Texts are compared only for what passed the
floor and, on a very large day, the shortlist.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from podcast_insights.days import window_ending
from podcast_insights.digest.memory import Memory
from podcast_insights.digest.reason import facts_of, reasons_for
from podcast_insights.digest.score import comparable_values, score_candidates, shortlist
from podcast_insights.digest.select import Choice, eligible_candidates, select_candidates, without_repeats
from podcast_insights.digest.similarity import TextSpace, insight_text
from podcast_insights.digest.values import Candidate, Digest, DigestEntry, Preference, ScoreParts
from podcast_insights.fingerprints import fingerprint_of
from podcast_insights.settings import DigestSettings


def build_digest(
    day: date,
    candidates: Sequence[Candidate],
    *,
    used_insight_ids: frozenset[str],
    published_later: frozenset[str] = frozenset(),
    history: Sequence[DigestEntry],
    previous: Digest | None,
    settings: DigestSettings,
    said: Sequence[Preference] = (),
    now: datetime,
) -> Digest:
    """Return the digest of ``day``.

    Args:
        day: A calendar day in the digest's time zone.
        candidates: Insights of the episodes of the days up to ``day``; those out of ``lookback_days`` are ignored.
        used_insight_ids: What digests of earlier days published.
        published_later: What digests of later days hold already, where a past day is built again. It counts in every
            comparison as it did when it was not yet published, so a second build of a day chooses the same.
        history: The entries of earlier digests; those out of ``novelty_days`` and of ``day`` itself are ignored.
        previous: The digest that an earlier build made of the same day.
        settings: How many, which caps, what the reader follows.
        said: What the reader said beside the settings, such as likes.
        now: When this build happens (aware, UTC).
    """
    considered = considered_candidates(candidates, day=day, used_insight_ids=used_insight_ids, settings=settings)
    memory = Memory.of(settings, said, day=day)
    history_texts = _published_texts(history, day, settings)
    values = comparable_values([candidate.insight for candidate in considered])
    eligible = eligible_candidates(considered, memory=memory, settings=settings)
    compared = shortlist(eligible, values=values, day=day, memory=memory)
    space = TextSpace([*(insight_text(candidate.insight) for candidate in compared), *history_texts])
    unread = without_repeats(compared, history_texts=history_texts, space=space)
    scores = score_candidates(unread, values=values, history_texts=history_texts, day=day, memory=memory, space=space)
    choices = select_candidates(unread, scores, space=space, settings=settings, published_later=published_later)
    entries = _entries(day, choices, scores, values=values, memory=memory, published_before=len(history_texts))
    new_and_eligible = len(eligible) - (len(compared) - len(unread))
    return _digest(day, entries, considered=considered, eligible=new_and_eligible, previous=previous, now=now)


def considered_candidates(
    candidates: Sequence[Candidate], *, day: date, used_insight_ids: frozenset[str], settings: DigestSettings
) -> tuple[Candidate, ...]:
    """Return the candidates of the last ``lookback_days`` that no earlier digest used, in the order of their ids."""
    days = frozenset(window_ending(day, settings.lookback_days))
    by_id = {
        candidate.insight.insight_id: candidate
        for candidate in candidates
        if candidate.episode_date in days and candidate.insight.insight_id not in used_insight_ids
    }
    return tuple(by_id[insight_id] for insight_id in sorted(by_id))


def _published_texts(history: Sequence[DigestEntry], day: date, settings: DigestSettings) -> tuple[str, ...]:
    recent = (entry for entry in history if 0 < (day - entry.digest_date).days <= settings.novelty_days)
    return tuple(sorted({insight_text(entry.candidate.insight) for entry in recent}))


def _entries(
    day: date,
    choices: Sequence[Choice],
    scores: Mapping[str, ScoreParts],
    *,
    values: Mapping[str, float],
    memory: Memory,
    published_before: int,
) -> tuple[DigestEntry, ...]:
    ascending = sorted(values.values())
    parts = [scores[choice.candidate.insight.insight_id] for choice in choices]
    facts = [
        facts_of(
            choice,
            of_choice,
            rank=rank,
            followed=memory.followed_terms(choice.candidate),
            is_like_liked=memory.is_like_liked(choice.candidate),
            worse_share=bisect_left(ascending, of_choice.value) / len(ascending),
            considered=len(ascending),
            published_before=published_before,
            day=day,
        )
        for rank, (choice, of_choice) in enumerate(zip(choices, parts, strict=True), start=1)
    ]
    return tuple(
        DigestEntry(
            digest_date=day,
            rank=rank,
            candidate=choice.candidate,
            parts=of_choice,
            reason=reason,
            also_said_by=choice.also_said_by,
        )
        for rank, (choice, of_choice, reason) in enumerate(
            zip(choices, parts, reasons_for(facts), strict=True), start=1
        )
    )


def _digest(
    day: date,
    entries: tuple[DigestEntry, ...],
    *,
    considered: Sequence[Candidate],
    eligible: int,
    previous: Digest | None,
    now: datetime,
) -> Digest:
    """Return the digest; a rebuild that chose the same keeps the earlier revision and time."""
    fingerprint = entries_fingerprint(entries)
    is_unchanged = previous is not None and previous.fingerprint == fingerprint
    revision = 1 if previous is None else previous.revision + (not is_unchanged)
    return Digest(
        digest_date=day,
        entries=entries,
        considered=len(considered),
        eligible=eligible,
        shows_considered=len({candidate.insight.show_id for candidate in considered}),
        built_at=previous.built_at if previous is not None and is_unchanged else now,
        fingerprint=fingerprint,
        revision=revision,
    )


def entries_fingerprint(entries: Sequence[DigestEntry]) -> str:
    """Return the fingerprint of what a reader reads: the insights in their order, their words, and who agrees."""
    read = [
        (
            entry.candidate.insight.insight_id,
            entry.candidate.insight.claim,
            entry.candidate.insight.explanation,
            entry.candidate.insight.quote,
            entry.also_said_by,
        )
        for entry in entries
    ]
    return fingerprint_of({"entries": read})

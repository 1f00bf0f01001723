"""The embedded extractor: passages worth remembering, in the speaker's own words. No model, no key, no network.

It chooses self-contained passages that make a claim (``passages.py``) and shows them lightly cleaned: spoken
highlights, not written prose. The quote is cut out of the transcript as it stands. English only: the cues are English
phrases, and an episode in another language gives nothing rather than noise.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from podcast_insights.fingerprints import short_id
from podcast_insights.insights.claims import claim_of
from podcast_insights.insights.criteria import criteria_of
from podcast_insights.insights.cue_score import value_of
from podcast_insights.insights.cues import (
    ADVICE,
    CAUSE,
    NARRATIVE,
    NUMBER,
    PREDICTION,
)
from podcast_insights.insights.identity import insights_fingerprint
from podcast_insights.insights.passages import Passage, choose_passages, find_passages
from podcast_insights.insights.topics import TopicFinder
from podcast_insights.insights.values import EpisodeInsights, ExtractorName, Insight, InsightKind, LLMCall
from podcast_insights.transcripts.ads import off_limits
from podcast_insights.transcripts.sentences import Sentence, joined_text, sentences_of
from podcast_insights.transcripts.values import Transcript

# Raise it when the rules change what is extracted: it is part of every fingerprint.
RULES_VERSION = 8
# A passage that scores less would never be published; the reasons for refusal say more about such an episode.
LOWEST_SCORE = 0.2
SHORT_QUOTE_WORDS = 12
ENGLISH_RATIO = 0.12
_ENGLISH = frozenset("the and to of that is you it in have for we this are".split())  # noqa: SIM905


class EmbeddedExtractor:
    """The extractor that needs nothing; see the module for what it gives."""

    name: ExtractorName = "embedded"
    calls: tuple[LLMCall, ...] = ()

    def fingerprint_parts(self) -> Mapping[str, object]:
        """Return what, beside the transcript, decides the result."""
        return {"extractor": self.name, "rules": RULES_VERSION}

    def extract(self, transcript: Transcript, *, show_title: str, episode_title: str, limit: int) -> EpisodeInsights:
        """Return the episode's insights; the titles are not needed here."""
        return extract(transcript, limit=limit)

    def close(self) -> None:
        """Release nothing: this extractor holds no connection."""


def extract(transcript: Transcript, *, limit: int) -> EpisodeInsights:
    """Return at most ``limit`` insights of a transcript, best first; fewer or none where it has no more."""
    parts = EmbeddedExtractor().fingerprint_parts()
    fingerprint = insights_fingerprint(transcript, parts, limit)
    if not _is_english(transcript):
        return _result(transcript, (), fingerprint, candidates=0, refused=(("language", 1),))
    sentences = sentences_of(transcript.segments)
    search = find_passages(sentences, off_limits(transcript.segments, sentences))
    worthy = [passage for passage in search.passages if passage.score >= LOWEST_SCORE]
    refused = Counter(dict(search.refused)) + Counter(low_score=len(search.passages) - len(worthy))
    chosen = choose_passages(worthy, limit=limit, sentence_count=len(sentences))
    topics = TopicFinder(
        (segment.text for segment in transcript.segments), {segment.speaker for segment in transcript.segments}
    )
    text = joined_text(transcript.segments)
    insights = tuple(_insight(transcript, text, sentences, passage, topics, fingerprint) for passage in chosen)
    return _result(
        transcript, insights, fingerprint, candidates=len(search.passages), refused=tuple(sorted(refused.items()))
    )


def _result(
    transcript: Transcript,
    insights: tuple[Insight, ...],
    fingerprint: str,
    *,
    candidates: int,
    refused: tuple[tuple[str, int], ...],
) -> EpisodeInsights:
    return EpisodeInsights(
        episode_id=transcript.episode_id,
        show_id=transcript.show_id,
        insights=insights,
        fingerprint=fingerprint,
        candidates=candidates,
        refused=refused,
    )


def _insight(
    transcript: Transcript,
    text: str,
    sentences: Sequence[Sentence],
    passage: Passage,
    topics: TopicFinder,
    fingerprint: str,
) -> Insight:
    best = passage.headline
    quoted = [sentences[passage.first + position] for position in _quoted(passage.cleaned, best)]
    quote = text[quoted[0].start_char : quoted[-1].end_char]
    passage_text = " ".join(passage.cleaned)
    explanation = " ".join(passage.explanation)
    end = sentences[passage.last]
    return Insight(
        insight_id=short_id(transcript.episode_id, EmbeddedExtractor.name, quote),
        episode_id=transcript.episode_id,
        show_id=transcript.show_id,
        claim=claim_of(passage.cleaned[best]),
        explanation=explanation,
        quote=quote,
        speaker=quoted[0].speaker,
        start_s=quoted[0].start_s,
        end_s=max(end.end_s, quoted[0].start_s),
        first_segment=quoted[0].first_segment,
        last_segment=end.last_segment,
        topics=topics.topics_of(passage_text),
        kind=kind_of(passage_text),
        extractor="embedded",
        model=None,
        prompt_version=None,
        grounding="verbatim",
        criteria=criteria_of(passage.cleaned, passage.cleaned[best]),
        raw_score=round(passage.score, 4),
        value_ratio=round(value_of(passage.score), 4),
        fingerprint=fingerprint,
    )


def _quoted(cleaned: Sequence[str], best: int) -> range:
    """Return the strongest sentence, with the one after it (or before) where it is short."""
    if len(cleaned[best].split()) >= SHORT_QUOTE_WORDS:
        return range(best, best + 1)
    return range(best, best + 2) if best + 1 < len(cleaned) else range(best - 1, best + 1)


def kind_of(text: str) -> InsightKind:
    """Return what kind of insight a passage is, by what it says most clearly."""
    if PREDICTION.search(text):
        return "prediction"
    if len(ADVICE.pattern.findall(text)) >= 2:
        return "advice"
    if len(NUMBER.pattern.findall(text)) >= 2:
        return "data"
    if len(NARRATIVE.pattern.findall(text)) >= 2:
        return "story"
    return "explanation" if CAUSE.pattern.search(text) else "claim"


def _is_english(transcript: Transcript) -> bool:
    """Believe the transcript's language; where it has none, look for English function words."""
    if transcript.language:
        return transcript.language.lower().startswith("en")
    words = " ".join(segment.text for segment in transcript.segments[:400]).lower().split()
    return bool(words) and sum(word in _ENGLISH for word in words) >= ENGLISH_RATIO * len(words)

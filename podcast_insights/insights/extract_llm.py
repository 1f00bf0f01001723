"""The extractor that asks a language model, and believes it nothing that the transcript does not say.

The transcript goes whole where it fits the model's context, else in stretches. Each proposal must have a quote that
``ground.py`` finds, outside of ads; what is published as the quote are the transcript's own words. One stretch that a
model declines does not cost the others theirs; a server that is away, and a quota or a day's cap that is used up, stop
the episode, so that half of it is not kept as the whole. What was answered by then is kept, and not paid again.
"""

import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from podcast_insights.errors import LLMBudgetError, LLMError, QuotaUsedUpError
from podcast_insights.fingerprints import ResultCache, fingerprint_of, short_id
from podcast_insights.insights.answers import Item
from podcast_insights.insights.budget import estimated_tokens
from podcast_insights.insights.ground import GroundedQuote, Grounder, touches
from podcast_insights.insights.identity import insights_fingerprint
from podcast_insights.insights.judge import Drafted, Judge
from podcast_insights.insights.llm import FROM_BATCH, ChatClient
from podcast_insights.insights.llm_failures import PromptTooLongError
from podcast_insights.insights.prompts import INSIGHTS, PROMPT_VERSION, messages_for, rendered
from podcast_insights.insights.proposals import Proposal, problem_with, proposal_from, unsaid_details, value_of
from podcast_insights.insights.untrusted import looks_like_instruction
from podcast_insights.insights.values import EpisodeInsights, ExtractorName, Insight, KeptAnswer, LLMCall
from podcast_insights.transcripts.ads import off_limits
from podcast_insights.transcripts.scripts import says
from podcast_insights.transcripts.sentences import sentences_of
from podcast_insights.transcripts.values import Segment, Transcript

# Of the context, a quarter is left for estimates that are off; the rest holds prompt, answer and transcript.
USED_CONTEXT_RATIO = 0.75
PROMPT_TOKENS = 900
SMALLEST_CHUNK_TOKENS = 500
OVERLAP_SEGMENTS = 2
TOKENS_PER_INSIGHT = 1500
FEWEST_ASKED, MOST_ASKED = 2, 8
PASSAGE_CHARS = 2000
PURPOSE = "extract"


class LLMExtractor:
    """Extracts insights with one model; safe to use from several threads."""

    name: ExtractorName = "llm"

    def __init__(
        self,
        client: ChatClient,
        *,
        context_tokens: int,
        max_output_tokens: int,
        judge: Judge | None = None,
        kept: ResultCache[KeptAnswer] | None = None,
    ) -> None:
        """Use ``client`` to find insights in stretches that fit ``context_tokens``, and ``judge`` to judge them.

        Each answer about a stretch is put into ``kept``, and taken from there.
        """
        self._client = client
        self._kept = kept
        self._lock = threading.Lock()
        self._paid_before: list[LLMCall] = []
        self._judge = judge
        self._context_tokens = context_tokens
        self._max_output_tokens = max_output_tokens

    @property
    def calls(self) -> tuple[LLMCall, ...]:
        """Every call so far, those of failed episodes too, and those of earlier runs whose answers were taken."""
        with self._lock:
            calls = [*self._paid_before, *self._client.calls, *(self._judge.calls if self._judge else ())]
        return tuple({call.call_id: call for call in calls}.values())

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
        if self._judge:
            self._judge.close()

    def fingerprint_parts(self) -> Mapping[str, object]:
        """Return what, beside the transcript, decides the result."""
        judge = {"judge": self._judge.fingerprint_parts()} if self._judge else {}
        return {
            "extractor": self.name,
            "model": self._client.model,
            "prompt": PROMPT_VERSION,
            "context_tokens": self._context_tokens,
            "max_output_tokens": self._max_output_tokens,
            **judge,
        }

    def extract(self, transcript: Transcript, *, show_title: str, episode_title: str, limit: int) -> EpisodeInsights:
        """Return at most ``limit`` insights of a transcript, best first.

        Raises:
            LLMError: No stretch of the transcript could be read by the model; the subclass says why.
        """
        refused: Counter[str] = Counter()
        items = self._items(transcript, self._room_tokens, (show_title, episode_title), refused)
        fingerprint = insights_fingerprint(transcript, self.fingerprint_parts(), limit)
        checker = _Checker(transcript, known=f"{show_title} {episode_title}", model=self._client.model)
        drafted = [one for item in items if (one := checker.drafted_from(item, fingerprint, refused)) is not None]
        insights = list(self._judge.judged(drafted)) if self._judge else [one.insight for one in drafted]
        insights.sort(key=lambda one: (-one.value_ratio, one.start_s))
        refused["over_limit"] += max(0, len(insights) - limit)
        return EpisodeInsights(
            episode_id=transcript.episode_id,
            show_id=transcript.show_id,
            insights=tuple(insights[:limit]),
            fingerprint=fingerprint,
            candidates=len(items),
            refused=tuple(sorted((reason, count) for reason, count in refused.items() if count)),
            calls=tuple(call for call in self.calls if call.episode_id == transcript.episode_id),
        )

    def requests(self, transcript: Transcript, *, show_title: str, episode_title: str) -> Iterator[dict[str, Any]]:
        """Yield the request about each stretch that is not answered, as ``extract`` sends it if nothing goes wrong."""
        for stretch in chunks(transcript.segments, self._room_tokens):
            messages = _messages(stretch, (show_title, episode_title))
            if self._kept_answer(self._fingerprint(messages)) is None:
                yield self._client.request(messages, INSIGHTS)

    @property
    def _room_tokens(self) -> int:
        room = int(self._context_tokens * USED_CONTEXT_RATIO) - self._max_output_tokens - PROMPT_TOKENS
        return max(SMALLEST_CHUNK_TOKENS, room)

    def _items(
        self, transcript: Transcript, room_tokens: int, titles: tuple[str, str], refused: Counter[str]
    ) -> list[Item]:
        """Ask about every stretch, and about the halves of one that the server cannot hold.

        A stretch that fails for good is counted, all of them failing is an error.
        """
        items: list[Item] = []
        waiting = [(stretch, room_tokens) for stretch in chunks(transcript.segments, room_tokens)][::-1]
        was_answered = not waiting
        failure: LLMError | None = None
        while waiting:
            stretch, room = waiting.pop()
            try:
                items += self._asked(_messages(stretch, titles), transcript.episode_id)
                was_answered = True
            except LLMError as error:
                if error.retryable or isinstance(error, LLMBudgetError | QuotaUsedUpError):
                    # The rest may be had another time: half an episode must not be kept as a whole one.
                    raise
                if isinstance(error, PromptTooLongError) and (halves := _halves(stretch, room)):
                    waiting += halves[::-1]
                    continue
                refused[f"stretch_{error.code}"] += 1
                failure = error
        if failure is not None and not was_answered:
            raise failure
        return items

    def _asked(self, messages: Sequence[dict[str, str]], episode_id: str) -> tuple[Item, ...]:
        """Return the model's answer: the one that is kept, or a new one, which is kept unless a batch gave it."""
        fingerprint = self._fingerprint(messages)
        if (kept := self._kept_answer(fingerprint)) is not None:
            with self._lock:
                self._paid_before += kept.calls
            return tuple(json.loads(kept.items))
        before = len(self._calls_about(episode_id))
        items = self._client.ask(messages, INSIGHTS, episode_id=episode_id, purpose=PURPOSE)
        calls = self._calls_about(episode_id)[before:]
        if self._kept is not None and not all(call.purpose == PURPOSE + FROM_BATCH for call in calls):
            self._kept.put(fingerprint, KeptAnswer(items=json.dumps(items), calls=calls))
        return items

    def _fingerprint(self, messages: Sequence[dict[str, str]]) -> str:
        asked = {"messages": messages, "prompt": PROMPT_VERSION, "max_output_tokens": self._max_output_tokens}
        return fingerprint_of({"model": self._client.model, **asked})

    def _kept_answer(self, fingerprint: str) -> KeptAnswer | None:
        return None if self._kept is None else self._kept.get(fingerprint)

    def _calls_about(self, episode_id: str) -> tuple[LLMCall, ...]:
        return tuple(call for call in self._client.calls if call.episode_id == episode_id)


class _Checker:
    """Turns proposals into insights of one transcript, or counts why not."""

    def __init__(self, transcript: Transcript, *, known: str, model: str) -> None:
        self._transcript = transcript
        self._model = model
        self._grounder = Grounder(transcript.segments, transcript.language)
        speakers = {segment.speaker for segment in transcript.segments if segment.speaker}
        self._known = " ".join([known, *sorted(speakers)])
        sentences = sentences_of(transcript.segments)
        kept_off = off_limits(transcript.segments, sentences)
        self._ads = [
            (sentence.start_char, sentence.end_char)
            for sentence, is_off in zip(sentences, kept_off, strict=True)
            if is_off
        ]
        # What is spoken to a model goes on for a sentence or two after the words that give it away.
        self._orders = [
            (sentence.start_char, sentences[min(sentence.index + 2, len(sentences) - 1)].end_char)
            for sentence in sentences
            if looks_like_instruction(sentence.text)
        ]

    def drafted_from(self, item: Item, fingerprint: str, refused: Counter[str]) -> Drafted | None:
        """Return the insight that an object of the answer stands for; otherwise count the reason."""
        proposal = proposal_from(item)
        if proposal is None:
            refused["invalid"] += 1
            return None
        found = self._grounder.locate(proposal.quote)
        if found is None:
            refused["quote_not_found"] += 1
            return None
        if (region := self._region_of(found)) is not None:
            refused[region] += 1
            return None
        passage = self._grounder.around(found, PASSAGE_CHARS)
        if (problem := problem_with(proposal, passage)) is not None:
            refused[problem] += 1
            return None
        unsaid = unsaid_details(proposal, passage, known=self._known)
        insight = self._insight(proposal, found, value_of(proposal.criteria, unsaid), fingerprint)
        return Drafted(insight=insight, passage=passage, unsaid=unsaid)

    def _region_of(self, found: GroundedQuote) -> str | None:
        """Return what kind of stretch a quote comes from where nothing may be taken from it."""
        if touches(found, self._ads):
            return "ad"
        return "instruction" if touches(found, self._orders) else None

    def _insight(self, proposal: Proposal, found: GroundedQuote, value_ratio: float, fingerprint: str) -> Insight:
        return Insight(
            insight_id=short_id(self._transcript.episode_id, LLMExtractor.name, found.quote),
            episode_id=self._transcript.episode_id,
            show_id=self._transcript.show_id,
            claim=proposal.claim,
            explanation=proposal.explanation,
            quote=found.quote,
            speaker=found.speaker or self._named(proposal.speaker),
            start_s=found.start_s,
            end_s=found.end_s,
            first_segment=found.first_segment,
            last_segment=found.last_segment,
            topics=proposal.topics,
            kind=proposal.kind,
            extractor="llm",
            model=self._model,
            prompt_version=PROMPT_VERSION,
            grounding=found.grounding,
            criteria=proposal.criteria,
            raw_score=float(proposal.criteria.yes_count),
            value_ratio=round(value_ratio, 4),
            fingerprint=fingerprint,
        )

    def _named(self, speaker: str | None) -> str | None:
        """Believe a speaker's name only where the transcript or the titles say it."""
        if not speaker or not speaker.strip():
            return None
        text = " ".join([self._known, *(segment.text for segment in self._transcript.segments)]).lower()
        return speaker.strip() if says(text, speaker.strip().lower()) else None


def chunks(segments: Sequence[Segment], room_tokens: int) -> Iterator[tuple[Segment, ...]]:
    """Yield stretches of at most about ``room_tokens``, each beginning with the end of the one before it."""
    current: list[Segment] = []
    tokens = 0
    for segment in segments:
        size = _tokens([segment])
        if current and tokens + size > room_tokens:
            yield tuple(current)
            overlap = current[-OVERLAP_SEGMENTS:] if len(current) > OVERLAP_SEGMENTS else []
            current = overlap if _tokens(overlap) + size <= room_tokens else []
            tokens = _tokens(current) if current else 0
        current.append(segment)
        tokens += size
    if current:
        yield tuple(current)


def _halves(stretch: Sequence[Segment], room_tokens: int) -> list[tuple[tuple[Segment, ...], int]]:
    """Return a stretch in parts, each with the room that it was cut for; none where it cannot be cut smaller."""
    half = room_tokens // 2
    if half < SMALLEST_CHUNK_TOKENS or len(stretch) < 2:
        return []
    return [(part, half) for part in chunks(stretch, min(half, _tokens(stretch) // 2 + 1))]


def _tokens(segments: Sequence[Segment]) -> int:
    return estimated_tokens([f"{rendered(segment)}\n" for segment in segments])


def _messages(stretch: Sequence[Segment], titles: tuple[str, str]) -> tuple[dict[str, str], ...]:
    asked = max(FEWEST_ASKED, min(MOST_ASKED, round(_tokens(stretch) / TOKENS_PER_INSIGHT)))
    return messages_for(stretch, show_title=titles[0], episode_title=titles[1], most=asked)

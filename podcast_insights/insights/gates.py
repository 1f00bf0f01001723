"""Which passages are refused whatever they score, each refusal with a name.

A gate sees cleaned sentences and says no for one reason; the reasons are counted per episode, so that a show that
gives nothing can be understood. One reason only costs points (``PENALTIES``): a passage that speaks to the interviewee
may still be the best there is. One that points back may not: another window says what it is about.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from podcast_insights.insights.cues import DEMONSTRATIVE, PRONOUN, any_of
from podcast_insights.insights.untrusted import looks_like_instruction

FEWEST_WORDS, MOST_WORDS = 30, 95
FEWEST_SENTENCE_WORDS = 4
FEWEST_DISTINCT_RATIO = 0.85
HEAD_WORDS = 9
PENALTIES = {"addresses_guest": 0.6}

_URL = any_of(r"(?<!\w)[\w-]+\.(?:com|io|dev|ai|org|net|fm|co|app|sh|us)\b", r"https?:", r"\bdot com\b")
_SMALL_TALK = any_of(
    r"\b(?:haha|welcome|thank you|thanks|congrat|awesome|cool|amazing|love (?:it|that|this)|nice to|great to"
    r"|good to (?:see|have|be)|excited to|happy to (?:be|have)|looking forward|shout-?out|cheers|goodbye|bye"
    r"|good morning|pleasure|my friend|hilarious|funny|laugh|oh my (?:god|gosh)|wow|dude|y'all|folks,|no worries"
    r"|lol)\b",
    r"\[laugh",
)
_SHOW_TALK = any_of(
    r"\b(?:episode|podcast|listeners?|listening|show notes|tune in|subscribe|newsletter|youtube|twitter|the show"
    r"|our guest|my guest|interview|recording|segment|audience)\b",
    r"\b(?:you|we|i) (?:just |had |have |'ve )?(?:mentioned|said|talked about|were talking|were saying"
    r"|asked|described"
    r"|alluded)\b",
    r"\b(?:as|like) (?:you|i|we) (?:said|mentioned|say)\b",
    r"\b(?:discussed|covered) (?:before|earlier|already)\b|\banswer (?:the|your|that|this) question\b",
    r"\basked (?:a|the|that|this|me|about) ?question\b|\bunpopular opinion\b|\bmy (?:take|rant|answer"
    r"|point|question)\b",
    r"\b(?:that's|that is) (?:a |the |one )?(?:good |great |interesting )?(?:point|way to (?:answer|put|think))\b",
    r"\blisten to us\b|\bdiscord\b|\bpatreon\b|\bmembers?-only\b|\bour members\b",
    r"\b(?:if that makes sense|does that make sense|to your point|long story short|unless you have"
    r"|just say that)\b",
    r"\blet's (?:talk|jump|get into|dive|start|go|move|switch|shift|say)\b",
    r"\b(?:tell us|tell me|walk us|walk me|i wanted to ask|my question|next question|last question|good question"
    r"|great question|i'm curious|i want to (?:ask|talk|touch|hear|get|go back))\b",
    r"\b(?:before we|(?:going|go|come|circle|coming) back to|we'll (?:link|put|get|talk|come)|earlier (?:in|on)"
    r"|lightning round|check (?:it|them|that) out)\b",
    r"\bfollow (?:us|me|\w+) on\b",
)
_TO_GUEST = any_of(
    r"\b(?:you guys|you all|y'all|your (?:company|book|work|product|project|talk|post|article|career"
    r"|journey|experience"
    r"|point|question|podcast|show|background)|you've (?:clearly |really |obviously |already )?(?:been"
    r"|got|done|built|written|had)"
    r"|you (?:did|started|founded|wrote|created|built|mentioned|said|talked|described|were)|we talked"
    r"|we were talking|you and I|thank|congrat|listeners?|this (?:show|episode|podcast|book|conversation)"
    r"|on the (?:show|podcast))\b"
)
_BACKWARD_NOUN = any_of(
    r"^(?:[\w' ,]{0,40}\b)?the (?:idea|answers?|point|things?|reason|problem|issue|challenge|question"
    r"|difference|goal"
    r"|example|result|other|second|third|former|latter|same|first one|last one|next|whole (?:idea|point|thing)"
    r"|interesting (?:thing|part)|big(?:gest)? (?:thing|differences?|part)|two (?:biggest )?\w+"
    r"|nice thing|cool thing"
    r"|fun part|only (?:thing|caution|problem)|hard parts?)\b"
    r"(?! (?:of|with|for|in|about|people|that|when|most|you|companies|we|to)\b)"
)
# "That's like the alerting case", "this suggests", "those tools": the listener was told before, the reader was not.
_BACKWARD_START = any_of(
    r"^(?:that's|that|this|these|those|same|both|either|neither|which|who|such|doing (?:that|this|so)"
    r"|(?:first|second|third)(?:ly)?(?=,)|finally(?=,)|conversely|vice versa|especially|likewise"
    r"|similarly|instead(?=,)"
    r"|(?:in|at|on|with|from|by|for|to) (?:that|this|these|those|both|such|the same)\b"
    r"|(?:a lot of|some|most) times? that"
    r"|the same\b|another (?:one|thing|example|reason)|the (?:opposite|reverse) |not (?:that|this)\b|me too|one is"
    r"|(?:some|all|one|many|most|each) of (?:them|those|these|that))\b"
)
_ANTECEDENT = re.compile(
    r"\b(?i:people|companies|teams|someone|somebody|everyone|users|customers|founders|engineers|developers|person"
    r"|company|team|anyone|nobody|kids|children|patients|students|teachers|farmers|models?)\b|(?<=\w )[A-Z][a-z]+\b"
)
_THING = re.compile(r"\b(?i:company|team|model|system|everything|something|nothing|anything)\b|(?<=\w )[A-Z][a-z]+\b")
# "If a city builds a road, it fills": the sentence names what its pronoun stands for.
_NAMED_HERE = any_of(
    r"\b(?:an?|every|any|no|each|most|many|another|your) (?!lot|way|bit|sense|moment|while|time)\w{3,}"
)
_BACK_INSIDE = any_of(
    r"\b(?:those|these|that|this) (?:things?|ones?|stuff|site|guy)\b"
    r"|(?:^|, |\b(?:and|but|so|because|me|think|believe|guess|say) )that's\b"
    r"|\bthat to be\b"
)
_GERUND_START = any_of(
    r"^(?:by |not |just |only )?(?!(?:th|noth|someth|everyth|anyth|dur|accord|k|spr|even|morn)ing)\w+ing\b"
)
_FINITE_VERB = any_of(
    r"(?<!it )\b(?:is|are|was|were|will|would|can|could|may|might|should|must|has|have|had|do|does|did"
    r"|means?|makes?"
    r"|takes?|works?|costs?|gives?|gets?|keeps?|adds?|helps?|needs?|brings?|\w{3,}(?:es|ses|ves|ns|ts))\b"
)
_EXPLETIVE = any_of(
    r"^(?:i think |i believe )?(?:it(?:'s| is| gets| becomes) (?:\w+ )?(?:easy|hard|important|easier|harder|better"
    r"|impossible|worth|rare|tempting|dangerous|crucial|critical|essential|possible|difficult|true|clear|cheaper)"
    r"|it turns out|it takes|it costs)\b"
)
# "... is what it is." is a sentence, "and it is..." is none: a full stop forgives what trailing off does not.
_DANGLING = re.compile(
    r"(?i)^(?:but |and |so )?(?:if|when|because) (?:\w+ ){1,3}(?:have|are|do|can|will)\.$"
    r"|\b(?:and|but|or|the|a|an|because|if|when)\.$|[,;:—-]$"
    r"|\b(?:and|but|or|the|a|an|because|if|when|to|of|so|that|with|for|in|is|are|was|have|how|then|like"
    r"|just)(?:\.{2,}|…)$"
)
_WORD = re.compile(r"[a-z']+")


def points_back(sentence: str) -> bool:
    """Whether a first sentence needs what was said before it: a bare "they", "this", "the answer"."""
    if _BACKWARD_NOUN.match(sentence) or _BACKWARD_START.match(sentence):
        return True
    head = " ".join(sentence.split()[:HEAD_WORDS])
    pronoun = PRONOUN.pattern.search(head)
    if pronoun and not _EXPLETIVE.match(head):
        before = head[: pronoun.start()]
        if pronoun.group().lower().startswith("it") and not _NAMED_HERE.search(before) and not _THING.search(before):
            return True
        if not _ANTECEDENT.search(before) and not _NAMED_HERE.search(before):
            return True
    return DEMONSTRATIVE.pattern.search(head) is not None or _BACK_INSIDE.search(head) is not None


def is_fragment(sentence: str) -> bool:
    """Whether a first sentence only answers the one before: "Treating every decision as if it were a marriage."."""
    return _GERUND_START.match(sentence) is not None and _FINITE_VERB.search(sentence) is None


def _is_repetitive(text: str) -> bool:
    words = _WORD.findall(text.lower())
    trigrams = list(zip(words, words[1:], words[2:], strict=False))
    return bool(trigrams) and len(set(trigrams)) / len(trigrams) < FEWEST_DISTINCT_RATIO


def _has_open_quote(text: str) -> bool:
    return text.count('"') % 2 == 1 or text.count("“") != text.count("”")


def _has_loose_ends(words: Sequence[int]) -> bool:
    """Whether a passage opens or closes with a scrap ("Exactly."), or has several of them."""
    short = [count < FEWEST_SENTENCE_WORDS for count in words]
    return short[0] or short[-1] or sum(short) > 1


def _word_count(sentences: Sequence[str]) -> int:
    return sum(len(sentence.split()) for sentence in sentences)


@dataclass(frozen=True, slots=True)
class Gate:
    """One reason for refusing a passage, and the test for it on its cleaned sentences."""

    reason: str
    refuses: Callable[[Sequence[str]], bool]


GATES = (
    Gate("length", lambda sentences: not FEWEST_WORDS <= _word_count(sentences) <= MOST_WORDS),
    Gate("question", lambda sentences: any(sentence.rstrip('"”').endswith("?") for sentence in sentences)),
    Gate("open_quote", lambda sentences: _has_open_quote(" ".join(sentences))),
    Gate("repetition", lambda sentences: _is_repetitive(" ".join(sentences))),
    Gate("address", lambda sentences: _URL.search(" ".join(sentences)) is not None),
    Gate("instruction", lambda sentences: looks_like_instruction(" ".join(sentences))),
    Gate("small_talk", lambda sentences: _SMALL_TALK.search(" ".join(sentences)) is not None),
    Gate("show_talk", lambda sentences: _SHOW_TALK.search(" ".join(sentences)) is not None),
    Gate("fragment", lambda sentences: _has_loose_ends([len(one.split()) for one in sentences])),
    Gate("fragment", lambda sentences: is_fragment(sentences[0])),
    Gate("dangling_end", lambda sentences: any(_DANGLING.search(one) for one in sentences)),
    Gate("points_back", lambda sentences: points_back(sentences[0])),
    Gate("addresses_guest", lambda sentences: _TO_GUEST.search(" ".join(sentences)) is not None),
)


def refusal(sentences: Sequence[str]) -> str | None:
    """Return the name of the first gate that a passage of cleaned sentences does not pass, or None."""
    return next((gate.reason for gate in GATES if gate.refuses(sentences)), None)

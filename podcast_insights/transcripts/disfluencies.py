"""Light cleaning of spoken sentences for a reader: hesitations, filler words, repeated words, trailing tags.

Nothing here changes what is said: no word is replaced, only sounds and repetitions are left out. Quotes are never
cleaned; claims and explanations of the embedded extractor are.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

_SPACES = re.compile(r"\s+")
# Words that people repeat on purpose: "very, very", "no, no", "had had".
_MEANT_TWICE = frozenset(
    "that had is was very really many no bye so much never more way far over again long do".split()  # noqa: SIM905
)
# Spelled out, every one counts: "four four seven B".
_SPELLED = re.compile(r"(?i)(?:\d+|zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|double|(?!i\b|a\b)[a-z])")
_TAG = re.compile(r"(?i),?\s*(?:right|you know|okay|yeah|correct|isn't it|you know what i mean)\?$")
# "No one", "right now", "look at", "so far" and "I mean it" open sentences too: such words go only where a comma
# follows.
_LEAD = re.compile(
    r"(?i)(?:(?:(?:and|but|so(?! far| much| long| many| few| often| that\b)|yeah|okay|ok|i think that(?! ?')|i think"
    r"|i would say(?: that)?|i'd say(?: that)?|i feel like|basically|actually|also|anyway|or)"
    r"\b(?:,|…|\.\.\.)?|(?:yes|no|right|now|look|like|exactly|absolutely|totally|for sure|sure|because|again|then"
    r"|you see|well|i mean|you know|honestly|obviously|plus)\b(?:,|…|\.\.\.))\s+)+"
)
_FEWEST_WORDS_AFTER_LEAD = 4


@dataclass(frozen=True, slots=True)
class Rule:
    """One step of the cleaning: what is found, and what is left of it."""

    name: str
    pattern: re.Pattern[str]
    replacement: str | Callable[[re.Match[str]], str]


def _once(match: re.Match[str]) -> str:
    words = match.group().split()
    is_meant = len(words) == 2 and match.group(1).lower() in _MEANT_TWICE
    is_spelled = all(_SPELLED.fullmatch(word) for word in match.group(1).split())
    return match.group() if is_meant or is_spelled else match.group(1)


_RULES = (
    Rule(
        "sounds in brackets",
        re.compile(
            r"(?i)\s*[\[(](?:unintelligible|laughter|laughs?|chuckles?|inaudible|crosstalk|music|applause|sic)"
            r"[^\])]{0,40}[\])]\s*"
        ),
        " ",
    ),
    Rule("hesitations", re.compile(r"(?i)(?<![\w'])(?:u+h+m*|u+m+|er+m*|hmm+|mm-?hmm)(?![\w'])[,.]?\s*"), ""),
    Rule("fillers between commas", re.compile(r"(?i),\s*(?:you know|i mean|like|sort of|kind of)\s*,"), ","),
    Rule(
        "fillers after a mark",
        re.compile(
            r"(?i)(?<=[,.;:?!…])\s*(?:you know|i mean|like|right|okay|ok|sort of|kind of|let's say|basically"
            r"|honestly|obviously|literally)\s*,\s*"
        ),
        " ",
    ),
    Rule(
        # "The best kind of plan" and "that is kind of you" mean something; "it is kind of simple" does not.
        "kind of, sort of between a verb and what it says",
        re.compile(
            r"(?i)\b(is|are|was|were|be|been|it's|that's|i'm|you're|we're|they're|just|really|i|you|we|they|it|to"
            r"|and|then|have|has|had|do|does|did|can|could|would|will|but) (?:kind|sort) of"
            r" (?!(?:you|him|her|them)\b)(?=[a-z])"
        ),
        r"\1 ",
    ),
    Rule("a word again", re.compile(r"(?i)\b(\w+(?:'\w+)?)(?:\s*[,–—-]*\s+\1\b)+"), _once),
    Rule(
        "two or three words again",
        re.compile(r"(?i)\b(\w+(?:'\w+)? \w+(?:'\w+)?(?: \w+(?:'\w+)?)?),?(?:-+)?\s+(?:--\s+)?\1\b"),
        _once,
    ),
    Rule("a dash", re.compile(r"\s*--+\s*"), " — "),
    Rule("marks in front", re.compile(r"^[\s\\,;:.\-–—…]+"), ""),
    Rule("a space before a mark", re.compile(r"\s+([,.;:?!])"), r"\1"),
    Rule("a comma before an end", re.compile(r",\s*([.?!])"), r"\1"),
    Rule("doubled commas", re.compile(r"([,;])(?:\s*\1)+"), r"\1"),
    # What trails off keeps its dots: a full stop would say that the speaker had finished.
    Rule("a dash at the end", re.compile(r"[,;]?\s*—\s*$"), "..."),
    Rule("the word I", re.compile(r"\bi\b(?=\s|'|,)"), "I"),
)


def clean_speech(text: str) -> str:
    """Return a sentence without hesitations, repetitions, a leading connective and a trailing "right?"."""
    cleaned = _SPACES.sub(" ", text).strip()
    for rule in _RULES:
        cleaned = rule.pattern.sub(rule.replacement, cleaned)
    if len(cleaned.split()) > _FEWEST_WORDS_AFTER_LEAD + 2:
        cleaned = _TAG.sub(".", cleaned)
    without_lead = _LEAD.sub("", cleaned, count=1) if _LEAD.match(cleaned) else cleaned
    if len(without_lead.split()) >= _FEWEST_WORDS_AFTER_LEAD:
        cleaned = without_lead
    cleaned = _SPACES.sub(" ", cleaned).strip()
    if cleaned and cleaned[-1].isalnum():
        cleaned += "."
    return cleaned[:1].upper() + cleaned[1:]

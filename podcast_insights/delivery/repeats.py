"""What a reader would read twice: a claim, its explanation and its quote are often made of the same words."""

import re

SAME_WORDS_PERCENT = 92.0
SAID_WORDS_RATIO, SAID_PERCENT = 0.95, 96.0
MOST_LEAD_IN = 12

# How sentences end, and what may stand between two, in the scripts of most languages.
_ENDS = ".!?…。！？؟।"
_BETWEEN = f" ,;:-–—，、；：،؛{_ENDS}"
_WORD = re.compile(r"\w+")


def after_claim(claim: str, explanation: str) -> str:
    """Return what an explanation adds to the claim that stands above it.

    A passage in the speaker's own words often begins with its claim, perhaps after a "Because" that the claim lost.
    """
    stem = claim.rstrip(_ENDS)
    start = explanation.casefold().find(stem.casefold())
    if not stem or start < 0 or start > MOST_LEAD_IN:
        return explanation
    # Casefolding may change lengths ("ß"), and then the place found is not to be trusted.
    if len(explanation.casefold()) != len(explanation) or len(stem.casefold()) != len(stem):
        return explanation
    end = start + len(stem)
    # "It can" does not stand in "It cannot": what is left would say something else.
    if _is_within_word(explanation, start) or _is_within_word(explanation, end):
        return explanation
    return explanation[end:].lstrip(_BETWEEN)


def is_said_in(said: str, explanation: str) -> bool:
    """Whether an explanation stands in what was said, but for a word that was cleaned away."""
    from rapidfuzz import fuzz

    words, known = (_WORD.findall(text.casefold()) for text in (explanation, said))
    vocabulary = set(known)
    # Comparing letters is slow, and hardly any explanation is made of the words of its passage alone.
    if len(words) > len(known) or sum(word in vocabulary for word in words) < SAID_WORDS_RATIO * len(words):
        return False
    return fuzz.partial_ratio(" ".join(words), " ".join(known)) >= SAID_PERCENT


def has_same_words(shown: str, quote: str) -> bool:
    """Whether a quote already stands in what is shown above it, in its own words."""
    from rapidfuzz import fuzz, utils

    if not quote:
        return True
    words, said = utils.default_process(shown), utils.default_process(quote)
    spoken = said.split()
    known = set(words.split())
    # Comparing letters is slow, and of two texts that differ in half of their words the letters differ enough, too.
    if 2 * sum(word in known for word in spoken) < len(spoken):
        return False
    at_least = SAME_WORDS_PERCENT
    is_all = fuzz.token_sort_ratio(words, said, score_cutoff=at_least) > 0
    is_part = len(quote) <= len(shown) and fuzz.partial_ratio(said, words, score_cutoff=at_least) > 0
    return is_all or is_part


def _is_within_word(text: str, place: int) -> bool:
    return 0 < place < len(text) and bool(_WORD.fullmatch(text[place - 1 : place + 1]))

"""Which language a text is in, and whether two tags mean the same language.

Only a confident answer is used against a transcript: the identifier is often wrong on short texts and between
languages that are written almost alike.
"""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from podcast_insights.transcripts.values import Segment

SAMPLE_CHARS = 2000
SAMPLES = 3
FEWEST_CHARS = 300
CONFIDENT_RATIO = 0.9

ALIASES = {
    "iw": "he",
    "in": "id",
    "ji": "yi",
    "jw": "jv",
    "cmn": "zh",
    "yue": "zh",
    "fil": "tl",
    "lao": "lo",
    "nb": "no",
    "nn": "no",
}
# Whisper's own code where it is not the usual one.
_WHISPER_CODES = {"jv": "jw"}
_ALIKE = (
    frozenset({"no", "da", "sv"}),
    frozenset({"hr", "sr", "bs", "sh", "sl"}),
    frozenset({"id", "ms", "jv"}),
    frozenset({"cs", "sk"}),
    frozenset({"pt", "gl", "es", "ca"}),
    frozenset({"ru", "uk", "be", "bg"}),
    frozenset({"nl", "af"}),
    frozenset({"hi", "ur", "mr", "ne"}),
)


def primary_language(tag: str | None) -> str | None:
    """Return the primary subtag of a language tag in its usual form: ``pt`` for ``pt-BR``, ``he`` for ``iw``."""
    if not tag:
        return None
    primary = tag.replace("_", "-").split("-")[0].lower()
    return ALIASES.get(primary, primary)


def whisper_code(language: str | None, known: Collection[str]) -> str | None:
    """Return the code under which a Whisper model knows a primary language; None where it knows none."""
    if language is None:
        return None
    code = _WHISPER_CODES.get(language, language)
    return code if code in known else None


def contradicting_language(segments: Sequence[Segment], declared: str | None) -> str | None:
    """Return the language that a text is confidently in, where that is another than the declared one."""
    wanted = primary_language(declared)
    samples = _samples(" ".join(segment.text for segment in segments))
    if wanted is None or not samples:
        return None
    found = {_confident_language(sample, wanted) for sample in samples}
    language = found.pop() if len(found) == 1 else None
    if language is None or language == wanted or any({language, wanted} <= alike for alike in _ALIKE):
        return None
    return language


def _samples(text: str) -> list[str]:
    """Return pieces from the beginning, the middle and the end; a short text is one piece, a very short one none."""
    if len(text) < FEWEST_CHARS:
        return []
    if len(text) <= SAMPLES * SAMPLE_CHARS:
        return [text]
    step = (len(text) - SAMPLE_CHARS) // (SAMPLES - 1)
    return [text[start : start + SAMPLE_CHARS] for start in range(0, len(text) - SAMPLE_CHARS + 1, step)]


def _confident_language(sample: str, declared: str) -> str | None:
    identifier = _identifier()
    if declared not in identifier.labels:
        return None
    language, confidence_ratio = identifier.classify(sample)
    return primary_language(language) if confidence_ratio >= CONFIDENT_RATIO else None


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

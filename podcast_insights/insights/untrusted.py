"""Transcripts are untrusted text: what makes them harmless before a model reads them or a reader sees them.

Control tokens of chat templates and invisible characters go; what is spoken to a model instead of to people is
recognised, so that no insight is taken from it. The fence's nonce is a hash of the fenced text: whoever writes the
text cannot write its own hash into it, and the same text gives the same prompt.
"""

import re

from podcast_insights.fingerprints import short_id

_CONTROL = re.compile(
    r"<\|[^|>]{0,40}\|>|\[/?INST\]|</?s>|</?(?:system|assistant|user|tool)[^>]{0,80}>|<<</?SYS>>>|<</?SYS>>"
    r"|[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]|[\U000e0000-\U000e007f]",
    re.IGNORECASE,
)
_INSTRUCTION = re.compile(
    r"(?i)\b(?:ignore|disregard|forget|override) (?:all |any |the |your |of ){0,3}"
    r"(?:previous|prior|above|earlier|preceding|system) (?:\w+ )?(?:instructions?|prompts?|rules|messages?|context)\b"
    r"|\byou are now\b.{0,30}\b(?:assistant|model|ai|chatbot)\b|<\|[a-z_]+\|>|\[/?INST\]"
    r"|</?(?:system|assistant|user)>|\b(?:as|dear) (?:an? )?(?:ai|language model|assistant),? "
    r"(?:you must|please|respond)"
)


def without_control_tokens(text: str) -> str:
    """Return text without chat-template tokens and invisible characters; each becomes a space."""
    return _CONTROL.sub(" ", text)


def looks_like_instruction(text: str) -> bool:
    """Whether text speaks to a language model rather than to people."""
    return _INSTRUCTION.search(text) is not None


def fenced(label: str, text: str) -> str:
    """Return text between markers that the text itself cannot contain."""
    nonce = short_id(label, text)
    return f"<<<{label} {nonce}\n{text}\n{label} {nonce}>>>"

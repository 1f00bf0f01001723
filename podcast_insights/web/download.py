"""A download that goes on where it broke off: which bytes are asked for, and what the answer to that means.

RFC 9110, sections 13.1.5 and 14: ``Range`` asks for the bytes that are missing, ``If-Range`` for the whole where the
file is not the same any more. Only a strong ETag, or a date of change that lies well before the answer, proves that; a
file that was served with neither is downloaded from its start again. An encoded body is never continued, because ranges
count encoded bytes. The network itself is ``web/client.py``, the bytes on the disk ``web/partial.py``.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Literal, Protocol

from podcast_insights.errors import NetworkError, TooLargeError, TooSlowError
from podcast_insights.web.partial import Origin, PartialFile

# A connection that breaks this often is left to the next run, which goes on from there.
ATTEMPTS = 4
# A file that changes twice within a second keeps its date: one that is old when it is served does not.
SETTLED_AFTER = timedelta(seconds=60)
MAX_VALIDATOR_CHARS = 500

_CONTENT_RANGE = re.compile(r"bytes (?:(\d{1,15})-(\d{1,15})|\*)/(\d{1,15}|\*)", re.ASCII)
# Python reads no number of thousands of digits.
_LENGTH = re.compile(r"\d{1,15}", re.ASCII)

Meaning = Literal["whole", "rest", "complete", "useless"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebDownload:
    """A body that was written to a file; ``resumed_bytes`` of it were there from an earlier, broken transfer."""

    size_bytes: int
    sha256: str
    final_url: str
    resumed_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The head of an answer; ``chunks``, given how many bytes are there already, reads the body within the limits."""

    status: int
    headers: Mapping[str, str]
    final_url: str
    chunks: Callable[[int], Iterator[bytes]]


class Ask(Protocol):
    """Asks the server once, with these headers; 416 is an answer, other refusals are errors."""

    def __call__(self, headers: Mapping[str, str]) -> AbstractContextManager[Answer]:
        """Return the answer for the time of a ``with`` block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentRange:
    """The header of that name: ``first`` and ``end`` (exclusive) are None where no range could be served."""

    first: int | None
    end: int | None
    total: int | None


def download_whole(ask: Ask, partial: PartialFile, *, name: str) -> WebDownload:
    """Ask until ``partial`` holds the whole file, going on after each break where the server allows it.

    Args:
        ask: The server.
        partial: What is there already.
        name: What to call the address in a message.

    Raises:
        NetworkError: The transfer broke too often; what came is kept for the next time.
        TooSlowError: It took too long; what came is kept for the next time.
        TooLargeError: There is more than is allowed; nothing is kept.
    """
    resumed_bytes = partial.size_bytes
    problem = NetworkError(f"{name} gave nothing")
    for _ in range(ATTEMPTS):
        origin, asked_from = partial.origin, partial.size_bytes
        with ask(_request_headers(origin, asked_from)) as answer:
            meaning = meaning_of(answer.status, answer.headers, origin, asked_from)
            if meaning == "useless":
                partial.restart()
                problem = NetworkError(
                    f"{name} answered {answer.status} with other bytes than were asked for", status=answer.status
                )
                continue
            if meaning == "whole":
                partial.restart(validator_of(answer.headers), _announced_bytes(answer.headers))
            resumed_bytes = min(resumed_bytes, partial.size_bytes)
            broken = None if meaning == "complete" else _append_body(answer, partial, name)
            if broken is None:
                partial.finish()
                return WebDownload(
                    size_bytes=partial.size_bytes,
                    sha256=partial.sha256,
                    final_url=answer.final_url,
                    resumed_bytes=resumed_bytes,
                )
            problem = broken
    raise problem


def meaning_of(status: int, headers: Mapping[str, str], origin: Origin | None, asked_from: int) -> Meaning:
    """Return what an answer brings: the whole file, the rest of it, nothing because it is complete, or no use.

    Args:
        status: Of the answer.
        headers: Of the answer.
        origin: What the bytes that are there are the beginning of; None where the whole was asked for.
        asked_from: The first byte that was asked for.
    """
    if status not in {206, 416}:
        return "whole" if 200 <= status < 300 else "useless"
    if origin is None or not asked_from:
        return "useless"
    given = content_range(headers.get("Content-Range"))
    totals = {total for total in (given and given.total, origin.total_bytes) if total is not None}
    if status == 416:
        return "complete" if totals == {asked_from} else "useless"
    is_asked = given is not None and given.first == asked_from and len(totals) <= 1
    is_same = headers.get("ETag", origin.validator) == origin.validator or not origin.validator.startswith('"')
    return "rest" if is_asked and is_same and not _is_encoded(headers) else "useless"


def validator_of(headers: Mapping[str, str]) -> str | None:
    """Return what proves later that a file is still the same: its strong ETag, else a settled date of change."""
    if _is_encoded(headers):
        return None
    etag = headers.get("ETag", "").strip()
    if len(etag) > 2 and etag[0] == etag[-1] == '"' and _is_sendable(etag):
        return etag
    changed = headers.get("Last-Modified", "").strip()
    try:
        age = parsedate_to_datetime(headers.get("Date", "")) - parsedate_to_datetime(changed)
    except (ValueError, TypeError, OverflowError):
        return None
    return changed if age >= SETTLED_AFTER and _is_sendable(changed) else None


def content_range(written: str | None) -> ContentRange | None:
    """Return the header's numbers, or None where it is missing or makes no sense."""
    found = _CONTENT_RANGE.fullmatch((written or "").strip())
    if found is None:
        return None
    first, last, total = (int(part) if part and part != "*" else None for part in found.groups())
    if first is not None and last is not None and (last < first or (total is not None and last >= total)):
        return None
    return ContentRange(first=first, end=None if last is None else last + 1, total=total)


def announced_length(headers: Mapping[str, str]) -> int | None:
    """Return how many bytes an answer says that it has, or None where it says no number."""
    announced = headers.get("Content-Length", "")
    return int(announced) if _LENGTH.fullmatch(announced) else None


def _request_headers(origin: Origin | None, asked_from: int) -> dict[str, str]:
    headers = {"Accept-Encoding": "identity"}
    if origin and asked_from:
        headers |= {"Range": f"bytes={asked_from}-", "If-Range": origin.validator}
    return headers


def _append_body(answer: Answer, partial: PartialFile, name: str) -> NetworkError | None:
    """Write a body as it comes; return why it is not the end of the file, or None where it is."""
    try:
        for chunk in answer.chunks(partial.size_bytes):
            partial.append(chunk)
    except NetworkError as error:
        return error
    except TooSlowError:
        raise
    except TooLargeError:
        partial.restart()
        raise
    total = _total_bytes(answer, partial.origin)
    if total is None or partial.size_bytes == total:
        return None
    problem = NetworkError(f"{name} sent {partial.size_bytes} of {total} bytes")
    if partial.size_bytes > total:
        partial.restart()
    return problem


def _total_bytes(answer: Answer, origin: Origin | None) -> int | None:
    """Return how large the whole is, where a part of it was sent; the length of a whole body is checked as it comes."""
    given = content_range(answer.headers.get("Content-Range")) if answer.status == 206 else None
    if given is None:
        return None
    return given.total or (origin.total_bytes if origin else None) or given.end


def _announced_bytes(headers: Mapping[str, str]) -> int | None:
    return None if _is_encoded(headers) else announced_length(headers)


def _is_encoded(headers: Mapping[str, str]) -> bool:
    return headers.get("Content-Encoding", "identity").strip().lower() not in {"", "identity"}


def _is_sendable(validator: str) -> bool:
    return validator.isascii() and validator.isprintable() and len(validator) <= MAX_VALIDATOR_CHARS

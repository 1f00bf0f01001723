"""What the search page reads: one file for each month, so that a new day rewrites a single one.

Each insight is there with its words. The script ``assets/search.js`` reads the months, newest first, and finds words in
them; nothing is asked of anybody else.
"""

import json
from collections.abc import Iterable, Sequence

from podcast_insights.delivery.views import entry_view
from podcast_insights.digest.values import DigestEntry


def month_json(entries: Sequence[DigestEntry]) -> bytes:
    """Return the insights of one month as the search page reads them."""
    return json.dumps([_document(entry) for entry in entries], ensure_ascii=False, separators=(",", ":")).encode()


def months_json(months: Iterable[str]) -> bytes:
    """Return the list of months, newest first."""
    return json.dumps(sorted(months, reverse=True)).encode()


def _document(entry: DigestEntry) -> dict[str, object]:
    view = entry_view(entry)
    insight = view.insight
    return {
        "page": insight.page,
        "claim": insight.claim,
        "explanation": insight.explanation,
        "quote": "" if insight.quote_repeats else insight.quote,
        "speaker": insight.speaker or "",
        "show": insight.show_title,
        "episode": insight.episode_title,
        "topics": list(insight.topics),
        "date": view.digest_date.isoformat(),
    }

"""The links with which a reader says that an insight was good or not: a mail to somebody, or an address of yours.

This project receives no answers: it has no server. A mail's subject, or the address, names the insight and the vote.
Who votes is told by who sends that mail; an address may ask for the recipient, too.
"""

from urllib.parse import quote

from podcast_insights.delivery.links import safe_url
from podcast_insights.errors import SettingsError
from podcast_insights.settings import DeliverySettings

VOTES = ("like", "dislike")


def feedback_links(insight_id: str, settings: DeliverySettings, recipient: str = "") -> tuple[tuple[str, str], ...]:
    """Return each vote of a recipient with its link; none where ``delivery.feedback`` is not set.

    Raises:
        SettingsError: ``delivery.feedback`` is neither a mailto: address nor an https: one with both places.
    """
    if settings.feedback is None:
        return ()
    return tuple((vote, _link(settings.feedback, insight_id, vote, recipient)) for vote in VOTES)


def _link(template: str, insight_id: str, vote: str, recipient: str) -> str:
    if template.startswith("mailto:"):
        link = f"{template.partition('?')[0]}?subject={quote(f'{vote} {insight_id}')}"
    else:
        link = template.replace("{insight}", quote(insight_id, safe="")).replace("{vote}", vote)
        link = link.replace("{recipient}", quote(recipient, safe=""))
    safe = safe_url(link)
    is_whole = template.startswith("mailto:") or ("{insight}" in template and "{vote}" in template)
    if safe is None or not is_whole or not safe.startswith(("mailto:", "https:")):
        raise SettingsError(
            "delivery.feedback must be a mailto: address, or an https: one with {insight} and {vote} in it, got "
            f"{template!r:.80}"
        )
    return safe

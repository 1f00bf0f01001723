"""The links with which a reader says that an insight was good or not: a mail to somebody, or an address of yours.

This project receives no answers: it has no server. A mail's subject, or the address, names the insight and the vote.
Where there are several recipients, the subject also names whose vote it is: it is what to type after
``podcast-insights``. An https: address names them only where ``{recipient}`` stands in it, as servers log addresses.
"""

import re
from urllib.parse import quote

from podcast_insights.delivery.links import safe_url
from podcast_insights.errors import SettingsError
from podcast_insights.settings import DeliverySettings

VOTES = ("like", "dislike")


def feedback_links(insight_id: str, settings: DeliverySettings, *, address: str = "") -> tuple[tuple[str, str], ...]:
    """Return each vote with its link in the mail to ``address``; none where ``delivery.feedback`` is not set.

    Raises:
        SettingsError: ``delivery.feedback`` is neither a mailto: address nor an https: one with both places.
    """
    if settings.feedback is None:
        return ()
    listed = {recipient.address.casefold() for recipient in settings.recipients}
    # A test may go to somebody who is no recipient, and for whom nothing can be said.
    whose = address if len(listed) > 1 and address.casefold() in listed else ""
    return tuple((vote, _link(settings.feedback, insight_id, vote, whose)) for vote in VOTES)


def _link(template: str, insight_id: str, vote: str, whose: str) -> str:
    is_mail = template[:7].lower() == "mailto:"
    if is_mail:
        command = f"{vote} {insight_id}" + (f" --for {whose}" if whose else "")
        link = f"{template.partition('?')[0]}?subject={quote(command)}"
    else:
        values = {"{insight}": quote(insight_id, safe=""), "{vote}": vote, "{recipient}": quote(whose, safe="")}
        link = re.sub(r"\{(?:insight|vote|recipient)\}", lambda found: values[found[0]], template)
    safe = safe_url(link, ("mailto", "https"))
    is_whole = is_mail or ("{insight}" in template and "{vote}" in template)
    if safe is None or not is_whole:
        raise SettingsError(
            "delivery.feedback must be a mailto: address, or an https: one with {insight} and {vote} in it, got "
            f"{template!r:.80}"
        )
    return safe

"""Alerts through Apprise, which brings them to Slack, Discord, Telegram, ntfy and a hundred more by an address each.

Such an address is a secret: whoever has it can write there. Apprise puts addresses and answers into its log, so its log
is silent here, and what is said of a failure is which address of the setting it was, by its number and service.
"""

import logging
import re
import warnings
from typing import TYPE_CHECKING

from podcast_insights.errors import DeliveryError, SettingsError
from podcast_insights.operations.alerts import Alert, apprise_urls
from podcast_insights.settings import Settings

if TYPE_CHECKING:
    from apprise import Apprise

SETTING = "alerts.apprise_urls"
# A name before "://" that is as short as a service's; what stands anywhere else may be a token.
_SERVICE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,19})://")


def services_of(settings: Settings) -> dict[str, str]:
    """Return the addresses of the setting, each under a name in which nothing of it stands but its service."""
    return {_named(number, url): url for number, url in enumerate(apprise_urls(settings), start=1)}


def notify(name: str, url: str, alert: Alert) -> None:
    """Send an alert to one address.

    Raises:
        SettingsError: Apprise is not installed, or does not know such an address.
        DeliveryError: The service did not take it.
    """
    service = _connected(name, url)
    # Its own answer is yes or no; why not is only in the log, with the address.
    if not service.notify(title=alert.title, body=alert.text, notify_type="warning", body_format="text"):
        raise DeliveryError(
            f"{name} of {SETTING} did not take it; 'apprise -vv -b test <address>' in a terminal says why"
        )


def _named(number: int, url: str) -> str:
    service = _SERVICE.match(url)
    return f"address {number} ({service[1].lower()})" if service else f"address {number}"


def _connected(name: str, url: str) -> "Apprise":
    # Some of its services import what Python has deprecated; nobody here can help that.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            from apprise import Apprise, AppriseAsset
        except ImportError as error:
            raise SettingsError(
                f"{SETTING} needs Apprise, which is not installed: pip install 'podcast-insights[apprise]'"
            ) from error
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
        # A redirect would take the alert, and what the address holds, to a place that nobody chose.
        service = Apprise(asset=AppriseAsset(http_redirects=False, async_mode=False))
        if not service.add(url):
            raise SettingsError(
                f"Apprise does not know {name} of {SETTING}; https://github.com/caronc/apprise/wiki says how addresses "
                "are written"
            )
    return service

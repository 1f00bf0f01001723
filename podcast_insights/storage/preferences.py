"""The table ``preferences``: what readers said beside the settings. Few rows, written by one person at a time."""

import unicodedata

from podcast_insights.digest.values import Preference
from podcast_insights.storage.rows import RowCodec
from podcast_insights.storage.warehouse import Warehouse

_PREFERENCES = RowCodec(Preference)


class PreferencesRepository:
    """What each reader said last of each subject."""

    def __init__(self, warehouse: Warehouse) -> None:
        """Keep preferences in ``warehouse``."""
        self._warehouse = warehouse

    def all(self) -> tuple[Preference, ...]:
        """Return everything that holds of all readers, in the order in which it was said."""
        found = [_PREFERENCES.from_row(row) for row in self._warehouse.read("preferences", "")]
        return tuple(sorted(found, key=lambda one: (one.said_at, one.recipient, one.subject)))

    def of(self, recipient: str = "") -> tuple[Preference, ...]:
        """Return what shapes the mail of a recipient, or without one the digest."""
        return tuple(one for one in self.all() if one.recipient == recipient)

    def say(self, preference: Preference) -> None:
        """Keep a preference in place of what the same reader said of its subject before."""
        about = (preference.recipient, _name(preference.subject))
        kept = [one for one in self.all() if (one.recipient, _name(one.subject)) != about]
        self._replace([*kept, preference])

    def forget(self, subject: str, *, recipient: str = "") -> bool:
        """Take back what a reader said of a subject; return whether there was anything."""
        known = self.all()
        kept = [one for one in known if (one.recipient, _name(one.subject)) != (recipient, _name(subject))]
        self._replace(kept)
        return len(kept) < len(known)

    def _replace(self, preferences: list[Preference]) -> None:
        self._warehouse.write("preferences", "", [_PREFERENCES.to_row(one) for one in preferences])


def _name(subject: str) -> str:
    """Return what a subject is known by: terms match in any case and form, so one in another is the same."""
    return " ".join(unicodedata.normalize("NFKC", subject).casefold().split())

"""Dates whose month is named in another language than English, as some hosts write them: "Seg, 24 Set 2018 19:22".

Only the form of RFC 822 is read, a day, a month's name and a year, with or without a weekday before and a time behind:
there the name alone tells the month, and no name is that of two months. A date in figures (``05/06/2024``) may be of
either month, and is left unread; so is one with any other word in it.
"""

import re
import unicodedata

# German, French, Spanish, Italian, Portuguese, Dutch, Danish, Norwegian and Swedish; without accents, in lower case.
NAMES = {
    "Jan": "jan januar janner janv janvier ene enero gen gennaio janeiro januari",
    "Feb": "feb februar fev fevr fevrier febr febrero febbraio fevereiro februari",
    "Mar": "mar marz mrz maerz mars marzo marco mrt maart marts",
    "Apr": "apr april avr avril abr abril aprile",
    "May": "may mai mayo mag maggio maio mei maj",
    "Jun": "jun juni juin junio giu giugno junho",
    "Jul": "jul juli juil juill juillet julio lug luglio julho",
    "Aug": "aug august aout ago agosto augustus augusti",
    "Sep": "sep sept september septembre septiembre set sett settembre setembro",
    "Oct": "oct okt oktober octobre octubre ott ottobre out outubro",
    "Nov": "nov november novembre noviembre novembro",
    "Dec": "dec dez dezember decembre dic diciembre dicembre dezembro december des desember",
}

_ENGLISH = {name: english for english, names in NAMES.items() for name in names.split()}
_DATE = re.compile(
    r"(?:[a-z]+(?:-feira)?\.?,?\s+)?(\d{1,2})(?:\.|er|o)?\s+(?:de\s+)?([a-z]+)\.?,?\s+(?:de\s+)?(\d{4})"
    r"(?:,?\s+(\d{1,2}:\d\d(?::\d\d)?(?:\s*(?:z|gmt|utc|[a-z]{3,4}|[+-]\d\d:?\d\d))?))?",
    re.ASCII,
)


def in_english(text: str) -> str | None:
    """Return a date of RFC 822 with its month in English and without its weekday; None where it is no such date."""
    found = _DATE.fullmatch(_folded(text))
    month = _ENGLISH.get(found[2]) if found else None
    return f"{found[1]} {month} {found[3]} {(found[4] or '00:00').upper()}" if found and month else None


def _folded(text: str) -> str:
    """Return a text in lower case and without accents."""
    letters = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))

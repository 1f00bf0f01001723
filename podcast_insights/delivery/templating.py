"""The templates of pages and mails: everything is escaped in HTML, and a name that is missing is an error."""

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from podcast_insights.delivery.views import counted, long_date

# Hebrew, Arabic, Syriac, Thaana, N'Ko and the others that are written from right to left.
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")


def apart(text: str) -> Markup:
    """Return a name for a sentence of a mail: one that is written from right to left turns nothing beside it."""
    return Markup('<span dir="auto">{}</span>').format(text) if _RIGHT_TO_LEFT.search(text) else escape(text)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("podcast_insights.delivery"),
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["long_date"] = long_date
    environment.filters["apart"] = apart
    environment.globals["counted"] = counted
    return environment


def render(template: str, **context: object) -> str:
    """Return the text that ``templates/<template>`` makes of ``context``."""
    return _environment().get_template(template).render(**context)

"""The templates of pages and mails: everything is escaped in HTML, and a name that is missing is an error."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from podcast_insights.delivery.views import counted, long_date


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
    environment.globals["counted"] = counted
    return environment


def render(template: str, **context: object) -> str:
    """Return the text that ``templates/<template>`` makes of ``context``."""
    return _environment().get_template(template).render(**context)

"""The page of settings says what the settings are."""

from collections.abc import Iterator
from types import ModuleType
from typing import get_args

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from podcast_insights.settings import Settings
from podcast_insights_tests.docs.generated import DOCS, load_script


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return load_script("generate_settings")


def leaves(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    """Yield every key of the settings with its field, whatever section it is in."""
    for name, field in model.model_fields.items():
        parts = [field.annotation, *get_args(field.annotation)]
        sections = [part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)]
        if not sections:
            yield name, field
        for section in sections:
            yield from leaves(section)


def row_of(page: str, key: str) -> list[str]:
    (line,) = [line for line in page.splitlines() if line.startswith(f"| `{key}` |")]
    return [cell.strip() for cell in line.strip("|").split(" | ")]


def test_the_page_is_up_to_date(script: ModuleType) -> None:
    assert (DOCS / "settings.md").read_text(encoding="utf-8") == script.page(), "run: python docs/generate_settings.py"


def test_every_key_is_described() -> None:
    assert [name for name, field in leaves(Settings) if not field.description] == []


def test_every_key_is_on_the_page(script: ModuleType) -> None:
    rows = [line for line in script.page().splitlines() if line.startswith("| `")]

    missing = [name for name, _ in leaves(Settings) if not any(f".{name}` |" in row for row in rows)]

    assert missing == []


@pytest.mark.parametrize(
    ("key", "allowed", "default"),
    [
        ("digest.top_n", "whole number from 1 to 20", "`5`"),
        ("digest.min_value_ratio", "number from 0 to 1", "`0.2`"),
        ("digest.send_at", "time of day", "`06:30`"),
        ("digest.follow", "list of texts", "empty"),
        ("digest.max_per_show", "whole number from 1 to 10", "not set"),
        ("feeds.sensor_budget_s", "number more than 0, at most 50", "`40`"),
        ("insights.extractor", "`auto`, `embedded`, `llm`", "`auto`"),
        ("insights.max_usd_per_day", "number more than 0 or `null`", "`5`"),
        ("insights.api_key", "secret", "not set"),
        ("shows[].url", "text", "required"),
        ("shows[].paused", "true or false", "`false`"),
        ("delivery.recipients", "list, see below", "empty"),
        ("delivery.smtp", "section, see below", "not set"),
        ("delivery.smtp.port", "whole number from 1 to 65535", "`587`"),
        ("transcription.models_folder", "path", "not set"),
    ],
)
def test_a_row_says_what_is_allowed_and_what_is_the_default(
    script: ModuleType, key: str, allowed: str, default: str
) -> None:
    assert row_of(script.page(), key)[1:3] == [allowed, default]


def test_what_looks_like_html_is_shown_as_text(script: ModuleType) -> None:
    assert "cuda:&lt;number>" in row_of(script.page(), "transcription.device")[3]

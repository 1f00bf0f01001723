"""The documentation names only what is there: links, commands, targets, settings, assets, reasons and files."""

import ast
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
import typer.main
from pydantic import BaseModel

from podcast_insights import errors
from podcast_insights.cli.app import app
from podcast_insights.definitions import build_definitions
from podcast_insights.delivery.values import OutboxState
from podcast_insights.feeds.decide import MESSAGES
from podcast_insights.settings import CONFIG_VARIABLE, ENV_PREFIX, Settings
from podcast_insights_tests.docs.generated import load_script

ROOT = Path(__file__).parents[2]
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
}
FEED_REASONS = {"failing", "held"}
REAL_DATA_VARIABLE = "PODCAST_INSIGHTS_REAL_DATA"

_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_KEY = re.compile(rf"({'|'.join(Settings.model_fields)})(\[\])?((?:\.[a-z_]+(?:\[\])?)+)")


def fences(page: str) -> Iterator[tuple[str, str]]:
    """Yield the language and the content of each fenced block."""
    yield from _FENCE.findall(page)


def spans(page: str) -> list[str]:
    """Return everything in single backticks."""
    return _SPAN.findall(_FENCE.sub("", page))


def code_lines(page: str) -> Iterator[str]:
    """Yield what a reader could type: the lines of blocks without a language, and what stands in backticks."""
    for language, block in fences(page):
        if not language:
            yield from (line.strip() for line in block.splitlines())
    yield from spans(page)


def found_in(pages: dict[str, str], pattern: str) -> list[tuple[str, str]]:
    """Return (page, match) wherever a whole span in backticks matches."""
    return [(name, span) for name, page in pages.items() for span in spans(page) if re.fullmatch(pattern, span)]


def first_column(page: str, heading: str) -> set[str]:
    """Return what stands in backticks in the first column of the table that begins with ``heading``."""
    (table,) = re.findall(rf"^\| {heading} \|.*\n\|[-|]+\n((?:\|.*\n)+)", page, re.MULTILINE)
    return {one for row in table.splitlines() for one in _SPAN.findall(row.split("|")[1])}


def anchors(page: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


LINKS = [(name, link) for name, page in PAGES.items() for link in _LINK.findall(page) if "://" not in link]
COMMANDS = [
    (name, line)
    for name, page in PAGES.items()
    for line in code_lines(page)
    if re.match(r"podcast-insights +[a-z]", line)
]
TARGETS = [
    (name, target)
    for name, page in PAGES.items()
    for line in code_lines(page)
    for target in re.findall(r"^make ([a-z]+)$", line)
]
KEYS = found_in(PAGES, _KEY.pattern)
VARIABLES = found_in(PAGES, rf"{ENV_PREFIX}[A-Z_]+")
FILES = found_in(PAGES, r"(?:podcast_insights|podcast_insights_tests|docs|dbt_like_sql|examples)/[\w./*-]*")


def test_there_is_something_to_look_at() -> None:
    assert {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/architecture.md"} <= PAGES.keys()
    assert all([LINKS, COMMANDS, TARGETS, KEYS, VARIABLES, FILES])


@pytest.mark.parametrize(("name", "link"), LINKS)
def test_a_link_leads_somewhere(name: str, link: str) -> None:
    file, _, anchor = link.partition("#")
    target = (ROOT / name).parent / file if file else ROOT / name

    assert target.exists()
    assert not anchor or anchor in anchors(target.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "line"), COMMANDS)
def test_a_command_is_accepted_by_the_command_line(name: str, line: str) -> None:
    words = shlex.split(
        re.sub(r"<(first|last) day>", "2026-11-09", line)
        .replace("<feed URL>", "https://example.com")
        .replace("<name or feed URL>", "A-Show")
    )
    commands = typer.main.get_group(app).commands

    assert words[1] in commands, f"{name} names a command that is not there"
    # Raises where an option is unknown, or an argument is missing or wrong.
    assert commands[words[1]].make_context(words[1], words[2:]).info_name == words[1]


@pytest.mark.parametrize(("name", "target"), TARGETS)
def test_a_target_is_in_the_makefile(name: str, target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{name} names make {target}"


@pytest.mark.parametrize(("name", "key"), KEYS)
def test_a_setting_exists(name: str, key: str) -> None:
    assert has_setting(Settings, key.replace("[]", "").split(".")), f"{name} names {key}"


@pytest.mark.parametrize(("name", "variable"), VARIABLES)
def test_a_variable_sets_something(name: str, variable: str) -> None:
    path = variable.removeprefix(ENV_PREFIX).lower().split("__")

    assert variable in (CONFIG_VARIABLE, REAL_DATA_VARIABLE) or has_setting(Settings, path), f"{name}: {variable}"


def has_setting(model: type[BaseModel], path: list[str]) -> bool:
    """Whether a key is there, section by section."""
    field = model.model_fields.get(path[0])
    if field is None or len(path) == 1:
        return field is not None
    return any(has_setting(section, path[1:]) for section in sections_in(field.annotation))


def sections_in(annotation: object) -> Iterator[type[BaseModel]]:
    """Yield the sections that an annotation is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from sections_in(part)


@pytest.mark.parametrize(("name", "file"), FILES)
def test_a_file_is_there(name: str, file: str) -> None:
    assert list(ROOT.glob(file)), f"{name} names {file}"


@pytest.fixture(scope="module")
def graph() -> tuple[set[str], set[str]]:
    """Return the names of all assets, and those of jobs, schedules and sensors."""
    definitions = build_definitions(Settings())
    assets = {key.to_user_string() for key in definitions.resolve_asset_graph().get_all_asset_keys()}
    runs = [*(definitions.jobs or ()), *(definitions.schedules or ()), *(definitions.sensors or ())]
    return assets, {getattr(one, "name", "") for one in runs}


def test_the_architecture_shows_every_asset_and_no_other(graph: tuple[set[str], set[str]]) -> None:
    page = PAGES["docs/architecture.md"]
    drawn = load_script("generate_asset_graph").page(page)
    listed = first_column(page, "asset")
    assets = {name for name in graph[0] if not name.startswith("stg_")}

    assert page == drawn, "run: python docs/generate_asset_graph.py"
    assert {name for name in assets if re.search(rf"^ +{name}$", page, re.MULTILINE)} == assets
    assert listed == assets


def test_jobs_schedules_and_sensors_exist(graph: tuple[set[str], set[str]]) -> None:
    named = {span for _, span in found_in(PAGES, r"[a-z_]+_(job|schedule|sensor)")}
    typed = {job for page in PAGES.values() for line in code_lines(page) for job in re.findall(r" -j (\w+)", line)}

    assert named | typed <= graph[1]
    assert graph[1] <= named


def test_the_reasons_of_failures_are_those_that_are_recorded() -> None:
    explained = first_column(PAGES["docs/operations.md"], "reason")
    codes = {
        one.code
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, errors.PodcastInsightsError)
    }
    of_mails = set(get_args(OutboxState)) - {"sent"}
    decided = MESSAGES.keys() - {"process"} | FEED_REASONS | of_mails | reasons_in_the_code()

    assert {"no_speech", "unreachable", "quality"} <= reasons_in_the_code()
    assert explained <= codes | decided
    assert decided <= explained


def reasons_in_the_code() -> set[str]:
    """Return the reasons that are written out where an item is skipped."""
    found = set()
    for path in (ROOT / "podcast_insights").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"Skip", "_skip"}:
                given = [word.value for word in node.keywords if word.arg == "reason"] or node.args[1:2]
                found |= {one.value for one in given if isinstance(one, ast.Constant)}
    return {str(reason) for reason in found}


def test_the_torch_of_the_readme_is_the_one_that_is_required() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (required,) = [one for one in project["dependencies"] if one.startswith("torch==")]

    assert set(re.findall(r"torch==[\d.]+", PAGES["README.md"])) == {required}


def test_the_entry_in_the_readme_was_said_in_the_demo() -> None:
    quoted = " ".join(line.removeprefix(">").strip() for line in PAGES["README.md"].splitlines() if line[:1] == ">")
    claim, explanation = re.match(r"\*\*(.+?)\*\*\s+(.+?)\s+Marisol Achterberg", quoted).groups()  # type: ignore[union-attr]
    transcript = ROOT / "examples/demo/site/transcripts/plain-prompt/small-agents-short-leashes.json"
    said = " ".join(segment["body"] for segment in json.loads(transcript.read_text("utf-8"))["segments"])

    assert claim in said
    assert explanation in said

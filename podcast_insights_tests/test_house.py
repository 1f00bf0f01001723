"""The rules of the house as tests: what a module may import, read, be called, and how long it may be."""

import ast
import json
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from functools import cache
from pathlib import Path

import podcast_insights
from podcast_insights_tests.conftest import FIRST

PACKAGE = Path(podcast_insights.__file__).parent
ORCHESTRATION = ("defs", "definitions", "cli", "__main__")
HEAVY = (
    "apprise",
    "av",
    "css_inline",
    "ctranslate2",
    "duckdb",
    "faster_whisper",
    "sentence_transformers",
    "feedparser",
    "great_expectations",
    "matplotlib",
    "nh3",
    "openai",
    "pandas",
    "py3langid",
    "pyarrow",
    "sklearn",
    "torch",
    "webvtt",
    "whisper",
)
# Each domain package, and the other ones that it may import; downstream only.
MAY_IMPORT = {
    "feeds": (),
    "audio": ("feeds",),
    "transcripts": ("feeds", "audio"),
    "insights": ("feeds", "audio", "transcripts"),
    "digest": ("feeds", "audio", "transcripts", "insights"),
    "delivery": ("feeds", "audio", "transcripts", "insights", "digest"),
    "storage": (
        "feeds.values",
        "audio.values",
        "transcripts.values",
        "insights.values",
        "digest.values",
        "delivery.values",
    ),
    "evaluation": ("feeds", "audio", "transcripts", "insights", "digest", "storage"),
    "quality": ("storage",),
    "data_docs": ("storage", "quality"),
    "pictures": ("transcripts.values", "insights.values", "digest", "storage", "evaluation.values"),
    "operations": ("feeds", "audio", "transcripts", "insights", "digest", "delivery", "storage"),
}
FOUNDATIONS = (
    "errors",
    "days",
    "skips",
    "fingerprints",
    "settings",
    "settings.load",
    "settings.mistakes",
    "settings.sections",
    "web.client",
    "web.download",
    "web.hosts",
    "web.login",
    "web.partial",
    "web.redact",
    "web.session",
)
# Lists of facts rather than code: cutting them in two would hide what belongs together.
LONG_LISTS = {"settings/sections.py": 440, "storage/schemas.py": 560}
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "base", "core", "tools"}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    """Return the module's name below the package, such as ``feeds.values``."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py")) if "_bundled" not in path.parts}
DOMAIN = {name: path for name, path in MODULES.items() if name.split(".")[0] not in ORCHESTRATION}


def offences(modules: dict[str, Path], found_in: Callable[[Path], Collection[object]]) -> dict[str, list[object]]:
    """Return what breaks a rule, by module: one failure names every module to mend."""
    found = {name or "podcast_insights": sorted(found_in(path), key=str) for name, path in modules.items()}
    return {name: offence for name, offence in found.items() if offence}


def imports_of(path: Path) -> Iterator[str]:
    """Yield the full names of all modules (and names from modules) that a module imports, wherever it does."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where a name comes from"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def inner_imports_of(path: Path) -> set[str]:
    return {name.removeprefix("podcast_insights.") for name in imports_of(path) if name.startswith("podcast_insights.")}


IMPORT_ALL = """
import importlib, json, sys
modules, heavy = json.loads(sys.argv[1])
blame = {}
for module in modules:
    before = set(sys.modules)
    importlib.import_module(module)
    for name in {name.split(".")[0] for name in set(sys.modules) - before}:
        if name in heavy or name.startswith("dagster"):
            blame.setdefault(name, module)
print(json.dumps(blame))
"""


def test_importing_the_domain_loads_neither_dagster_nor_a_heavy_library() -> None:
    names = [f"podcast_insights.{name}".rstrip(".") for name in DOMAIN]

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT_ALL, json.dumps([names, HEAVY])],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {}, "library: the first module whose import loads it"


def test_the_domain_never_imports_dagster() -> None:
    assert offences(DOMAIN, lambda path: [name for name in imports_of(path) if name.startswith("dagster")]) == {}


def test_domain_packages_import_each_other_only_downstream() -> None:
    def forbidden_in(path: Path) -> list[str]:
        package = name_of(path).split(".")[0]
        allowed = tuple(f"{name}." for name in (package, *MAY_IMPORT[package]))
        others = [name for name in inner_imports_of(path) if name.split(".")[0] in (*MAY_IMPORT, *ORCHESTRATION)]
        return [name for name in others if not f"{name}.".startswith(allowed)]

    modules = {name: path for name, path in DOMAIN.items() if name.split(".")[0] in MAY_IMPORT}

    assert offences(modules, forbidden_in) == {}


def test_the_foundations_know_no_package() -> None:
    known = {*MAY_IMPORT, *ORCHESTRATION}
    foundations = {name: MODULES[name] for name in FOUNDATIONS}

    assert offences(foundations, lambda path: {n for n in inner_imports_of(path) if n.split(".")[0] in known}) == {}


def test_only_orchestration_imports_defs() -> None:
    assert offences(DOMAIN, lambda path: {n for n in inner_imports_of(path) if n.split(".")[0] == "defs"}) == {}


def test_every_package_of_the_house_is_known_here() -> None:
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}

    assert packages == {*MAY_IMPORT, "settings", "web", "defs", "cli"}


def test_every_module_opens_with_its_charter() -> None:
    def missing_in(path: Path) -> list[str]:
        charter = ast.get_docstring(tree_of(path)) or ""
        is_charter = len(charter) >= 40 and (charter.splitlines()[0][-1] in ".:;," or charter[-1] == ".")
        return [] if is_charter else [charter or "no docstring"]

    assert offences(MODULES, missing_in) == {}


def test_no_module_is_long() -> None:
    def too_long(path: Path) -> list[int]:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        return [lines] if lines > LONG_LISTS.get(path.relative_to(PACKAGE).as_posix(), 300) else []

    assert offences(MODULES, too_long) == {}


def test_no_function_is_long() -> None:
    def long_functions(path: Path) -> list[str]:
        functions = [
            node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        return [node.name for node in functions if (node.end_lineno or 0) - node.lineno >= 60]

    assert offences(MODULES, long_functions) == {}


def test_a_module_is_named_after_what_it_holds() -> None:
    assert offences(MODULES, lambda path: VAGUE_NAMES & {*path.relative_to(PACKAGE).with_suffix("").parts}) == {}


def test_only_settings_read_the_environment() -> None:
    reads = {"os.environ", "os.getenv", "os.environb", "dotenv.load_dotenv", "dotenv.dotenv_values"}

    def reads_in(path: Path) -> set[str]:
        used = {ast.unparse(node) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Attribute)}
        return reads & (used | set(imports_of(path)))

    assert offences(MODULES, reads_in).keys() == {"settings.load"}


def test_the_domain_is_told_what_time_it_is() -> None:
    clocks = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}

    def clocks_in(path: Path) -> set[str]:
        return clocks & {ast.unparse(node.func) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)}

    assert offences(DOMAIN, clocks_in) == {}


def test_no_module_holds_an_unfinished_thought() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK")

    assert offences(MODULES, lambda path: [mark for mark in marks if mark in path.read_text(encoding="utf-8")]) == {}


def test_the_tests_that_begin_are_there() -> None:
    assert [name for name in FIRST if not (Path(__file__).parent / name).exists()] == []

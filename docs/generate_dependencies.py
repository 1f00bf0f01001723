"""Writes ``docs/dependencies.md``: what each package that the project names is here for, and what it gets to see.

Names come from ``pyproject.toml`` and versions from ``constraints.txt``; the rest is said here. Run it from the root of
the repository after a change to either: ``python docs/generate_dependencies.py``. A test fails where a package has no
entry here, where the page differs, and where a package that is installed states another licence.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "dependencies.md"

INTRODUCTION = """\
# Dependencies

Every package that `pyproject.toml` names, with the version that `constraints.txt` pins for it. This page is made from
both by `python docs/generate_dependencies.py`.

**What a package gets to see** decides how much its flaws matter:

* *strangers*: it reads bytes that somebody else serves, such as feeds, audio, transcripts, or a model's answers. Sizes
  and times are bounded before (`web/client.py`), one bad item is skipped, and nothing from outside is a path or markup.
* *network*: it opens connections, or listens. Addresses are checked against private networks (`web/session.py`), and
  servers listen on loopback.
* *secrets*: keys, passwords or private addresses pass through it. They are `SecretStr` in settings, and redacted in
  logs and messages.
* *own data*: only what this project made of all that.

Update those that see strangers first, and soon: lxml, feedparser, PyAV (which brings FFmpeg's libraries), requests with
urllib3, and PyTorch, which reads checkpoints.

## How to check

Known flaws in what is installed, with everything that these packages bring in turn:

```
pip install pip-audit
pip-audit --skip-editable
```

It asks the Python Packaging Advisory Database. What it finds is mended by raising the package's line in
`constraints.txt`, and its lower bound in `pyproject.toml` where no older version is safe; then run the tests. The
servers (PostgreSQL, Redis) and the base image come from their distribution and are updated with it.

All licences allow using the packages together with this project, which is under the MIT licence. psycopg2 (LGPL) is
used as it comes, and Hypothesis (MPL-2.0) by tests only. PyAV's wheels bring FFmpeg's libraries, which are LGPL: who
distributes an image that holds them has to say so and offer their source.
"""

PARTS = {
    "": "Always installed",
    "s3": "For data in a bucket: `podcast-insights[s3]`",
    "postgres": "For an instance in PostgreSQL: `podcast-insights[postgres]`",
    "celery": "For several workers: `podcast-insights[celery]`",
    "apprise": "For alerts elsewhere than by mail: `podcast-insights[apprise]`",
    "faster-whisper": "For another engine: `podcast-insights[faster-whisper]`",
    "sentence-transformers": "For vectors made on this machine: `podcast-insights[sentence-transformers]`",
    "browser": "For pictures and tests in a browser: `podcast-insights[browser]`",
    "proof": "For proving what the tests prove: `podcast-insights[proof]`",
    "dev": "For work on the project: `podcast-insights[dev]`",
}


class Note(NamedTuple):
    """What is said of a package."""

    licence: str
    keeper: str
    sees: str
    why: str


NOTES: Mapping[str, Note] = {
    "dagster": Note("Apache-2.0", "Dagster Labs", "own data", "Runs, schedules and records everything."),
    "dagster-webserver": Note(
        "Apache-2.0", "Dagster Labs", "network", "The UI. It has no login: leave it on loopback."
    ),
    "pandas": Note(
        "BSD-3-Clause", "pandas team", "own data", "Batches for Great Expectations, which takes nothing else."
    ),
    "duckdb": Note("MIT", "DuckDB Foundation", "own data", "SQL over the tables. It is told to fetch no extension."),
    "pyarrow": Note("Apache-2.0", "Apache Arrow", "own data", "Reads and writes Parquet, with checksums."),
    "numpy": Note("BSD-3-Clause", "NumPy team", "own data", "Audio as numbers, vectors."),
    "fsspec": Note("BSD-3-Clause", "fsspec community", "network", "One way to folders and buckets."),
    "universal-pathlib": Note("MIT", "fsspec community", "own data", "Paths in folders and buckets."),
    "sqlglot": Note("MIT", "Toby Mao and others", "own data", "Reads the SQL models: tables, columns, lineage."),
    "great-expectations": Note(
        "Apache-2.0", "GX team", "own data", "Evaluates the rules. Its telemetry is switched off."
    ),
    "feedparser": Note("BSD-2-Clause", "Kurt McKee", "strangers", "Reads RSS and Atom, also broken ones."),
    "lxml": Note("BSD-3-Clause", "lxml team", "strangers", "Transcripts in HTML, tags of feeds, OPML; no entities."),
    "requests": Note("Apache-2.0", "PSF", "strangers, network, secrets", "HTTP."),
    "urllib3": Note(
        "MIT", "urllib3 team", "strangers, network, secrets", "Under requests; limits and timeouts are its own."
    ),
    "requests-hardened": Note("BSD-3-Clause", "Saleor Commerce", "network", "Refuses addresses in private networks."),
    "av": Note("BSD-3-Clause", "PyAV developers", "strangers", "Decodes audio: FFmpeg's libraries, in the wheel."),
    "openai-whisper": Note("MIT", "OpenAI", "strangers", "Transcribes. Downloads models by https, with a checksum."),
    "torch": Note(
        "BSD-3-Clause", "PyTorch Foundation", "strangers", "Runs Whisper. Checkpoints are read as weights only."
    ),
    "webvtt-py": Note("MIT", "Alejandro Méndez", "strangers", "Reads WebVTT and SubRip."),
    "py3langid": Note("BSD-3-Clause", "Adrien Barbaresi", "strangers", "Names the language of a text."),
    "sentencex": Note("MIT", "Wikimedia", "strangers", "Ends of sentences in many languages."),
    "openai": Note(
        "Apache-2.0", "OpenAI", "strangers, network, secrets", "Language models, embeddings, speech by API."
    ),
    "rapidfuzz": Note("MIT", "Max Bachmann", "strangers", "Finds quotes in transcripts."),
    "scikit-learn": Note(
        "BSD-3-Clause", "scikit-learn developers", "own data", "TF-IDF: novelty, repeats, what is related."
    ),
    "scipy": Note("BSD-3-Clause", "SciPy developers", "own data", "Sparse matrices: what shares telling words."),
    "snowballstemmer": Note("BSD-3-Clause", "Snowball developers", "own data", "Stems of words."),
    "PyStemmer": Note("MIT AND BSD-3-Clause", "Snowball developers", "own data", "The same, faster."),
    "jinja2": Note("BSD-3-Clause", "Pallets", "strangers", "Pages and mails; everything is escaped."),
    "css-inline": Note("MIT", "Dmitry Dygalo", "own data", "Styles for mail programs. It loads nothing."),
    "feedgenerator": Note("BSD-3-Clause", "Pelican team", "own data", "The Atom feeds of readers."),
    "matplotlib": Note("PSF-2.0", "Matplotlib team", "own data", "The typeface of the cards of insights."),
    "pillow": Note("MIT-CMU", "Pillow team", "own data", "Draws the cards of insights; it opens no picture."),
    "pydantic": Note("MIT", "Pydantic", "strangers, secrets", "Settings, artifacts and a model's answers, checked."),
    "pydantic-settings": Note("MIT", "Pydantic", "secrets", "Settings from the environment and from files."),
    "python-dotenv": Note("BSD-3-Clause", "Saurabh Kumar and others", "secrets", "Reads `.env`."),
    "pyyaml": Note("MIT", "YAML community", "own data", "Reads `podcasts.yaml`, with the safe loader only."),
    "ruamel.yaml": Note("MIT", "Anthon van der Neut", "own data", "Changes `podcasts.yaml` and keeps its comments."),
    "typer": Note("MIT", "Sebastián Ramírez", "own data", "The command line."),
    "starlette": Note("BSD-3-Clause", "Kludex, Tom Christie", "network", "`serve`: the pages on loopback."),
    "uvicorn": Note("BSD-3-Clause", "Kludex, Tom Christie", "network", "Under it."),
    "rich": Note("MIT", "Will McGugan", "own data", "Tables and progress in a terminal."),
    "tzdata": Note("Apache-2.0", "PSF", "own data", "Time zones where the system has none."),
    "s3fs": Note("BSD-3-Clause", "fsspec community", "network, secrets", "Buckets."),
    "dagster-postgres": Note("Apache-2.0", "Dagster Labs", "network, secrets", "The instance's tables in PostgreSQL."),
    "psycopg2-binary": Note("LGPL-3.0-or-later", "psycopg team", "network, secrets", "Speaks to PostgreSQL."),
    "dagster-celery": Note("Apache-2.0", "Dagster Labs", "network, secrets", "Gives runs to workers."),
    "redis": Note("MIT", "Redis", "network, secrets", "Speaks to the queue."),
    "apprise": Note("BSD-2-Clause", "Chris Caron", "network, secrets", "Alerts to Slack, ntfy and others."),
    "faster-whisper": Note("MIT", "SYSTRAN", "strangers", "Whisper with 8-bit numbers on a CPU."),
    "sentence-transformers": Note("Apache-2.0", "Hugging Face", "strangers", "Vectors of texts on this machine."),
    "playwright": Note("Apache-2.0", "Microsoft", "own data", "Drives the system's Chromium."),
    "mutmut": Note("BSD-3-Clause", "Anders Hovmöller", "own data", "Plants faults that the tests have to find."),
    "pytest-cov": Note("MIT", "pytest team", "own data", "Counts which lines the tests run."),
    "aiosmtpd": Note("Apache-2.0", "aio-libs", "own data", "A mail server for tests, on loopback."),
    "build": Note("MIT", "PyPA", "own data", "Builds the wheel."),
    "flask": Note("BSD-3-Clause", "Pallets", "own data", "Under moto's server."),
    "flask-cors": Note("MIT", "Cory Dolphin", "own data", "Under moto's server."),
    "hypothesis": Note("MPL-2.0", "Hypothesis team", "own data", "Generated cases for tests."),
    "moto": Note("Apache-2.0", "Steve Pulec and others", "own data", "An S3 server for tests, on loopback."),
    "mypy": Note("MIT", "mypy team", "own data", "Checks types."),
    "pandas-stubs": Note("BSD-3-Clause", "pandas team", "own data", "Types for mypy."),
    "pytest": Note("MIT", "pytest team", "own data", "Runs the tests."),
    "pytest-httpserver": Note("MIT", "Zsolt Cserna", "own data", "HTTP servers for tests, on loopback."),
    "pytest-xdist": Note("MIT", "pytest team", "own data", "Runs them on all cores."),
    "ruff": Note("MIT", "Astral", "own data", "Formats and lints."),
    "sqlfluff": Note("MIT", "Alan Cruickshank and others", "own data", "Lints the SQL models."),
    "types-pyyaml": Note("Apache-2.0", "typeshed", "own data", "Types for mypy."),
    "types-requests": Note("Apache-2.0", "typeshed", "own data", "Types for mypy."),
}


def page() -> str:
    """Return the page."""
    return "\n".join([INTRODUCTION, *_parts()])


def named() -> Mapping[str, tuple[str, ...]]:
    """Return the packages that ``pyproject.toml`` names, by extra; what stands in two is in the first."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: dict[str, tuple[str, ...]] = {}
    seen = {project["name"]}
    for part, lines in {"": project["dependencies"], **project["optional-dependencies"]}.items():
        names = [match[0] for line in lines if (match := re.match(r"[\w.-]+", line)) and match[0] not in seen]
        seen.update(names)
        found[part] = tuple(names)
    return {part: names for part, names in found.items() if names}


def _parts() -> Iterator[str]:
    versions = _versions()
    for part, names in named().items():
        yield f"## {PARTS[part]}\n"
        yield "| package | version | licence | kept by | sees | what for |"
        yield "|---|---|---|---|---|---|"
        for name in names:
            note = NOTES[name]
            version = versions.get(_spelled(name), "not pinned")
            yield f"| {name} | {version} | {note.licence} | {note.keeper} | {note.sees} | {note.why} |"
        yield ""


def _versions() -> Mapping[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if "==" in line and not line.startswith("#")]
    return {_spelled(name): version for name, version in pairs}


def _spelled(name: str) -> str:
    """Return a package's name as all ways to spell it have it in common."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

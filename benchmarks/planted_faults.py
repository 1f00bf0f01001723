"""Which planted faults the tests find: ``make mutants MODULE=digest/score``.

mutmut plants small faults in one module (another operator, another constant, a missing argument), one at a time, and
runs the tests below. A module has its own tests here rather than all, so that a fault takes a second and not minutes.
Where more faults can be planted than are asked for, the same ones are drawn each time. What nobody found is printed as
a diff: a missing test, dead code, or a change that cannot be seen.
"""

import argparse
import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
WORK = ROOT / "mutants"
SEED = 9
FOUND, ENDED, SURVIVED, UNTESTED = "found", "found: no answer in time, or a crash", "not found", "run by no test"
# The tests of a module are those of its name, and these.
MORE_TESTS = {
    "digest/score": ("digest/test_build.py",),
    "digest/similarity": ("digest/test_select.py", "digest/test_relate.py"),
    "digest/values": ("digest/test_build.py", "digest/test_reason.py"),
    "digest/word_pairs": ("digest/test_relate.py",),
    "insights/turning_words": ("insights/test_ground.py", "insights/test_make.py", "digest/test_similarity.py"),
    "storage/by_day": ("storage/test_repositories.py", "storage/test_audio_records.py"),
    "storage/chapters": ("storage/test_chapters_repository.py",),
    "storage/connections": ("storage/test_warehouse.py", "storage/test_gathered.py"),
    "storage/derived": ("storage/test_store.py",),
    "storage/digests": ("storage/test_repositories.py",),
    "storage/inventory": ("operations/test_vacuum.py",),
    "storage/listing": ("storage/test_gathered.py", "storage/test_warehouse.py"),
    "storage/model_runs": ("storage/test_sql_models.py", "storage/test_operations_marts.py"),
    "storage/model_tests": ("storage/test_sql_models.py",),
    "storage/outbox": ("storage/test_outbox_repository.py", "delivery/test_outbox.py"),
    "storage/parquet_footers": ("storage/test_damage.py", "storage/test_warehouse.py"),
    "storage/publisher_transcripts": ("storage/test_repositories.py",),
    "storage/remote_files": ("storage/test_damage.py", "storage/test_outbox_repository.py"),
    "storage/rows": ("storage/test_repositories.py",),
    "storage/skipped": ("storage/test_repositories.py",),
    "storage/sql_lineage": ("storage/test_sql_models.py",),
    "storage/transcripts": ("storage/test_repositories.py", "storage/test_audio_records.py"),
    "storage/upgrade": ("operations/test_vacuum.py",),
    "storage/warehouse": ("storage/test_damage.py", "storage/test_repositories.py", "storage/test_catalog.py"),
}
MUTMUT = "from mutmut.__main__ import cli; cli()"
# What "mutmut run" does first: it has no command that only plants the faults and so says which there are.
PLANT = """
from pathlib import Path
from mutmut import __main__ as mutmut
from mutmut.mutation.trampoline import set_mutant_under_test
set_mutant_under_test("mutant_generation")
Path("mutants").mkdir(exist_ok=True)
mutmut.copy_src_dir()
mutmut.copy_also_copy_files()
mutmut.create_mutants(1)
"""
CONFIGURATION = """
[tool.mutmut]
source_paths = ["podcast_insights"]
only_mutate = ["podcast_insights/{module}.py"]
also_copy = ["podcast_insights_tests", "dbt_like_sql", "examples"]
pytest_add_cli_args = ["-p", "no:cacheprovider", "--hypothesis-profile=same_examples", "-k", "not processes"]
pytest_add_cli_args_test_selection = {tests}
timeout_constant = 2.0
timeout_multiplier = 5.0
"""


def tests_of(module: str) -> list[str]:
    """Return the files with the tests of ``digest/score`` and the like."""
    package, _, name = module.rpartition("/")
    own = f"{package}/test_{name}.py"
    names = [*([own] if (ROOT / "podcast_insights_tests" / own).exists() else []), *MORE_TESTS.get(module, ())]
    if not names:
        raise SystemExit(f"No tests are known for {module}: name some in {Path(__file__).relative_to(ROOT)}.")
    return [f"podcast_insights_tests/{test}" for test in names]


def prepared(module: str) -> Path:
    """Return a folder in which mutmut plants faults in this module alone."""
    folder = WORK / module.replace("/", ".")
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("podcast_insights", "podcast_insights_tests", "dbt_like_sql", "examples"):
        if not (folder / name).exists():
            (folder / name).symlink_to(ROOT / name)
    configuration = CONFIGURATION.format(module=module, tests=json.dumps(tests_of(module)))
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8") + configuration, "utf-8")
    return folder


def python(folder: Path, code: str, *arguments: str) -> str:
    """Run a line of Python in the folder; return what it prints."""
    command = [sys.executable, "-c", code, *arguments]
    environment = {**os.environ, "PYTHONPATH": ""}
    done = subprocess.run(  # noqa: S603
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def verdicts(folder: Path, module: str) -> dict[str, int | None]:
    """Return mutmut's verdict on each fault that it can plant; None is not tried."""
    found = folder / "mutants" / "podcast_insights" / f"{module}.py.meta"
    return dict(json.loads(found.read_text("utf-8"))["exit_code_by_key"]) if found.exists() else {}


def drawn(names: Sequence[str], sample: int) -> list[str]:
    """Return all of them, or as many as asked for: always the same."""
    chosen = names if len(names) <= sample else random.Random(SEED).sample(sorted(names), sample)  # noqa: S311
    return sorted(chosen)


def verdict(exit_code: int | None) -> str:
    """Return what became of a fault."""
    if exit_code == 0:
        return SURVIVED
    if exit_code in (None, 5, 33):
        return UNTESTED
    return FOUND if exit_code in (1, 3) else ENDED


def tried(module: str, sample: int, only: Sequence[str]) -> dict[str, str]:
    """Plant faults in a module; print the row of the table and what was not found; return the verdicts by name."""
    folder = prepared(module)
    said = python(folder, PLANT)
    planted = verdicts(folder, module)
    chosen = sorted(set(only) & set(planted)) if only else drawn(list(planted), sample)
    if chosen:
        said = python(folder, MUTMUT, "run", "--max-children", "1", *chosen)
    answers = verdicts(folder, module)
    outcome = {name: verdict(answers.get(name)) for name in chosen}
    counts = Counter(outcome.values())
    found = counts[FOUND] + counts[ENDED]
    share = f"{found / len(chosen):.0%}" if chosen else ""
    print(f"| `{module}.py` | {len(planted)} | {len(chosen)} | {found} | {share} |", flush=True)
    for name in chosen:
        if outcome[name] != FOUND:
            print(f"    {outcome[name]}: {python(folder, MUTMUT, 'show', name)}", flush=True)
    if chosen and not found:
        print(said[-2000:])
    return outcome


def main() -> None:
    """Print a row of the table for each module, and below it what was not found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="+", metavar="MODULE", help="such as digest/score")
    parser.add_argument("--sample", type=int, default=50, help="how many faults to try in a module (50)")
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME", help="these faults, by mutmut's names")
    wanted = parser.parse_args()
    for module in wanted.modules:
        tried(module, wanted.sample, wanted.only)


if __name__ == "__main__":
    main()

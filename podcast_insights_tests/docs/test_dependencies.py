"""The page of dependencies names each package once, and says of licences what the packages say themselves."""

import re
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from types import ModuleType

import pytest

from podcast_insights_tests.docs.generated import DOCS, load_script

# What a package states where it does not state the SPDX identifier.
ALSO_CALLED = {
    "Apache-2.0": {"Apache Software License"},
    "BSD-2-Clause": {"BSD License"},
    "BSD-3-Clause": {"BSD License"},
    "LGPL-3.0-or-later": {"GNU Library or Lesser General Public License (LGPL)"},
    "MIT": {"MIT License"},
    "PSF-2.0": {"Python Software Foundation License"},
}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return load_script("generate_dependencies")


def test_the_page_is_up_to_date(script: ModuleType) -> None:
    page = (DOCS / "dependencies.md").read_text(encoding="utf-8")
    assert page == script.page(), "run: python docs/generate_dependencies.py"


def test_every_package_that_is_named_is_explained_and_no_other(script: ModuleType) -> None:
    names = [name for of_part in script.named().values() for name in of_part]

    assert len(names) > 50
    assert sorted(names) == sorted(script.NOTES)
    assert all(note.why.endswith(".") for note in script.NOTES.values())


def test_every_package_is_pinned(script: ModuleType) -> None:
    assert "not pinned" not in script.page()


def test_the_licences_are_those_that_the_packages_state(script: ModuleType) -> None:
    stated = {name: stated_licences(found) for name in script.NOTES if (found := metadata_of(name))}
    wrong = {
        name: (script.NOTES[name].licence, licences)
        for name, licences in stated.items()
        if not all(licences & {one, *ALSO_CALLED.get(one, ())} for one in script.NOTES[name].licence.split(" AND "))
    }

    assert len(stated) > 40
    assert wrong == {}


def metadata_of(name: str) -> PackageMetadata | None:
    try:
        return metadata(name)
    except PackageNotFoundError:
        return None


def stated_licences(found: PackageMetadata) -> set[str]:
    """Return every licence that a package states, however it does: wheels may bring parts under others."""
    lines = found.get_all("Classifier") or []
    classifiers = {line.rpartition(" :: ")[2] for line in lines if line.startswith("License ::")}
    expression = found.get("License-Expression") or found.get("License") or ""
    return classifiers | set(re.split(r" AND | OR |; ", expression))

import inspect
import re

import pytest

from podcast_insights import errors
from podcast_insights.errors import NetworkError, PodcastInsightsError, RefusedError

CLASSES = [found for _, found in inspect.getmembers(errors, inspect.isclass) if found.__module__ == errors.__name__]


def drawn_tree() -> dict[str, tuple[str, bool]]:
    """Read the tree in the module's docstring: the parent of each class, and whether it is drawn as retryable."""
    drawing = inspect.cleandoc(errors.__doc__ or "").split("::\n", 1)[1]
    tree: dict[str, tuple[str, bool]] = {}
    above: list[tuple[int, str]] = []
    for line in drawing.splitlines():
        found = re.search(r"[A-Z]\w+Error", line)
        if found is None:
            continue
        above = [(column, name) for column, name in above if column < found.start()]
        tree[found[0]] = (above[-1][1] if above else "Exception", "(retryable)" in line)
        above.append((found.start(), found[0]))
    return tree


def test_every_class_is_drawn_and_every_drawn_class_exists() -> None:
    assert set(drawn_tree()) == {found.__name__ for found in CLASSES}


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_a_class_is_what_the_drawing_says(error: type[PodcastInsightsError]) -> None:
    parent, is_retryable = drawn_tree()[error.__name__]

    assert error.__bases__[0].__name__ == parent
    assert error.retryable is is_retryable
    assert error.__doc__


def test_codes_are_distinct() -> None:
    codes = [error.__dict__.get("code") for error in CLASSES]

    assert None not in codes
    assert len(set(codes)) == len(CLASSES)


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_the_message_is_what_was_said(error: type[PodcastInsightsError]) -> None:
    assert str(error("feed https://example.org: 503")) == "feed https://example.org: 503"


def test_errors_of_the_network_carry_the_answer() -> None:
    busy = NetworkError("busy", status=429, retry_after_s=30.0)

    assert (busy.status, busy.retry_after_s) == (429, 30.0)
    assert (NetworkError("no answer").status, RefusedError("no", status=403).status) == (None, 403)

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcast_insights.insights.answers import complete_objects, objects_in

ITEM = {"quote": "one", "claim": "two"}
PLAIN = json.dumps({"insights": [ITEM]})


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        f"```json\n{PLAIN}\n```",
        f"Here you are: {PLAIN} I hope that helps.",
        f"<think>{{not this}}</think>{PLAIN}",
        json.dumps([ITEM]),
        '{"insights": [{"quote": "one", "claim": "two",},]}',
        json.dumps({"insights": [ITEM, "text", None]}),
        f"I found [1] idea in [Street and Grid], {{as asked}}: {PLAIN}",
        f"The speakers are {{Ann}}.</think>{PLAIN}",
    ],
)
def test_the_objects_are_read_from_what_models_put_around_them(text: str) -> None:
    assert objects_in(text, "insights") == (ITEM,)


@pytest.mark.parametrize(
    "text", ["", "Sure!", "{", '{"insights": 3}', '{"other": []}', "[" * 5000, '"text"', "Only [2]."]
)
def test_what_is_not_the_json_asked_for_is_none(text: str) -> None:
    assert objects_in(text, "insights") is None


def test_an_empty_list_is_an_answer() -> None:
    assert objects_in('{"insights": []}', "insights") == ()
    assert objects_in("[]", "insights") == ()


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        (PLAIN[:-4], 0),
        (PLAIN[:-2], 1),
        ('{"insights": [{"quote": "a"}, {"quote": "b"}, {"quo', 2),
        ('{"insights": [', 0),
        ("nothing", 0),
        ('{"insights": [' + '{"a":' * 3000, 0),
    ],
)
def test_of_a_cut_answer_the_complete_objects_are_kept(text: str, complete: int) -> None:
    assert len(complete_objects(text, "insights")) == complete


@given(st.text(alphabet='{}[]",:insghta \\n', max_size=60))
def test_nothing_that_is_answered_raises(text: str) -> None:
    objects_in(text, "insights")
    assert all(isinstance(item, dict) for item in complete_objects(text, "insights"))

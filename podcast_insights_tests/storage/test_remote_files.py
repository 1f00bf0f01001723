"""Files of an object store, brought to this machine to be read."""

import uuid

from upath import UPath

from podcast_insights.storage.listing import listed_files
from podcast_insights.storage.remote_files import brought_here


def test_a_file_that_is_gone_by_now_is_left_out_and_the_copies_go_afterwards() -> None:
    base = UPath(f"memory://{uuid.uuid4().hex}")
    there, gone = base / "a" / "there.parquet", base / "a" / "gone.parquet"
    there.parent.mkdir(parents=True)
    there.write_bytes(b"rows")

    with brought_here({"insights": [gone, there], "episodes": []}) as copies:
        found = {name: {path: copy.read_bytes() for path, copy in table.items()} for name, table in copies.items()}
        (copy,) = copies["insights"].values()

    assert found == {"insights": {there: b"rows"}, "episodes": {}}
    assert not copy.exists()
    assert [file.name for file in listed_files(base)] == ["a/there.parquet"]

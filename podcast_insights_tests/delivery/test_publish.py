import json

import pytest
from upath import UPath

from podcast_insights.delivery.publish import publish as publish_files
from podcast_insights.delivery.values import SiteFile
from podcast_insights.errors import StorageError

PAGES = {"index.html": b"home", "days/a/index.html": b"a", "assets/style.css": b"css"}


@pytest.fixture(params=["local", "memory"])
def folder(request, tmp_path):
    return UPath(tmp_path / "site") if request.param == "local" else UPath(f"memory://{tmp_path.name}/site")


def publish(pages, folder):
    """Publish pages, each under its own content as the key."""
    return publish_files(
        [SiteFile(path=path, key=repr(page), make=lambda page=page: page) for path, page in pages.items()], folder
    )


def content(folder):
    files = folder.rglob("*") if folder.exists() else ()
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in files
        if path.is_file() and not path.name.startswith(".")
    }


def test_only_what_changed_is_written_and_what_is_gone_is_removed(folder):
    first = publish(PAGES, folder)
    assert first.written == tuple(sorted(PAGES))
    assert content(folder) == PAGES
    again = publish(PAGES, folder)
    assert (again.written, again.unchanged, again.removed) == ((), tuple(sorted(PAGES)), ())
    changed = {"index.html": b"new", "assets/style.css": b"css"}
    last = publish(changed, folder)
    assert (last.written, last.unchanged, last.removed) == (
        ("index.html",),
        ("assets/style.css",),
        ("days/a/index.html",),
    )
    assert content(folder) == changed


def test_a_missing_page_is_written_again_and_strange_files_are_left_alone(folder):
    publish(PAGES, folder)
    (folder / "CNAME").write_bytes(b"example.org")
    (folder / "days/a/index.html").unlink()
    assert publish(PAGES, folder).written == ("days/a/index.html",)
    publish({"index.html": b"home"}, folder)
    assert content(folder) == {"index.html": b"home", "CNAME": b"example.org"}


def test_a_damaged_list_costs_work_and_nothing_else(folder):
    publish(PAGES, folder)
    (folder / ".published.json").write_bytes(b"{nonsense")
    assert publish(PAGES, folder).written == tuple(sorted(PAGES))


def test_a_run_that_breaks_off_leaves_the_old_home_page_and_nothing_forgotten(tmp_path):
    folder = UPath(tmp_path)
    publish(PAGES, folder)
    # A file where a folder must be: writing there fails, as a full disk would.
    (folder / "zzz").write_bytes(b"")
    with pytest.raises(StorageError):
        publish(PAGES | {"index.html": b"new", "b.html": b"b", "zzz/index.html": b"z"}, folder)
    assert (folder / "index.html").read_bytes() == b"home"
    assert (folder / "b.html").exists()
    report = publish(PAGES, folder)
    assert "b.html" in report.removed
    assert not (folder / "b.html").exists()


def test_a_page_that_a_broken_run_wrote_is_put_back_as_it_was(tmp_path):
    folder = UPath(tmp_path)
    publish(PAGES, folder)
    (folder / "zzz").write_bytes(b"")
    with pytest.raises(StorageError):
        publish(PAGES | {"days/a/index.html": b"new", "zzz/index.html": b"z"}, folder)
    assert (folder / "days/a/index.html").read_bytes() == b"new"
    publish(PAGES, folder)
    assert (folder / "days/a/index.html").read_bytes() == PAGES["days/a/index.html"]


@pytest.mark.parametrize("page", ["../outside.html", "/etc/passwd", "a/../../b", "", ".published.json", "a\\b"])
def test_a_page_outside_the_folder_is_refused_before_anything_is_written(page, tmp_path):
    with pytest.raises(StorageError, match="nothing was published"):
        publish({"index.html": b"home", page: b"x"}, UPath(tmp_path / "site"))
    assert not (tmp_path / "site").exists()


def test_what_keeps_its_key_is_not_made_and_what_comes_out_the_same_is_not_written(tmp_path):
    folder, made = UPath(tmp_path), []

    def file(path, key, content):
        return SiteFile(path=path, key=key, make=lambda: made.append(path) or content)

    publish_files([file("a", "1", b"a"), file("b", "1", b"b")], folder)
    made.clear()
    before = (folder / "b").stat().st_mtime_ns
    report = publish_files([file("a", "1", b"never"), file("b", "2", b"b"), file("c", "1", b"c")], folder)
    assert made == ["b", "c"]
    assert (report.written, report.unchanged, report.made) == (("c",), ("a", "b"), 2)
    assert (folder / "b").stat().st_mtime_ns == before
    made.clear()
    assert publish_files([file("a", "1", b"a"), file("b", "2", b"b"), file("c", "1", b"c")], folder).made == 0


@pytest.mark.parametrize("path", ["../outside.html", "/outside.html", "", ".published.json"])
def test_a_list_that_names_what_lies_elsewhere_removes_nothing_there(path, tmp_path):
    folder, outside = UPath(tmp_path / "site"), tmp_path / "outside.html"
    publish(PAGES, folder)
    outside.write_bytes(b"mine")
    listed = json.loads((folder / ".published.json").read_bytes())
    (folder / ".published.json").write_text(json.dumps(listed | {path: ["key", "sum"]}))
    assert publish(PAGES | {"index.html": b"new"}, folder).removed == ()
    assert outside.read_bytes() == b"mine"
    assert path not in json.loads((folder / ".published.json").read_bytes())


def test_a_list_of_an_older_version_only_costs_work(folder):
    publish(PAGES, folder)
    (folder / ".published.json").write_bytes(b'{"index.html": "0123", "assets/style.css": "4567"}')
    assert publish(PAGES, folder).written == tuple(sorted(PAGES))

"""The files of Whisper's models: there, damaged or not, and getting one where there is no network."""

import hashlib
from pathlib import Path

import pytest

from podcast_insights.errors import WhisperError
from podcast_insights.transcripts.engines.model_files import model_files, model_path, state_of
from podcast_insights.transcripts.engines.whisper_model import load_model


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    # A port on which nobody listens.
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)


def test_a_file_is_what_its_checksum_says(tmp_path: Path) -> None:
    path = tmp_path / "tiny.pt"
    published = hashlib.sha256(b"weights").hexdigest()

    assert state_of(path, sha256=published) == "not there"
    path.write_bytes(b"half of it")
    assert state_of(path, sha256=published) == "damaged"
    path.write_bytes(b"weights")
    assert state_of(path, sha256=published) == "there"


def test_each_model_has_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tiny.pt").write_bytes(b"half of it")
    states = {file.name: file.state for file in model_files(tmp_path)}

    assert states["tiny"] == "damaged"
    assert states["base"] == "not there"
    assert model_path("turbo", tmp_path) == tmp_path / "large-v3-turbo.pt"
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert model_path("tiny", None) == Path("/elsewhere/whisper/tiny.pt")


@pytest.mark.usefixtures("no_network")
def test_a_damaged_model_that_cannot_be_downloaded_again_is_named(tmp_path: Path) -> None:
    damaged = tmp_path / "tiny.pt"
    damaged.write_bytes(b"half of it")

    with pytest.raises(WhisperError, match=r"is damaged: its checksum is wrong.*'podcast-insights models tiny'") as no:
        load_model("tiny", "cpu", tmp_path)
    assert str(damaged) in str(no.value)


@pytest.mark.usefixtures("no_network")
def test_without_a_network_a_missing_model_says_which_settings_help(tmp_path: Path) -> None:
    with pytest.raises(WhisperError, match=r"transcription\.model.*'podcast-insights models tiny'.*models_folder"):
        load_model("tiny", "cpu", tmp_path)

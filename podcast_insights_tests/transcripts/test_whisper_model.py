from pathlib import Path

import pytest

from podcast_insights.errors import WhisperError
from podcast_insights.transcripts.engines.whisper_model import choose_device, load_model, model_identity


@pytest.mark.parametrize(
    ("wanted", "cuda_devices", "has_mps", "device"),
    [
        ("auto", 0, False, "cpu"),
        ("auto", 2, False, "cuda:0"),
        ("auto", 1, True, "cuda:0"),
        ("auto", 0, True, "mps"),
        ("cpu", 1, False, "cpu"),
        ("cuda", 1, False, "cuda:0"),
        ("cuda:1", 2, False, "cuda:1"),
    ],
)
def test_the_device_is_chosen(wanted: str, cuda_devices: int, has_mps: bool, device: str) -> None:
    assert choose_device(wanted, cuda_devices=cuda_devices, has_mps=has_mps) == device


@pytest.mark.parametrize(("wanted", "cuda_devices"), [("cuda", 0), ("cuda:1", 1), ("mps", 1)])
def test_a_missing_device_names_the_setting_and_what_there_is(wanted: str, cuda_devices: int) -> None:
    with pytest.raises(WhisperError, match=f"transcription.device is {wanted}, but this machine has cpu"):
        choose_device(wanted, cuda_devices=cuda_devices, has_mps=False)


def test_an_unknown_model_gets_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(WhisperError, match=r"transcription\.model is smal, .* Did you mean small\?"):
        load_model("smal", "cpu", tmp_path)


@pytest.mark.parametrize("content", [b"not a checkpoint", b"root:x:0:0:root:/root:/bin/bash\n", b"]b.", b"M\x01", b""])
def test_a_file_that_is_no_checkpoint_is_named(tmp_path: Path, content: bytes) -> None:
    broken = tmp_path / "broken.pt"
    broken.write_bytes(content)

    with pytest.raises(WhisperError, match=r"broken\.pt"):
        load_model(str(broken), "cpu", None)


def test_a_model_that_cannot_be_downloaded_says_what_to_do(tmp_path: Path) -> None:
    in_the_way = tmp_path / "models"
    in_the_way.write_text("a file where the folder should be")

    with pytest.raises(WhisperError, match=r"Connect this machine to the internet once.*transcription\.models_folder"):
        load_model("tiny", "cpu", in_the_way)


def test_a_checkpoint_is_named_by_its_content(tmp_path: Path) -> None:
    first, copy = tmp_path / "mine.pt", tmp_path / "other" / "mine.pt"
    copy.parent.mkdir()
    first.write_bytes(b"weights")
    copy.write_bytes(b"weights")

    assert model_identity(str(first)) == model_identity(str(copy))
    assert model_identity(str(first)).startswith("mine-")
    assert model_identity("base") == "base"

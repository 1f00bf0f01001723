"""Which Whisper model runs on which device, and loading it; every failure says which setting helps.

A model is loaded at the first use and kept for the process. ``torch`` and ``whisper`` take seconds to import, so they
are imported where they are used.
"""

import contextlib
import difflib
import hashlib
import pickle
import socket
import struct
import warnings
from collections.abc import Iterator
from functools import lru_cache
from http.client import HTTPException
from pathlib import Path
from typing import Any

from podcast_insights.errors import WhisperError
from podcast_insights.transcripts.engines.model_files import model_path

# Whisper's download has no time-out of its own: without one, a stalled server would hold a run for ever.
DOWNLOAD_STALL_S = 60.0
# What loading raises where there is no network, too little memory, or a file that is no checkpoint but may be anything.
NOT_LOADED = (OSError, HTTPException, RuntimeError, ValueError, TypeError, LookupError, AttributeError, EOFError)


def choose_device(wanted: str, *, cuda_devices: int, has_mps: bool) -> str:
    """Return the device for a setting such as auto, cpu, mps, cuda or cuda:1.

    Raises:
        WhisperError: There is no such device; the message names the setting and what there is.
    """
    available = ["cpu", *(["mps"] if has_mps else []), *(f"cuda:{number}" for number in range(cuda_devices))]
    if wanted == "auto":
        return "cuda:0" if cuda_devices else "mps" if has_mps else "cpu"
    device = "cuda:0" if wanted == "cuda" else wanted
    if device not in available:
        raise WhisperError(
            f"transcription.device is {wanted}, but this machine has {', '.join(available)}; "
            "set transcription.device to one of these, or to auto"
        )
    return device


def find_device(wanted: str) -> str:
    """Return the device that a setting means on this machine.

    Raises:
        WhisperError: There is no such device.
    """
    import torch

    cuda_devices = torch.cuda.device_count() if torch.cuda.is_available() else 0
    return choose_device(wanted, cuda_devices=cuda_devices, has_mps=torch.backends.mps.is_available())


@lru_cache(maxsize=4)
def model_identity(model: str) -> str:
    """Return the name of a model; a checkpoint file is named by its content, wherever it lies."""
    path = Path(model).expanduser()
    return f"{path.stem}-{content_mark(path)}" if path.is_file() else model


def content_mark(path: Path) -> str:
    """Return 12 digits that depend on a file's content; it may be larger than memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


@lru_cache(maxsize=1)
def load_model(model: str, device: str, models_folder: Path | None) -> Any:
    """Return a loaded Whisper model; the last one is kept, so that a process loads it once.

    Raises:
        WhisperError: There is no such model, it cannot be downloaded, or its file is damaged.
    """
    import whisper

    path = Path(model).expanduser()
    is_file = path.is_file()
    if not is_file and model not in whisper.available_models():
        raise WhisperError(_unknown_model(model, whisper.available_models()))
    name = str(path) if is_file else model
    folder = str(models_folder.expanduser()) if models_folder else None
    try:
        with _stalls_time_out(), warnings.catch_warnings():
            # A damaged file is downloaded again; where that fails, the error says what Whisper only warns of.
            warnings.filterwarnings("ignore", message=".*checksum does not match")
            loaded = whisper.load_model(name, device="cpu", download_root=folder)
            _read_vocabulary(loaded)
        return _moved(loaded, device)
    except NOT_LOADED as error:
        raise WhisperError(_not_loaded(model, device, error, is_file, models_folder)) from error
    except (pickle.UnpicklingError, struct.error) as error:
        raise WhisperError(f"transcription.model is {model}, which is no Whisper checkpoint: {error}") from error


def _moved(loaded: Any, device: str) -> Any:
    """Return the model on its device; Apple's has no sparse tensors, and that one is only for times of words."""
    if device == "mps":
        loaded.register_buffer("alignment_heads", loaded.alignment_heads.to_dense(), persistent=False)
    return loaded.to(device)


def _read_vocabulary(loaded: Any) -> None:
    """Read the tokenizer's vocabulary, which Whisper keeps; it leaves the file to the garbage collector to close."""
    from whisper.tokenizer import get_tokenizer

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        get_tokenizer(loaded.is_multilingual, num_languages=loaded.num_languages)


def _unknown_model(model: str, known: list[str]) -> str:
    near = difflib.get_close_matches(model, known, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return (
        f"transcription.model is {model}, which is neither a file here nor a Whisper model.{hint} "
        f"There are {', '.join(known)}; or give the path of a checkpoint."
    )


def _not_loaded(model: str, device: str, error: Exception, is_file: bool, models_folder: Path | None) -> str:
    if is_file:
        return f"transcription.model is {model}, which cannot be loaded as a Whisper checkpoint on {device}: {error!r}"
    path = model_path(model, models_folder)
    reason = getattr(error, "reason", None) or error
    if path.is_file() and isinstance(error, OSError):
        return (
            f"The file {path} of the Whisper model {model} (transcription.model) is damaged: its checksum is wrong, "
            f"and it could not be downloaded again: {reason}. Connect this machine to the internet and run "
            f"'podcast-insights models {model}', or put the right file there."
        )
    return (
        f"The Whisper model {model} (transcription.model) could not be loaded on {device}: {reason}. Connect this "
        f"machine to the internet once so that 'podcast-insights models {model}' can download it, or set "
        f"transcription.models_folder to a folder that holds {model}.pt, or transcription.model to the path of a "
        "checkpoint."
    )


@contextlib.contextmanager
def _stalls_time_out() -> Iterator[None]:
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(DOWNLOAD_STALL_S)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)

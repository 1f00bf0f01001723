"""The files of Whisper's own models: where each lies, and whether it is what OpenAI published.

Loading and downloading is for ``whisper_model.py``; here files are only looked at. The published checksum of a model
is part of the address from which Whisper downloads it.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from podcast_insights.settings import whisper_cache

ModelState = Literal["there", "damaged", "not there"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """One of Whisper's models and its file here."""

    name: str
    path: Path
    state: ModelState


def model_files(models_folder: Path | None) -> tuple[ModelFile, ...]:
    """Return all of Whisper's models, in its order; files that are here are read whole for their checksum."""
    import whisper

    found = []
    for name, url in whisper._MODELS.items():
        path = model_path(name, models_folder)
        found.append(ModelFile(name=name, path=path, state=state_of(path, sha256=url.split("/")[-2])))
    return tuple(found)


def model_path(name: str, models_folder: Path | None) -> Path:
    """Return where the file of a model lies, or would lie."""
    import whisper

    return (models_folder.expanduser() if models_folder else whisper_cache()) / Path(whisper._MODELS[name]).name


def state_of(path: Path, *, sha256: str) -> ModelState:
    """Return whether a file is there and has the checksum."""
    if not path.is_file():
        return "not there"
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return "there" if digest == sha256 else "damaged"

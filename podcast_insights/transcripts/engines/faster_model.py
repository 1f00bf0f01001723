"""Loading a model for faster-whisper: which one, where and in which numbers; every failure says which setting helps.

The package is an extra, and imported where it is used. It downloads its models from Hugging Face.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

from podcast_insights.errors import WhisperError
from podcast_insights.transcripts.engines.whisper_model import choose_device, content_mark

WEIGHTS = "model.bin"


def chosen_compute_type(wanted: str, device: str) -> str:
    """Return the numbers that ``auto`` stands for: those that are usual on a device."""
    if wanted != "auto":
        return wanted
    return "float16" if device.startswith("cuda") else "int8"


def find_device(wanted: str) -> str:
    """Return the device that a setting means on this machine.

    Raises:
        WhisperError: The package is not installed, or there is no such device.
    """
    _require_package()
    import ctranslate2

    return choose_device(wanted, cuda_devices=ctranslate2.get_cuda_device_count(), has_mps=False)


@lru_cache(maxsize=4)
def model_identity(model: str) -> str:
    """Return the name of a model; a folder is named by the content of its weights, wherever it lies."""
    folder = Path(model).expanduser()
    weights = folder / WEIGHTS
    return f"{folder.name}-{content_mark(weights)}" if weights.is_file() else model


@lru_cache(maxsize=1)
def load_faster(model: str, device: str, compute_type: str, threads: int, models_folder: Path | None) -> Any:
    """Return a loaded model; the last one is kept, so that a process loads it once.

    Raises:
        WhisperError: The package is not installed, there is no such model, or it cannot be loaded or downloaded.
    """
    _require_package()
    from faster_whisper import WhisperModel, available_models

    folder = Path(model).expanduser()
    name, _, number = device.partition(":")
    try:
        return WhisperModel(
            str(folder) if folder.is_dir() else model,
            device=name,
            device_index=int(number or 0),
            compute_type=compute_type,
            cpu_threads=threads,
            download_root=str(models_folder.expanduser()) if models_folder else None,
        )
    except (OSError, RuntimeError, ValueError, TypeError, KeyError) as error:
        raise WhisperError(
            f"The model {model} (transcription.model) could not be loaded by faster-whisper on {device} in "
            f"{compute_type} (transcription.compute_type): {error}. There are "
            f"{', '.join(available_models())}, which are downloaded where this machine is connected to the internet; "
            "or give the folder of a converted model."
        ) from error


def _require_package() -> None:
    try:
        import faster_whisper  # noqa: F401
    except ImportError as error:
        raise WhisperError(
            "transcription.engine is faster-whisper, which is not installed: pip install "
            f"'podcast-insights[faster-whisper]' ({error})"
        ) from error

"""Vectors made on this machine, by a model that sentence-transformers can load: nothing leaves it, nothing is paid.

An extra, imported where it is used. A name is fetched from the model hub once; a folder is read where it lies. Code
that comes with a model is not run.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from podcast_insights.errors import LLMError, SettingsError
from podcast_insights.insights.embed import SECTION, text_to_embed, unit_vector
from podcast_insights.insights.values import LLMCall
from podcast_insights.settings import EmbeddingSettings

# A hub that is away, a folder without a model, a device that is not there: what the libraries below say of them.
_LOAD_FAILURES = (OSError, ValueError, RuntimeError, AssertionError, KeyError, ImportError)


class LocalEmbedder:
    """One model in this process; it is loaded when the first text comes."""

    def __init__(self, settings: EmbeddingSettings) -> None:
        """Load nothing yet.

        Raises:
            SettingsError: No embeddings model is set.
        """
        if settings.model is None:
            raise SettingsError(f"no embeddings model is set; set {SECTION}.model")
        self._name = settings.model
        self._settings = settings

    @property
    def model(self) -> str:
        """What the vectors are stored under."""
        return self._settings.vectors_name

    @property
    def calls(self) -> tuple[LLMCall, ...]:
        """None: no server is asked."""
        return ()

    def close(self) -> None:
        """Do nothing: the model stays for the next day of the same process."""

    def vectors(self, texts: Sequence[str]) -> tuple[bytes, ...]:
        """Return the unit vector of each text; what is longer than the model reads is cut by the model.

        Raises:
            LLMError: The model fails, or makes something that is no vector.
            SettingsError: The package is not installed, or there is no such model or device.
        """
        wanted = self._settings
        encoder = load_encoder(self._name, None if wanted.device == "auto" else wanted.device, wanted.dimensions)
        try:
            found = encoder.encode(
                [text_to_embed(text) for text in texts],
                batch_size=wanted.batch_size,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        except (RuntimeError, ValueError) as error:
            raise LLMError(f"{self._name} ({SECTION}.model) failed on this machine: {error}") from error
        made = [unit_vector(numbers.tolist()) for numbers in found]
        vectors = tuple(one for one in made if one is not None)
        if len(vectors) != len(texts):
            raise LLMError(f"{self._name} ({SECTION}.model) did not make a vector for each of {len(texts)} texts")
        return vectors


@lru_cache(maxsize=1)
def load_encoder(model: str, device: str | None, dimensions: int | None) -> Any:
    """Return a loaded ``SentenceTransformer``; the last one is kept, so that a process loads it once.

    Args:
        model: A name on the model hub, or a folder.
        device: As PyTorch calls it; None takes the fastest there is.
        dimensions: How many numbers a vector is cut to; None for all.

    Raises:
        SettingsError: The package is not installed, or there is no such model or device.
    """
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise SettingsError(
            f"{SECTION}.engine is sentence-transformers, which is not installed: pip install "
            f"'podcast-insights[sentence-transformers]' ({error})"
        ) from error
    folder = Path(model).expanduser()
    wanted: dict[str, Any] = {"device": device, "truncate_dim": dimensions, "trust_remote_code": False}
    try:
        if folder.is_dir():
            encoder = SentenceTransformer(str(folder), local_files_only=True, **wanted)
        else:
            encoder = _fetched_once(model, wanted)
    except _LOAD_FAILURES as error:
        said = str(error).strip().splitlines()
        raise SettingsError(
            f"The model {model} ({SECTION}.model) could not be loaded on {device or 'any device'} ({SECTION}.device): "
            f"{said[0] if said else type(error).__name__} Give a name that the model hub has, where this machine is "
            "connected to the internet, or the folder of a saved model."
        ) from error
    full = encoder.get_embedding_dimension()
    if dimensions and full and full < dimensions:
        raise SettingsError(f"{model} makes vectors of {full} numbers; lower {SECTION}.dimensions ({dimensions})")
    return encoder


def _fetched_once(model: str, wanted: Mapping[str, Any]) -> Any:
    from sentence_transformers import SentenceTransformer

    try:
        # What was fetched is not asked about again, also where nobody can be asked.
        return SentenceTransformer(model, local_files_only=True, **wanted)
    except OSError:
        return SentenceTransformer(model, **wanted)

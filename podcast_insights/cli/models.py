"""Whisper's models on this machine: which are there and whole, and getting one ahead of time."""

from rich import box
from rich.console import Console
from rich.table import Table

from podcast_insights.settings import load_settings


def list_models(console: Console) -> None:
    """Print each model with its file and whether it is there."""
    from podcast_insights.transcripts.engines.model_files import model_files

    wanted = load_settings().transcription
    table = Table(title="Whisper models", title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in ("model", "here", "file"):
        table.add_column(name, overflow="fold")
    files = model_files(wanted.models_folder)
    for file in files:
        mark = " (transcription.model)" if file.name == wanted.model else ""
        table.add_row(f"{file.name}{mark}", file.state, str(file.path))
    console.print(table)
    for damaged in sorted({file.path for file in files if file.state == "damaged"}):
        console.print(f"{damaged} is damaged: its checksum is wrong.", markup=False)
    console.print("To download and check one: podcast-insights models <name>", markup=False)


def get_model(console: Console, name: str) -> None:
    """Download a model where it is not here, check it, and load it once to see that it works.

    Raises:
        WhisperError: There is no such model, it cannot be downloaded, or its file is damaged.
    """
    from podcast_insights.transcripts.engines.whisper_model import load_model

    folder = load_settings().transcription.models_folder
    loaded = load_model(name, "cpu", folder)
    millions = sum(parameter.numel() for parameter in loaded.parameters()) / 1e6
    languages = "many languages" if loaded.is_multilingual else "English only"
    console.print(f"{name} is here and can be loaded: {millions:.0f} million parameters, {languages}.", markup=False)

"""The command line: thin commands over settings, storage and the same assets that the Dagster UI materializes."""

from podcast_insights.cli.app import main

__all__ = ["main"]

"""Where the files lie that travel with the package: SQL models, the demo, the example settings.

In a checkout they stand at its top level, in an installed wheel under ``podcast_insights/_bundled``.
"""

from pathlib import Path

from podcast_insights.errors import SettingsError

_IN_CHECKOUT = {
    "dbt_like_sql": "dbt_like_sql",
    "demo": "examples/demo",
    "podcasts.example.yaml": "podcasts.example.yaml",
    "dagster.example.yaml": "dagster.example.yaml",
}


def bundled_path(name: str) -> Path:
    """Return the folder or file that travels with the package under ``name``.

    Raises:
        SettingsError: It is not there: the installation is not whole.
    """
    package = Path(__file__).parent
    for path in (package / "_bundled" / name, package.parent / _IN_CHECKOUT[name]):
        if path.exists():
            return path
    raise SettingsError(f"{name} is missing from the installation; install podcast-insights again")

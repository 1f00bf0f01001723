"""``podcast-insights export`` of what was published: a table for a spreadsheet or a program, or notes by day."""

from pathlib import Path

from upath import UPath

from podcast_insights.cli.terminal import how_many_were
from podcast_insights.delivery.exports import day_note, insights_csv, insights_parquet
from podcast_insights.digest.values import Digest
from podcast_insights.errors import SettingsError
from podcast_insights.files import read_bytes, write_bytes
from podcast_insights.settings import load_settings
from podcast_insights.storage.store import Store

FOR_SHOWS = (".opml", ".xml")
TABLES = {".csv": insights_csv, ".parquet": insights_parquet}


def is_for_shows(target: Path) -> bool:
    """Whether a target is a file of shows, by how its name ends; else it is a table or a folder.

    Raises:
        SettingsError: Its name ends like neither, and it is no folder.
    """
    suffix = target.suffix.lower()
    if target.is_dir() or not suffix or suffix in TABLES:
        return False
    if suffix not in FOR_SHOWS:
        raise SettingsError(
            f"nothing is exported to {target.name}: shows go to a file .opml or .xml, insights to .csv or .parquet, "
            "and notes into a folder (make it first, where there is a dot in its name)"
        )
    return True


def export_insights(target: Path) -> str:
    """Write all published insights to a table, or a note for each day into a folder; return what was done.

    Raises:
        StorageError: What is stored cannot be read, or the target cannot be written.
    """
    digests = Store(load_settings().storage.base_url).digests.all()
    make = TABLES.get(target.suffix.lower())
    if make is None:
        written = sum(_write_note(target, digest) for digest in digests)
        return f"{how_many_were(written, 'note')} written to {target}; {len(digests) - written} stood there already."
    write_bytes(UPath(target), make(digests))
    return f"{how_many_were(sum(len(digest.entries) for digest in digests), 'insight')} written to {target}."


def _write_note(folder: Path, digest: Digest) -> bool:
    """Write the note of a day, unless it stands there as it is: programs that watch a folder see no change then."""
    path = UPath(folder) / f"{digest.digest_date.isoformat()}.md"
    content = day_note(digest)
    if read_bytes(path) == content:
        return False
    write_bytes(path, content)
    return True

"""Tidying up and upgrading what is stored, from the command line."""

from rich import box
from rich.console import Console
from rich.table import Table

from podcast_insights.cli.terminal import how_many, how_many_were
from podcast_insights.operations.vacuum import VacuumPlan, plan_vacuum
from podcast_insights.settings import load_settings
from podcast_insights.storage.inventory import Inventory
from podcast_insights.storage.store import Store
from podcast_insights.storage.upgrade import outdated_files, upgrade


def vacuum(console: Console, *, dry_run: bool) -> None:
    """Print how large everything is and what nothing needs, and remove that unless it is a dry run.

    Raises:
        SettingsError: The settings have mistakes.
        StorageError: Something cannot be listed or removed.
    """
    from podcast_insights.defs.resources import utc_now

    settings = load_settings()
    store = Store(settings.storage.base_url)
    inventory = Inventory(store.base)
    plan = plan_vacuum(
        inventory.files(),
        heard_ids=store.transcripts.heard_ids(),
        known_ids=store.known_episode_ids(),
        settings=settings,
        now=utc_now(),
    )
    _print(console, plan)
    count = sum(map(len, plan.removed.values()))
    if not dry_run:
        for files in plan.removed.values():
            for file in files:
                inventory.remove(file.key)
    done = "would be removed" if dry_run else "was removed" if count == 1 else "were removed"
    console.print(f"{how_many(count, 'file')} {done}: {plan.freed_bytes / 1e6:.1f} MB.")


def upgrade_tables(console: Console) -> None:
    """Rewrite the files of tables that an earlier version wrote; say how many.

    Raises:
        SettingsError: The settings have mistakes.
        StorageError: A file cannot be rewritten; those before it are, and the rest stay as they are.
    """
    warehouse = Store(load_settings().storage.base_url).warehouse
    count = 0
    for name, path in outdated_files(warehouse):
        upgrade(warehouse, name, path)
        count += 1
    console.print(f"{how_many_were(count, 'file')} rewritten as this version writes them.")


def _print(console: Console, plan: VacuumPlan) -> None:
    if not plan.bytes_by_part:
        return
    sizes = Table("part", box=box.SIMPLE_HEAD)
    sizes.add_column("MB", justify="right")
    for part, size_bytes in plan.bytes_by_part.items():
        sizes.add_row(part, f"{size_bytes / 1e6:.1f}")
    console.print(sizes)
    for reason, files in plan.removed.items():
        console.print(
            f"{reason}: {how_many(len(files), 'file')}, {sum(file.size_bytes for file in files) / 1e6:.1f} MB"
        )

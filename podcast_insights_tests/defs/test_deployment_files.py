"""The files that a deployment starts from: each is accepted by who reads it, and says all that there is to say."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
import yaml
from pydantic import BaseModel

from podcast_insights.bundled import bundled_path
from podcast_insights.defs.jobs import digest_job, publish_job
from podcast_insights.defs.run_tags import MAKES
from podcast_insights.settings import SECRET_KEYS, Settings, load_settings, require_shows

CHECKOUT = Path(__file__).parents[2]
EXAMPLE = bundled_path("podcasts.example.yaml").read_text(encoding="utf-8")


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    (tmp_path / "dagster.yaml").write_bytes(bundled_path("dagster.example.yaml").read_bytes())
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        yield instance


def test_the_example_instance_keeps_runs_of_one_day_apart(instance: dg.DagsterInstance) -> None:
    queue = instance.get_concurrency_config().run_queue_config

    assert queue is not None
    assert queue.max_concurrent_runs == 2
    day, digests = queue.tag_concurrency_limits
    assert day == {"key": "dagster/partition", "value": {"applyLimitPerUniqueValue": True}, "limit": 1}
    assert digests == {"key": MAKES, "value": digest_job.tags[MAKES], "limit": 1}
    assert publish_job.tags[MAKES] == digest_job.tags[MAKES]


def test_the_example_instance_limits_pools_watches_runs_and_tells_nobody(instance: dg.DagsterInstance) -> None:
    pools = instance.get_concurrency_config().pool_config

    assert pools.default_pool_limit == 1
    assert pools.pool_granularity is not None
    assert pools.pool_granularity.value == "op"
    assert instance.get_settings("freshness") == {"enabled": True}
    assert instance.run_monitoring_enabled
    assert instance.run_monitoring_max_runtime_seconds == 12 * 3600
    assert instance.run_retries_enabled
    assert instance.get_settings("run_retries")["retry_on_asset_or_op_failure"] is False
    assert not instance.telemetry_enabled
    assert not instance.nux_enabled
    assert instance.managed_python_loggers == ["podcast_insights"]


def test_every_way_to_start_dagster_finds_the_same_location() -> None:
    (entry,) = yaml.safe_load((CHECKOUT / "workspace.yaml").read_text())["load_from"]
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]

    module, name = entry["python_module"]["module_name"], entry["python_module"]["location_name"]
    dagster, dg_project = project["dagster"], project["dg"]["project"]
    assert (dagster["module_name"], dagster["code_location_name"]) == (module, name)
    assert (dg_project["code_location_target_module"], dg_project["code_location_name"]) == (module, name)


def test_the_example_settings_are_valid(tmp_path: Path) -> None:
    path = tmp_path / "podcasts.yaml"
    path.write_text(EXAMPLE)

    assert len(require_shows(load_settings(path))) == 2


def test_the_example_settings_are_valid_with_everything_switched_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_FEED", "https://feeds.example.com/private.xml")
    path = tmp_path / "podcasts.yaml"
    path.write_text(switched_on(EXAMPLE))

    settings = load_settings(path)

    assert settings.delivery.smtp is not None
    assert settings.delivery.recipients
    assert settings.insights.base_url


def switched_on(example: str) -> str:
    """Return the example with every commented-out key made a real one."""
    key = re.compile(r"^( *)# ( *(?:- )?[a-z_]+:)", re.MULTILINE)
    return key.sub(r"\1\2", example)


def keys_of(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Yield every key that can be set, dotted."""
    for name, field in model.model_fields.items():
        inner = [part for part in parts_of(field.annotation) if isinstance(part, type) and issubclass(part, BaseModel)]
        yield f"{prefix}{name}"
        for part in inner:
            yield from keys_of(part, f"{prefix}{name}.")


def parts_of(annotation: object) -> Iterator[object]:
    yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from parts_of(argument)


def written_keys(node: object, prefix: str = "") -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield f"{prefix}{name}"
            yield from written_keys(value, f"{prefix}{name}.")
    elif isinstance(node, list):
        for value in node:
            yield from written_keys(value, prefix)


def test_the_example_names_every_setting_but_secrets() -> None:
    documented = set(written_keys(yaml.safe_load(switched_on(EXAMPLE))))
    # A recipient and the mail server's password are shown in the text of a line.
    shown = {f"delivery.recipients.{name}" for name in ("address", "name") if f"{name}:" in EXAMPLE}

    missing = set(keys_of(Settings)) - set(SECRET_KEYS) - documented - shown

    assert sorted(missing) == []

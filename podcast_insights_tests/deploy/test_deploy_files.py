"""The files of ``deploy/``: each says what others say, starts commands that are there, and sets what can be set.

Nothing is started here: that is done in ``podcast_insights_tests/services``, and docs/scaling.md says what was not.
"""

import configparser
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import yaml

from podcast_insights.bundled import bundled_path
from podcast_insights.settings import CONFIG_VARIABLE, ENV_PREFIX, SECRET_KEYS, Settings

CHECKOUT = Path(__file__).parents[2]
DEPLOY = CHECKOUT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "docker-compose.yaml").read_text())
SERVICES: Mapping[str, Mapping[str, Any]] = COMPOSE["services"]
VALUES = yaml.safe_load((DEPLOY / "helm" / "values.yaml").read_text())
INSTANCE = yaml.safe_load((DEPLOY / "dagster.yaml").read_text())
EXAMPLE = yaml.safe_load(bundled_path("dagster.example.yaml").read_text())
EXTRAS = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
OURS = [name for name, service in SERVICES.items() if str(service["image"]).startswith("podcast-insights")]
FROM_EXTRAS = {"dagster-celery"}


def scripts() -> set[str]:
    return {script.name for script in entry_points(group="console_scripts")} | FROM_EXTRAS


def settings_variables() -> Iterator[str]:
    yield CONFIG_VARIABLE
    yield from SECRET_KEYS.values()
    for section, field in Settings.model_fields.items():
        for key in getattr(field.annotation, "model_fields", {}):
            yield f"{ENV_PREFIX}{section}__{key}".upper()


def variables_of(text: str) -> set[str]:
    return set(re.findall(rf"\b{ENV_PREFIX}[A-Z_]+", text))


@pytest.mark.parametrize("name", ["docker-compose.yaml", "env.example", "helm/values.yaml", "Dockerfile"])
def test_every_variable_is_a_setting(name: str) -> None:
    assert variables_of((DEPLOY / name).read_text()) - set(settings_variables()) == set()


@pytest.mark.parametrize("path", sorted(DEPLOY.glob("systemd/*.service")), ids=lambda path: path.name)
def test_a_unit_starts_a_command_that_is_there_and_writes_in_one_folder(path: Path) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(path.read_text())
    service = unit["Service"]
    command, *arguments = shlex.split(service["ExecStart"])

    assert Path(command).name in scripts()
    assert (CHECKOUT / arguments[arguments.index("-w") + 1]).exists()
    assert "0.0.0.0" not in arguments
    assert (service["Restart"], service["NoNewPrivileges"], service["ProtectSystem"]) == ("always", "true", "strict")
    assert service["ReadWritePaths"] == service["WorkingDirectory"]
    # ProtectHome hides the folder in which Whisper keeps its models unless it is told another.
    variables = re.findall(r"^Environment=(\w+)=(.+)$", path.read_text(), re.MULTILINE)
    assert all(value.startswith(service["WorkingDirectory"]) for _, value in variables)
    assert {name for name, _ in variables} == {"DAGSTER_HOME", CONFIG_VARIABLE, "XDG_CACHE_HOME"}


@pytest.mark.parametrize("name", OURS)
def test_a_container_starts_a_command_that_is_there_without_privileges(name: str) -> None:
    service = SERVICES[name]
    command = service.get("command") or []
    lines = [shlex.split(line) for line in command[2].split("&&")] if command[:2] == ["sh", "-c"] else [command]

    assert {line[0] for line in lines if line} <= scripts()
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_every_part_is_there_and_each_waits_for_one_that_is_there() -> None:
    assert set(SERVICES) >= {"code", "webserver", "daemon", "worker", "gpu-worker", "postgres", "redis", "s3"}
    for service in SERVICES.values():
        assert set(service.get("depends_on", ())) <= set(SERVICES)
    volumes = {str(volume).partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())}
    assert {name for name in volumes if not name.startswith(".")} == set(COMPOSE["volumes"])


def test_only_the_web_ui_is_published_and_only_on_loopback() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert published == {"webserver": ["127.0.0.1:3000:3000"]}


def test_no_secret_stands_in_a_file() -> None:
    lines = (DEPLOY / "env.example").read_text().splitlines()
    example = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))

    assert {name: value for name, value in example.items() if value and "<" not in value} == {}
    for service in SERVICES.values():
        for name, value in (service.get("environment") or {}).items():
            if re.search("PASSWORD|SECRET|KEY|USER", name) and name != "POSTGRES_USER":
                assert str(value).startswith("${"), name


def test_the_limits_are_those_of_one_machine() -> None:
    """However a run is started: two runs of one day, or two that make digests, never run beside each other."""
    limits = EXAMPLE["concurrency"]["runs"]["tag_concurrency_limits"]
    coordinator = VALUES["dagsterDaemon"]["runCoordinator"]["config"]["queuedRunCoordinator"]

    assert INSTANCE["concurrency"]["runs"]["tag_concurrency_limits"] == limits
    assert coordinator["tagConcurrencyLimits"] == limits
    retries = VALUES["dagsterDaemon"]["runRetries"]
    assert {re.sub("[A-Z]", lambda one: f"_{one[0].lower()}", key): value for key, value in retries.items()} == (
        EXAMPLE["run_retries"]
    )
    assert VALUES["pythonLogs"]["managedPythonLoggers"] == EXAMPLE["python_logs"]["managed_python_loggers"]
    same = ("telemetry", "nux", "run_retries", "compute_logs", "retention")
    assert {name: INSTANCE[name] for name in same} == {name: EXAMPLE[name] for name in same}
    assert INSTANCE["run_monitoring"] == EXAMPLE["run_monitoring"] | {"start_timeout_seconds": 900}


def test_launcher_and_workers_speak_to_the_same_queue() -> None:
    worker = yaml.safe_load((DEPLOY / "celery.yaml").read_text())["execution"]["config"]
    launcher = INSTANCE["run_launcher"]["config"]

    assert {name: launcher[name] for name in worker} == worker
    command = SERVICES["worker"]["command"]
    assert command[command.index("-q") + 1] == launcher["default_queue"]
    timeout_s = worker["config_source"]["broker_transport_options"]["visibility_timeout"]
    assert timeout_s > INSTANCE["run_monitoring"]["max_runtime_seconds"]


def test_the_image_is_built_from_what_is_there() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    copied = [name for line in re.findall(r"^COPY (.+) \S+$", text, re.MULTILINE) for name in line.split()]
    (wanted,) = re.findall(r"\.\[([a-z0-9,]+)\]", text)

    assert [name for name in copied if not (CHECKOUT / name).exists()] == []
    assert set(wanted.split(",")) <= set(EXTRAS)
    assert "USER podcasts" in text
    location = yaml.safe_load((DEPLOY / "workspace.yaml").read_text())["load_from"][0]["grpc_server"]
    assert f'"{location["port"]}"' in text
    assert f"EXPOSE 3000 {location['port']}" in text
    variable = location["host"]["env"]
    assert all(service.get("environment", {}).get(variable) == "code" for service in (SERVICES[name] for name in OURS))


def test_the_extras_match_the_version_of_dagster() -> None:
    pinned = dict(line.split("==") for line in (CHECKOUT / "constraints.txt").read_text().splitlines() if "==" in line)
    # Dagster's libraries are 16 minor versions ahead of its core: 0.29.27 goes with 1.13.27.
    core = pinned["dagster"].split(".")[-1]

    assert {pinned[name].split(".")[-1] for name in ("dagster-postgres", "dagster-celery")} == {core}

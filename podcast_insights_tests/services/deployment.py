"""A deployment as ``deploy/`` describes it: PostgreSQL, Redis, S3, a code server, the daemon, the web server, workers.

Its files are those of ``deploy/``; only waiting is shorter, and ports and addresses are those of this machine.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from podcast_insights_tests.services.graphql import WebServer
from podcast_insights_tests.services.processes import Processes, free_ports, listens, wait_until
from podcast_insights_tests.services.servers import BUCKET, start_postgres, start_redis, start_s3

CHECKOUT = Path(__file__).parents[2]
DEPLOY = CHECKOUT / "deploy"
BASE_URL = f"s3://{BUCKET}/data"
WORKERS = ("worker-1", "worker-2")
READY_WITHIN_S = 180


class Deployment:
    """The running processes, and what is said to them."""

    def __init__(self, processes: Processes, folder: Path, environment: Mapping[str, str], web_port: int) -> None:
        self.processes = processes
        self.folder = folder
        self.environment = environment
        self.web = WebServer(web_port, processes)

    def start(self, name: str, *arguments: str) -> None:
        """Start a part of Dagster."""
        command = [sys.executable, *arguments]
        self.processes.start(name, command, environment=self.environment, folder=self.folder)

    def set_limits(self) -> None:
        """Do what the service ``limits`` of ``deploy/docker-compose.yaml`` does, before anything else is started.

        It makes the tables of the instance. Processes that start together would all make them, and those end that come
        second.
        """
        command = [argument.replace("$$", "$") for argument in _services()["limits"]["command"]]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={"HOME": str(self.folder), **self.environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=READY_WITHIN_S,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start_worker(self, name: str) -> None:
        """Start a worker by the command of ``deploy/docker-compose.yaml``."""
        program, *arguments = _services()["worker"]["command"]
        assert program == "dagster-celery"
        self.start(name, "-c", "from dagster_celery.cli import main; main()", *arguments)


@contextmanager
def running_deployment(folder: Path, settings: Mapping[str, Any], secrets: Mapping[str, str]) -> Iterator[Deployment]:
    """Yield a deployment of settings, with secrets in its environment; its logs are in ``folder/logs``."""
    logs = folder / "logs"
    logs.mkdir()
    processes = Processes(logs)
    try:
        code_port, web_port = free_ports(2)
        redis_url = start_redis(processes, folder / "redis")
        environment = {
            **start_s3(processes, folder),
            "DAGSTER_POSTGRES_URL": start_postgres(processes, folder / "postgres"),
            "CELERY_BROKER_URL": redis_url,
            "CELERY_RESULT_BACKEND": redis_url,
            "DAGSTER_HOME": str(folder / "home"),
            "CODE_LOCATION_HOST": "127.0.0.1",
            "PODCAST_INSIGHTS_CONFIG": str(folder / "podcasts.yaml"),
            "PODCAST_INSIGHTS_STORAGE__BASE_URL": BASE_URL,
            "PYTHONPATH": str(CHECKOUT),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            **secrets,
        }
        _write_files(folder, settings, code_port)
        deployment = Deployment(processes, folder, environment, web_port)
        _start(deployment, code_port, web_port)
        yield deployment
    finally:
        processes.stop()


def _services() -> Mapping[str, Any]:
    compose = yaml.safe_load((DEPLOY / "docker-compose.yaml").read_text())
    return dict(compose["services"])


def _start(deployment: Deployment, code_port: int, web_port: int) -> None:
    deployment.set_limits()
    for worker in WORKERS:
        deployment.start_worker(worker)
    code = ["-h", "127.0.0.1", "-p", str(code_port), "-m", "podcast_insights.definitions"]
    deployment.start("code", "-m", "dagster", "code-server", "start", *code)
    wait_until(lambda: listens(code_port), "the code server", timeout_s=READY_WITHIN_S, processes=deployment.processes)
    deployment.start("daemon", "-m", "dagster._daemon", "run", "-w", "workspace.yaml")
    web = ["-h", "127.0.0.1", "-p", str(web_port), "-w", "workspace.yaml"]
    deployment.start("webserver", "-m", "dagster_webserver", *web)
    wait_until(deployment.web.is_ready, "the UI", timeout_s=READY_WITHIN_S, processes=deployment.processes)


def _write_files(folder: Path, settings: Mapping[str, Any], code_port: int) -> None:
    home = folder / "home"
    home.mkdir()
    instance = yaml.safe_load((DEPLOY / "dagster.yaml").read_text())
    instance["run_monitoring"] |= {"poll_interval_seconds": 2, "free_slots_after_run_end_seconds": 1}
    instance["run_launcher"]["config"]["lost_after_seconds"] = 3
    (home / "dagster.yaml").write_text(yaml.safe_dump(instance))
    workspace = yaml.safe_load((DEPLOY / "workspace.yaml").read_text())
    workspace["load_from"][0]["grpc_server"]["port"] = code_port
    (folder / "workspace.yaml").write_text(yaml.safe_dump(workspace))
    (folder / "celery.yaml").write_bytes((DEPLOY / "celery.yaml").read_bytes())
    (folder / "podcasts.yaml").write_text(yaml.safe_dump(dict(settings)))

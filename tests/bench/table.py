"""One table of what was reached, with its conditions; printed, and kept in docs/bench.md with date and commit."""

import platform
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "docs" / "bench.md"


@dataclass
class Table:
    rows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add(self, what: str, reach: str, reached: str, conditions: str = "") -> None:
        self.rows.append((what, reach, reached, conditions))
        print(f"\n{what}: {reached} (to reach: {reach}) {conditions}", flush=True)

    def text(self) -> str:
        head = "| What | To reach | Reached | Conditions |\n|---|---|---|---|\n"
        return head + "".join(f"| {' | '.join(row)} |\n" for row in self.rows)

    def keep(self) -> None:
        KEPT.write_text(f"{_heading()}\n{self.text()}")


def _heading() -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return (
        "# What the engine reaches\n\n"
        f"Written by `make bench` on {datetime.now(UTC):%-d %B %Y}, commit {commit.stdout.strip()}, Python "
        f"{platform.python_version()}, {_machine()}. Product, PostgreSQL (fsync on), Redis and the sandbox share its "
        "cores; the sandbox answers over HTTP on the loopback. Compare rows and runs, not machines.\n"
    )


def _machine() -> str:
    cores = Path("/proc/cpuinfo").read_text().count("processor\t:")
    name = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), ":")
    return f"{cores} cores ({name.partition(':')[2].strip()})"

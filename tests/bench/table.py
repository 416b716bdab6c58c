"""One table of what was found, with its conditions; printed, and kept in a file with date and commit."""

import platform
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Table:
    title: str
    verb: str
    """What was called to get it."""
    conditions: str
    columns: tuple[str, ...]
    kept: Path
    rows: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, *cells: str) -> None:
        row = (*cells, *[""] * (len(self.columns) - len(cells)))
        self.rows.append(row)
        told = ", ".join(f"{name}: {cell}" for name, cell in zip(self.columns[1:], row[1:], strict=True) if cell)
        print(f"\n{row[0]} | {told}", flush=True)

    def text(self) -> str:
        lines = [self.columns, ("---",) * len(self.columns), *self.rows]
        return "".join(f"| {' | '.join(line)} |\n" for line in lines)

    def keep(self) -> None:
        self.kept.write_text(f"{self._heading()}\n{self.text()}")

    def _heading(self) -> str:
        commit = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        return (
            f"# {self.title}\n\n"
            f"Written by `{self.verb}` on {datetime.now(UTC):%-d %B %Y}, commit {commit.stdout.strip()}, Python "
            f"{platform.python_version()}, {_machine()}. {self.conditions}\n"
        )


def _machine() -> str:
    cores = Path("/proc/cpuinfo").read_text().count("processor\t:")
    name = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), ":")
    return f"{cores} cores ({name.partition(':')[2].strip()})"

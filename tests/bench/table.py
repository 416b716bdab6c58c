"""One table of what was found, with its conditions; printed, and kept in a file with date and commit of each row.

A part of the measures renews its own rows and leaves the others.
"""

import platform
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEEN = "Seen"

Row = tuple[str, ...]


@dataclass
class Table:
    title: str
    verb: str
    """What was called to get it."""
    conditions: str
    columns: tuple[str, ...]
    kept: Path | None
    """None: it is printed only."""
    named_by: tuple[int, ...] = (0,)
    """The columns that tell a row from the others."""
    seen_by: str = ""
    """What repeats it, beyond date and commit."""
    rows: dict[str, Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kept is not None and self.kept.exists():
            found = [_cells(line) for line in self.kept.read_text().splitlines() if line.startswith("| ")]
            self.rows = {self._name(row): row for row in found[2:]}

    def add(self, *cells: str) -> None:
        row = (*cells, *[""] * (len(self.columns) - len(cells)), _seen() + self.seen_by)
        self.rows[self._name(row)] = row
        told = ", ".join(f"{name}: {cell}" for name, cell in zip(self.columns[1:], row[1:-1], strict=True) if cell)
        print(f"\n{row[0]} | {told}", flush=True)
        if self.kept is not None:
            self.kept.write_text(f"{self._heading()}\n{self.text()}")

    def text(self) -> str:
        columns = (*self.columns, SEEN)
        return "".join(f"| {' | '.join(line)} |\n" for line in [columns, ("---",) * len(columns), *self.rows.values()])

    def _name(self, row: Row) -> str:
        return " | ".join(row[at] for at in self.named_by)

    def _heading(self) -> str:
        return (
            f"# {self.title}\n\nWritten by `{self.verb}`, row by row. "
            f"Python {platform.python_version()}, {_machine()}. {self.conditions}\n"
        )


def _cells(line: str) -> Row:
    return tuple(cell.strip() for cell in line.strip("| ").split(" | "))


@cache
def _seen() -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return f"{datetime.now(UTC):%-d %b %Y}, {commit.stdout.strip()}"


def _machine() -> str:
    cores = Path("/proc/cpuinfo").read_text().count("processor\t:")
    name = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), ":")
    return f"{cores} cores ({name.partition(':')[2].strip()})"

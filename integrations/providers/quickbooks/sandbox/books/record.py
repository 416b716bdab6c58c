"""A stored object: the columns QuickBooks keeps for everything, and the body."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from ..wire.json import Json, loads


@dataclass(slots=True)
class Record:
    """Shared between requests: a body is replaced, never changed in place."""

    entity: str
    id: int
    sync_token: int
    active: bool
    created: int
    updated: int
    body: Json

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> Record:
        return cls(
            entity=row["entity"],
            id=row["id"],
            sync_token=row["sync_token"],
            active=bool(row["active"]),
            created=row["created"],
            updated=row["updated"],
            body=loads(row["body"]),
        )

    @property
    def title(self) -> str:
        body = self.body
        return str(body.get("FullyQualifiedName") or body.get("DisplayName") or body.get("Name") or "")

    @property
    def key(self) -> tuple[str, int]:
        return self.entity, self.id

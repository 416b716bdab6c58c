"""What one request counts as: whose it is, and how Intuit meters it (§8.2)."""

from __future__ import annotations

from dataclasses import dataclass

CORE, CORE_PLUS = "Core", "CorePlus"
BATCH, REPORT, QUERY, READ, WRITE, UPLOAD = "batch", "report", "query", "read", "write", "upload"
_NAMED = {"batch": BATCH, "reports": REPORT, "query": QUERY, "upload": UPLOAD}


@dataclass(frozen=True)
class Visit:
    realm: str
    app: str
    #: batch, report, query, upload, write or read.
    call: str

    @classmethod
    def of(cls, method: str, address: str, realm: str, app: str) -> Visit:
        """By what follows /v3/company/{realm}/."""
        word = address.rpartition(f"/{realm}/")[2].partition("/")[0].lower()
        return cls(realm, app, _NAMED.get(word) or (WRITE if method == "POST" else READ))

    @property
    def metered_as(self) -> str:
        """Single writes and uploads cost nothing; every read, query, batch, CDC and report does."""
        return CORE if self.call in (WRITE, UPLOAD) else CORE_PLUS

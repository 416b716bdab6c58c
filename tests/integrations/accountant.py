"""Somebody who works in the books themselves, and knows nothing of us."""

from dataclasses import dataclass
from typing import Any

import requests

from tests.processes import PATIENCE, ControlPlane

COMPUTED = ("PurchaseEx", "MetaData", "domain", "sparse")


@dataclass(frozen=True)
class Accountant:
    sandbox: ControlPlane
    realm: str
    token: str

    def change(self, kind: str, **changes: Any) -> dict[str, Any]:
        """Of the only object of that kind."""
        row = self._only(kind)
        kept = {name: value for name, value in row.items() if name not in COMPUTED}
        changed: dict[str, Any] = self.post(kind.lower(), kept | changes)[kind]
        return changed

    def delete(self, kind: str) -> None:
        row = self._only(kind)
        self.post(f"{kind.lower()}?operation=delete", {name: row[name] for name in ("Id", "SyncToken")})

    def _only(self, kind: str) -> dict[str, Any]:
        [row] = self.sandbox.objects(kind, self.realm)
        return row

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = requests.post(
            f"{self.sandbox.url}/v3/company/{self.realm}/{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}", "Accept": "application/json"},
            timeout=PATIENCE,
        )
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

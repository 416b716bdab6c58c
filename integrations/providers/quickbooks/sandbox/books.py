"""One company's books inside one transaction: objects, names, numbers, balances."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from .entities import BY_NAME
from .entity import Entity
from .money import to_units
from .reading import Reader, require_whole_id
from .refusals import INACTIVE, Refusal, not_found
from .settings import Switches
from .wire import Json, dumps, envelope_time, loads, moment, zone

#: Words of QuickBooks for lists in "Invalid Reference Id" (§10).
LIST_WORDS = {
    "Account": "Accounts",
    "Name": "Names",
    "Customer": "Names",
    "Vendor": "Names",
    "Class": "Klasses",
    "Department": "Depts",
    "Item": "Items",
    "Term": "Terms",
    "TaxCode": "TaxCodes",
    "PaymentMethod": "PaymentMethods",
}
CURRENCIES = {
    "USD": "United States Dollar",
    "GBP": "British Pound Sterling",
    "EUR": "Euro",
    "CAD": "Canadian Dollar",
    "AUD": "Australian Dollar",
}
NAME_TYPES = ("Vendor", "Customer", "Employee")

#: An account and what it is debited with, in the units of money.py.
Posting = tuple[int, int]


@dataclass(frozen=True)
class Company:
    realm: str
    name: str
    country: str
    currency: str
    zone: ZoneInfo

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> Company:
        return cls(row["realm"], row["name"], row["country"], row["currency"], zone(row["zone"]))


def companies(db: sqlite3.Connection) -> list[Company]:
    return [Company.from_row(row) for row in db.execute("SELECT * FROM company ORDER BY realm")]


def company(db: sqlite3.Connection, realm: str) -> Company | None:
    row = db.execute("SELECT * FROM company WHERE realm = ?", (realm,)).fetchone()
    return Company.from_row(row) if row else None


@dataclass
class Record:
    """A stored object: the columns QuickBooks keeps for everything, and the body."""

    entity: Entity
    id: int
    sync_token: int
    active: bool
    created: int
    updated: int
    body: Json

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> Record:
        return cls(
            entity=BY_NAME[row["entity"]],
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
        return str(body.get("FullyQualifiedName") or body.get("DisplayName") or "")


@dataclass
class Books:
    db: sqlite3.Connection
    company: Company
    switches: Switches
    now: float = field(default_factory=time.time)
    _seen: dict[tuple[str, int], Record | None] = field(default_factory=dict)

    @property
    def realm(self) -> str:
        return self.company.realm

    @property
    def reader(self) -> Reader:
        return Reader(self.company.country, self.switches)

    @property
    def today(self) -> str:
        return datetime.fromtimestamp(self.now, UTC).astimezone(self.company.zone).date().isoformat()

    @property
    def envelope_time(self) -> str:
        return envelope_time(self.now, self.company.zone)

    def moment(self, when: float) -> str:
        return moment(when, self.company.zone)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A write that is refused half-way leaves nothing, while the others of its transaction stay."""
        self.db.execute("SAVEPOINT attempt")
        try:
            yield
        except Refusal:
            self.db.execute("ROLLBACK TO attempt")
            self._seen.clear()
            raise
        finally:
            self.db.execute("RELEASE attempt")

    def find(self, entity: str, number: int) -> Record | None:
        key = (entity, number)
        if key not in self._seen:
            query = "SELECT * FROM object WHERE realm = ? AND entity = ? AND id = ?"
            row = self.db.execute(query, (self.realm, *key)).fetchone()
            self._seen[key] = Record.from_row(row) if row else None
        return self._seen[key]

    def get(self, entity: Entity, number: Any) -> Record:
        record = self.find(entity.name, require_whole_id(str(number), "Id"))
        if record is None:
            raise not_found()
        return record

    def resolve(self, reference: Json, target: str, *, field_name: str) -> Record:
        """The object behind a reference that a write names: it must exist and be active."""
        value = str(reference["value"])
        number = require_whole_id(value, field_name)
        record = self.find(reference.get("type", "Vendor") if target == "Name" else target, number)
        if record is None:
            detail = f"Invalid Reference Id : {LIST_WORDS.get(target, target)} element id {value} not found"
            raise Refusal("2500", detail, element=field_name)
        if not record.active:
            raise not_found(INACTIVE)
        return record

    def next_id(self, entity: Entity) -> int:
        row = self.db.execute(
            "INSERT INTO sequence VALUES (?, ?, ?) ON CONFLICT (realm, family) DO UPDATE SET last = last + 1"
            " RETURNING last",
            (self.realm, entity.family, entity.first_id),
        )
        return int(row.fetchone()["last"])

    def insert(self, entity: Entity, body: Json) -> Record:
        now = int(self.now)
        record = Record(entity, self.next_id(entity), 0, True, now, now, body)
        record.active = bool(body.get("Active", True))
        self._write(record)
        return record

    def replace(self, record: Record, body: Json) -> Record:
        """The same object one SyncToken on."""
        after = Record(record.entity, record.id, record.sync_token + 1, True, record.created, int(self.now), body)
        after.active = bool(body.get("Active", True))
        self._write(after)
        return after

    def restate(self, record: Record) -> None:
        """Derived properties changed (a parent was renamed); nobody edited the object itself."""
        self._write(record)

    def remove(self, record: Record) -> None:
        where = (self.realm, record.entity.name, record.id)
        self.db.execute("DELETE FROM object WHERE realm = ? AND entity = ? AND id = ?", where)
        self._seen.pop((record.entity.name, record.id), None)

    def _write(self, record: Record) -> None:
        body = record.body
        total = body.get("TotalAmt") or body.get("Amount") or 0
        number = body.get("DocNumber") or body.get("CheckNum")
        values = {
            "realm": self.realm,
            "entity": record.entity.name,
            "id": record.id,
            "sync_token": record.sync_token,
            "active": record.active,
            "created": record.created,
            "updated": record.updated,
            "born": self.now,
            "names": record.entity.names,
            "name": record.title.casefold() if record.entity.names else None,
            "doc_number": number.casefold() if number else None,
            "txn_date": body.get("TxnDate"),
            "amount": to_units(total),
            "body": dumps(body),
        }
        columns = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        updates = ", ".join(f"{name} = :{name}" for name in values if name != "born")
        self.db.execute(
            f"INSERT INTO object ({columns}) VALUES ({marks}) ON CONFLICT (realm, entity, id) DO UPDATE SET {updates}",
            values,
        )
        self._seen[(record.entity.name, record.id)] = record

    def holder_of_name(self, names: str, title: str, *, but: Record | None) -> Record | None:
        query = "SELECT * FROM object WHERE realm = ? AND names = ? AND name = ?"
        row = self.db.execute(query, (self.realm, names, title.casefold())).fetchone()
        if row is None:
            return None
        record = Record.from_row(row)
        same = but is not None and (record.entity.name, record.id) == (but.entity.name, but.id)
        return None if same else record

    def holder_of_number(self, entity: Entity, number: str, *, but: int | None) -> Record | None:
        query = "SELECT * FROM object WHERE realm = ? AND entity = ? AND doc_number = ? AND id IS NOT ?"
        row = self.db.execute(query, (self.realm, entity.name, number.casefold(), but)).fetchone()
        return Record.from_row(row) if row else None

    def children(self, parent: Record) -> list[Record]:
        """One step down a list that nests; the index knows parents."""
        query = (
            "SELECT * FROM object WHERE realm = ? AND names = ? AND json_extract(body, '$.ParentRef.value') = ?"
            " ORDER BY id"
        )
        rows = self.db.execute(query, (self.realm, parent.entity.names, str(parent.id)))
        return [Record.from_row(row) for row in rows]

    def all(self, entity: str, *, after: int = 0, limit: int = -1) -> Iterator[Record]:
        query = "SELECT * FROM object WHERE realm = ? AND entity = ? AND id > ? ORDER BY id LIMIT ?"
        return map(Record.from_row, self.db.execute(query, (self.realm, entity, after, limit)))

    def counts(self) -> dict[str, int]:
        query = "SELECT entity, count(*) AS total FROM object WHERE realm = ? GROUP BY entity"
        return {row["entity"]: row["total"] for row in self.db.execute(query, (self.realm,))}

    def totals(self, table: str) -> dict[int, int]:
        """What stands on each account, in the table of balances or of openings."""
        query = f"SELECT account, debit FROM {table} WHERE realm = ?"
        return {row["account"]: row["debit"] for row in self.db.execute(query, (self.realm,))}

    def preferences(self) -> Json:
        record = self.find("Preferences", 1)
        assert record is not None, "a company is never seeded without preferences"
        return record.body

    def preference(self, group: str, name: str) -> Any:
        return self.preferences().get(group, {}).get(name)

    def other_preference(self, name: str) -> str:
        rows = self.preferences()["OtherPrefs"]["NameValue"]
        return next((str(row["Value"]) for row in rows if row["Name"] == name), "")

    @property
    def plan(self) -> str:
        """What the company has subscribed to, in QuickBooks' own words."""
        info = self.find("CompanyInfo", 1)
        assert info is not None, "a company is never seeded without its info"
        return next((str(row["Value"]) for row in info.body["NameValue"] if row["Name"] == "OfferingSku"), "")

    def post(self, postings: Iterable[Posting]) -> None:
        """Moves balances; debits are positive whatever the account's side."""
        self.db.executemany(
            "INSERT INTO balance VALUES (?, ?, ?)"
            " ON CONFLICT (realm, account) DO UPDATE SET debit = debit + excluded.debit",
            [(self.realm, account, debit) for account, debit in postings],
        )

    def open(self, account: int, debit: int) -> None:
        """What stood on an account before the first document."""
        query = (
            "INSERT INTO opening VALUES (?, ?, ?)"
            " ON CONFLICT (realm, account) DO UPDATE SET debit = debit + excluded.debit"
        )
        self.db.execute(query, (self.realm, account, debit))
        self.post([(account, debit)])

    def debit_balance(self, account: int) -> int:
        query = "SELECT debit FROM balance WHERE realm = ? AND account = ?"
        row = self.db.execute(query, (self.realm, account)).fetchone()
        return int(row["debit"]) if row else 0

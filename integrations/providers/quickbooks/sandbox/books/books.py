"""One company's books inside one transaction: objects, names, numbers, balances."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..model.entity import Entity
from ..model.money import to_units
from ..model.reading import Reader, require_whole_id
from ..settings import Switches
from ..wire.json import Json, dumps, envelope_time, moment, zone
from ..wire.refusals import INACTIVE, Refusal, not_found
from .changes import Change, Watcher
from .record import Record
from .store import Shelf, Store

#: Words of QuickBooks for lists in "Invalid Reference Id" (§10).
LIST_WORDS = {
    "Account": "Accounts",
    "Name": "Names",
    "Customer": "Names",
    "Vendor": "Names",
    "Employee": "Names",
    "Class": "Klasses",
    "Department": "Depts",
    "Item": "Items",
    "Term": "Terms",
    "TaxCode": "TaxCodes",
    "PaymentMethod": "PaymentMethods",
}
NAME_TYPES = ("Vendor", "Customer", "Employee")
CONTROL_TYPES = ("Accounts Receivable", "Accounts Payable")


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
class Books:
    db: sqlite3.Connection
    company: Company
    switches: Switches
    entities: Mapping[str, Entity]
    now: float
    #: Shared by all requests that work on the store's own connection; a snapshot brings an empty one.
    shelf: Shelf = field(default_factory=Shelf)
    #: Written since the last savepoint: what a refusal takes back must not stay in memory.
    _touched: set[tuple[str, str, int]] = field(default_factory=set)
    #: Told of each change before it is committed; a company that is being planted is watched by nobody.
    watchers: tuple[Watcher, ...] = ()
    #: Who writes: an app, or a person in QuickBooks itself.
    author: str = ""

    @classmethod
    def on(cls, store: Store, of: Company, switches: Switches, entities: Mapping[str, Entity]) -> Books:
        return cls(store.db, of, switches, entities, store.clock.now(), store.shelf)

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

    def link_word(self, entity: str) -> str:
        return self.entities[entity].link_word or entity

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A write that is refused half-way leaves nothing, while the others of its transaction stay."""
        self._touched.clear()
        self.db.execute("SAVEPOINT attempt")
        try:
            yield
        except BaseException:  # Not only a refusal: a rule that fails must leave as little.
            self.db.execute("ROLLBACK TO attempt")
            self.forget_touched()
            raise
        finally:
            self.db.execute("RELEASE attempt")

    def forget_touched(self) -> None:
        for key in self._touched:
            self.shelf.drop(key)
        self._touched.clear()

    def find(self, entity: str, number: int) -> Record | None:
        key = (self.realm, entity, number)
        record = self.shelf.get(key)
        if record is None:
            query = "SELECT * FROM object WHERE realm = ? AND entity = ? AND id = ?"
            row = self.db.execute(query, key).fetchone()
            if row is None:
                return None
            record = Record.from_row(row)
            self.shelf.put(key, record)
        return record

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

    def resolve_in(self, owner: Json, name: str, target: str) -> Record | None:
        """The object behind an optional reference."""
        return self.resolve(owner[name], target, field_name=name) if owner.get(name) else None

    def next_id(self, entity: Entity) -> int:
        return self.next_number(entity.family, entity.first_id)

    def next_number(self, family: str, first: int = 1) -> int:
        row = self.db.execute(
            "INSERT INTO sequence VALUES (?, ?, ?) ON CONFLICT (realm, family) DO UPDATE SET last = last + 1"
            " RETURNING last",
            (self.realm, family, first),
        )
        return int(row.fetchone()["last"])

    def _claimed(self, entity: Entity, number: int) -> int:
        """A number of the caller's choice; the next of its own choice comes after it."""
        self.db.execute(
            "INSERT INTO sequence VALUES (?, ?, ?) ON CONFLICT (realm, family) DO UPDATE SET last = max(last, ?3)",
            (self.realm, entity.family, number),
        )
        return number

    def insert(self, entity: Entity, body: Json, number: int | None = None) -> Record:
        now = int(self.now)
        number = self.next_id(entity) if number is None else self._claimed(entity, number)
        record = Record(entity.name, number, 0, bool(body.get("Active", True)), now, now, body)
        self._write(record)
        self._tell(Change("Create", record))
        return record

    def replace(self, record: Record, body: Json, operation: str = "Update", *, absorbed: int | None = None) -> Record:
        """The same object one SyncToken on."""
        before = self.find(*record.key)
        active = bool(body.get("Active", True))
        after = Record(record.entity, record.id, record.sync_token + 1, active, record.created, int(self.now), body)
        self._write(after)
        self._tell(Change(operation, after, before, absorbed))
        return after

    def restate(self, record: Record) -> None:
        """Derived properties changed (a parent was renamed); nobody edited the object itself."""
        self._write(record)

    def remove(self, record: Record, *, absorbed: bool = False) -> None:
        """Of what a merge takes in the merge itself tells."""
        where = (self.realm, record.entity, record.id)
        self.db.execute("DELETE FROM object WHERE realm = ? AND entity = ? AND id = ?", where)
        self.db.execute("INSERT OR REPLACE INTO deleted VALUES (?, ?, ?, ?)", (*where, self.now))
        self._touched.add(where)
        self.shelf.drop(where)
        if not absorbed:
            self._tell(Change("Delete", record, record))

    def _tell(self, change: Change) -> None:
        for watch in self.watchers:
            watch(self, change)

    def _write(self, record: Record) -> None:
        key = (self.realm, record.entity, record.id)
        self._touched.add(key)
        self.db.execute(_UPSERT, {"realm": self.realm, "born": self.now, **self._columns(record)})
        self.shelf.put(key, record)

    def _columns(self, record: Record) -> Json:
        body, entity = record.body, self.entities[record.entity]
        total = body.get("TotalAmt", body.get("Amount"))
        number = body.get("DocNumber") or body.get("PaymentRefNum") or body.get("CheckNum")
        number = body.get("AcctNum") if record.entity == "Account" else number
        party = next((body[name]["value"] for name in _PARTIES if body.get(name)), None) if entity.transacts else None
        opened = body.get(entity.open_name) if entity.open_name else None
        return {
            "entity": record.entity,
            "id": record.id,
            "sync_token": record.sync_token,
            "active": record.active,
            "created": record.created,
            "updated": record.updated,
            "names": entity.names,
            "name": record.title.casefold() if entity.names else None,
            "doc_number": str(number).casefold() if number else None,
            "txn_date": body.get("TxnDate"),
            "amount": None if total is None else to_units(total),
            "open": None if opened is None else to_units(opened),
            "party": party,
            "body": dumps(body),
        }

    def holder_of_name(self, names: str, title: str, *, but: Record | None) -> Record | None:
        query = "SELECT * FROM object WHERE realm = ? AND names = ? AND name = ?"
        row = self.db.execute(query, (self.realm, names, title.casefold())).fetchone()
        if row is None:
            return None
        record = Record.from_row(row)
        return None if but is not None and record.key == but.key else record

    def holder_of_number(
        self, entity: str, number: str, *, but: Record | None, party: str | None = None
    ) -> Record | None:
        """Of all objects of the kind, or of those of one name."""
        query = (
            "SELECT * FROM object WHERE realm = ?1 AND entity = ?2 AND doc_number = ?3 AND id IS NOT ?4"
            " AND (?5 IS NULL OR party = ?5)"
        )
        values = (self.realm, entity, number.casefold(), but.id if but else None, party)
        row = self.db.execute(query, values).fetchone()
        return Record.from_row(row) if row else None

    def children(self, parent: Record) -> list[Record]:
        """One step down a list that nests; the index knows parents."""
        query = (
            "SELECT * FROM object WHERE realm = ? AND names = ? AND json_extract(body, '$.ParentRef.value') = ?"
            " ORDER BY id"
        )
        names = self.entities[parent.entity].names
        return [Record.from_row(row) for row in self.db.execute(query, (self.realm, names, str(parent.id)))]

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

    def account_of(self, name: str, value: str) -> Record | None:
        """The first active account of a type or sub-type; an index knows both."""
        query = (
            "SELECT * FROM object WHERE realm = ? AND entity = 'Account'"
            f" AND json_extract(body, '$.{name}') = ? AND active = 1 ORDER BY id LIMIT 1"
        )
        row = self.db.execute(query, (self.realm, value)).fetchone()
        return Record.from_row(row) if row else None

    def in_stock(self, item: int) -> tuple[int, int]:
        """How much of an item there is, in hundred-thousandths, and what it stands in the books at."""
        query = "SELECT quantity, worth FROM stock WHERE realm = ? AND item = ?"
        row = self.db.execute(query, (self.realm, item)).fetchone()
        return (row["quantity"], row["worth"]) if row else (0, 0)

    def is_used(self, account: int) -> bool:
        query = "SELECT 1 FROM posting WHERE realm = ? AND account = ? LIMIT 1"
        return self.db.execute(query, (self.realm, account)).fetchone() is not None

    def is_control(self, account: int) -> bool:
        """Receivable and payable accounts, on which every posting belongs to somebody."""
        record = self.find("Account", account)
        return record is not None and record.body["AccountType"] in CONTROL_TYPES

    def single(self, entity: str) -> Json:
        record = self.find(entity, 1)
        assert record is not None, f"a company is never seeded without {entity}"
        return record.body

    def preference(self, group: str, name: str) -> Any:
        return self.single("Preferences").get(group, {}).get(name)

    def other_preference(self, name: str) -> str:
        rows = self.single("Preferences")["OtherPrefs"]["NameValue"]
        return next((str(row["Value"]) for row in rows if row["Name"] == name), "")

    @property
    def plan(self) -> str:
        """What the company has subscribed to, in QuickBooks' own words."""
        return self.fact("OfferingSku")

    def fact(self, name: str) -> str:
        rows = self.single("CompanyInfo")["NameValue"]
        return next((str(row["Value"]) for row in rows if row["Name"] == name), "")

    def open(self, account: int, debit: int) -> None:
        """What stood on an account before the first document."""
        self.db.execute(
            "INSERT INTO opening VALUES (?, ?, ?)"
            " ON CONFLICT (realm, account) DO UPDATE SET debit = debit + excluded.debit",
            (self.realm, account, debit),
        )
        self.db.execute(
            "INSERT INTO balance VALUES (?, ?, ?, ?) ON CONFLICT (realm, account)"
            " DO UPDATE SET debit = debit + excluded.debit, native = native + excluded.native",
            (self.realm, account, debit, debit),
        )

    def debit_balance(self, account: int) -> int:
        return self._standing("balance", "account", account)[0]

    def native_balance(self, account: int) -> int:
        return self._standing("balance", "account", account)[1]

    def party_balance(self, party: int) -> int:
        """What a customer owes is positive, what a vendor is owed negative; in their own currency."""
        return self._standing("party_balance", "party", party)[1]

    def _standing(self, table: str, column: str, key: int) -> tuple[int, int]:
        query = f"SELECT debit, native FROM {table} WHERE realm = ? AND {column} = ?"
        row = self.db.execute(query, (self.realm, key)).fetchone()
        return (row["debit"], row["native"]) if row else (0, 0)


_PARTIES = ("VendorRef", "CustomerRef", "EntityRef")
_COLUMNS = (
    *("realm", "entity", "id", "sync_token", "active", "created", "updated", "born", "names", "name"),
    *("doc_number", "txn_date", "amount", "open", "party", "body"),
)
_UPSERT = (
    f"INSERT INTO object ({', '.join(_COLUMNS)}) VALUES ({', '.join(f':{name}' for name in _COLUMNS)})"
    " ON CONFLICT (realm, entity, id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name not in ("realm", "entity", "id", "born"))
)

"""Lines that apply a payment to other transactions (§9.9, §9.10)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..books.books import Books
from ..books.journal import Posting, posted
from ..books.links import Application, Key, applied
from ..books.record import Record
from ..model.money import cents, from_units, to_units
from ..model.reading import require_positive, require_whole_id
from ..wire.json import Json
from ..wire.refusals import Refusal, business, missing, not_found
from . import transactions


def line(sent: Json, known: Mapping[str, int]) -> Json | None:
    """A line with the links that count; None where none of them does."""
    if "Amount" not in sent:
        raise missing("Amount")
    require_positive(sent["Amount"], "Amount")
    linked = [_link(each) for each in _links(sent)]
    kept = [each for each in linked if each["TxnType"] in known]
    return {"Amount": sent["Amount"], "LinkedTxn": kept[:1]} if kept else None


def _links(sent: Json) -> list[Any]:
    links = sent.get("LinkedTxn")
    if not isinstance(links, list) or not links:
        raise Refusal("2020", "Required parameter Line/LinkedTxn is missing in the request", element="Line/LinkedTxn")
    return links


def _link(sent: Any) -> Json:
    if not isinstance(sent, dict):
        raise Refusal("2120", "LinkedTxn must be an object", element="LinkedTxn")
    for name in ("TxnId", "TxnType"):
        if not sent.get(name):
            raise missing(name)
    return {"TxnId": str(sent["TxnId"]), "TxnType": str(sent["TxnType"])}


def follow(books: Books, body: Json, name: str) -> None:
    """Where the payment does not say from which account of debts it comes, from that of what it pays."""
    if name in body:
        return
    found = (target(books, each).body.get(name) for each in body["Line"])
    account = next((each for each in found if each), None)
    if account is not None:
        body[name] = dict(account)


def target(books: Books, applied_line: Json) -> Record:
    link = applied_line["LinkedTxn"][0]
    found = books.find(link["TxnType"], require_whole_id(link["TxnId"], "TxnId"))
    if found is None:
        raise not_found()
    return found


def cannot_link(target: Record) -> Refusal:
    detail = f"Transaction {target.entity} {target.id} cannot be linked: it belongs to another name or currency."
    return Refusal("620", f"Transaction Link Error : {detail}", element="LinkedTxn")


@dataclass(frozen=True)
class Kind:
    """What payments of customers and of bills differ in."""

    #: TxnType of a line to which way it counts; any other is dropped in silence (§9.9).
    signs: Mapping[str, int]
    #: Which way an entry that may be paid stands on receivables or payables.
    side: int
    #: Whether a party is the one that pays or is paid.
    is_theirs: Callable[[Books, Json, int], bool]

    def check_open(self, books: Books, body: Json, before: Record | None) -> None:
        """All that is applied to a target together; what this payment has applied to it so far counts as open again."""
        wanted: dict[Key, int] = defaultdict(int)
        for each in applications(body["Line"]):
            wanted[each.entity, each.id] += each.units
        for key, units in wanted.items():
            paid = self._paid(books, body, key)
            left = self._room(books, body, key) - sum(paid.values()) + (paid[before.id] if before else 0)
            if left <= 0 < units:
                raise Refusal("620", f"Transaction Link Error : {key[0]} {key[1]} is already paid.", element="")
            if units > left:
                raise business("You can't apply more than is open of a transaction.")

    def _room(self, books: Books, body: Json, key: Key) -> int:
        """All that can be paid of a document; of an entry or a deposit, what it puts on the account of theirs."""
        record = books.find(*key)
        if record is None:
            return 0
        entity = books.entities[record.entity]
        if record.body["CurrencyRef"] != body["CurrencyRef"] or not self._is_of_theirs(books, body, record):
            return 0
        if entity.open_name:
            return to_units(entity.opening(record.body))
        return sum(self.side * row.native for row in self._owed(books, body, record))

    def _owed(self, books: Books, body: Json, record: Record) -> list[Posting]:
        """What of it stands on receivables or payables; of an entry, which may be others' too, in their name."""
        whole = bool(books.entities[record.entity].open_name)
        return [
            row
            for row in posted(books, record)
            if books.is_control(row.account)
            and (whole or (row.party is not None and self.is_theirs(books, body, row.party)))
        ]

    def home_of(self, books: Books, payer: Record) -> int:
        """What a payment takes off receivables or payables, at the rates at which they were booked."""
        body, booked, ours = payer.body, 0, defaultdict[Key, int](int)
        for kind, number, units in applications(body["Line"]):
            record = books.find(kind, number)
            if record is not None:
                booked += self.signs[kind] * self._booked(books, payer, record, ours[record.key], units)
                ours[record.key] += units
        return booked + transactions.at_home(body, to_units(body["TotalAmt"]) - net(body["Line"], self.signs))

    def _booked(self, books: Books, payer: Record, record: Record, ours: int, units: int) -> int:
        """Its part of what stands there: all payments together, in the order of their Ids, take off just that."""
        if record.body.get("ExchangeRate", 1) == 1:
            return units
        rows = self._owed(books, payer.body, record)
        debit, native = abs(sum(row.debit for row in rows)), abs(sum(row.native for row in rows))
        if not native:
            return transactions.at_home(record.body, units)
        before = ours + self._paid_before(books, payer, record.key)
        first, last = (cents(from_units(debit) * Decimal(until) / native) for until in (before, before + units))
        return last - first

    def _is_of_theirs(self, books: Books, body: Json, record: Record) -> bool:
        owner = record.body.get("VendorRef") or record.body.get("CustomerRef")
        return owner is None or self.is_theirs(books, body, int(owner["value"]))

    def _paid(self, books: Books, body: Json, key: Key) -> Counter[int]:
        """What is applied to a document, by the Ids of its payments; to an entry, by payments of theirs."""
        whole = bool(books.entities[key[0]].open_name)
        paid = ((number, books.find(name, number), units) for name, number, units in applied(books, *key))
        return Counter(
            {
                number: units
                for number, payer, units in paid
                if payer is not None and (whole or self._is_of_theirs(books, body, payer))
            }
        )

    def _paid_before(self, books: Books, payer: Record, key: Key) -> int:
        return sum(units for number, units in self._paid(books, payer.body, key).items() if number < payer.id)

    def loosened(self, books: Books, payer: Record, key: Key) -> Json:
        """The payment with no more applied to a transaction than there is of it; the rest stays as a credit."""
        body, lines = payer.body, []
        left = max(self._room(books, body, key) - self._paid_before(books, payer, key), 0)
        for each in body["Line"]:
            ours = applications([each])[0][:2] == key
            units = min(to_units(each["Amount"]), left) if ours else to_units(each["Amount"])
            left -= units if ours else 0
            lines.append((each, units))
        kept = [{**each, "Amount": from_units(units)} for each, units in self._covered(body, lines) if units]
        rest = {"UnappliedAmt": unapplied(kept, self.signs, body["TotalAmt"])} if "UnappliedAmt" in body else {}
        return {**body, **rest, "Line": kept}

    def _covered(self, body: Json, lines: list[tuple[Json, int]]) -> list[tuple[Json, int]]:
        """Where a credit has gone, less is paid: the last line first."""
        signs = [self.signs[each["LinkedTxn"][0]["TxnType"]] for each, _ in lines]
        over = sum(sign * units for sign, (_, units) in zip(signs, lines, strict=True)) - to_units(body["TotalAmt"])
        kept = []
        for sign, (each, units) in zip(reversed(signs), reversed(lines), strict=True):
            off = min(max(over, 0), units) if sign > 0 else 0
            over -= off
            kept.append((each, units - off))
        return kept[::-1]


def net(lines: Iterable[Json], signs: Mapping[str, int]) -> int:
    return sum(signs[each["LinkedTxn"][0]["TxnType"]] * to_units(each["Amount"]) for each in lines)


def applications(lines: Iterable[Json]) -> list[Application]:
    found = []
    for each in lines:
        link = each["LinkedTxn"][0]
        found.append(Application(link["TxnType"], int(link["TxnId"]), to_units(each["Amount"])))
    return found


def unapplied(lines: Iterable[Json], signs: Mapping[str, int], total: Any) -> Any:
    return from_units(to_units(total) - net(lines, signs))

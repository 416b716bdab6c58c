"""Sales in any order: what is open, what is waiting for the bank, and how often each document was touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from .client import Company, Json, address
from .selling import applied, customer, item, sold
from .stage import Stage

CENTS = st.integers(1, 99_999)
SHARES = st.sampled_from((25, 50, 100, 100, 130))
#: Which of those that there are.
ANY = st.integers(0, 1_000)
SIGNS = {"Invoice": 1, "CreditMemo": -1}
SHOWN = ("Invoice", "CreditMemo", "Payment", "SalesReceipt")
Key = tuple[str, str]

_stage = Stage()


@pytest.fixture(scope="module", autouse=True)
def _server() -> Iterator[None]:
    with _stage.running():
        yield


def _cents(number: Any) -> int:
    return int(Decimal(str(number)) * 100)


def _money(cents: int) -> float:
    return cents / 100


@dataclass
class Document:
    """What the model believes of one."""

    total: int
    token: int = 0
    #: Of a payment, in the order of its lines.
    lines: list[tuple[Key, int]] = field(default_factory=list)
    #: Id of the deposit that took it to the bank.
    banked: str = ""

    def net(self) -> int:
        return sum(SIGNS[key[0]] * cents for key, cents in self.lines)


class SalesMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.us: Company = _stage.begin()
        self.owner = customer(self.us)
        self.product = item(self.us)
        self.known: dict[Key, Document] = {}
        for kind in ("Invoice", "CreditMemo", "Invoice"):
            self._form(kind, 10_000)
        self.pay(at=0, credit=0, share=100, surplus=0)

    def _all(self, *kinds: str) -> list[Key]:
        return [key for key in self.known if key[0] in kinds]

    def _pick(self, at: int, *kinds: str) -> Key:
        """One of those that there are; a play that has used them up sells again."""
        found = self._all(*kinds) or [self._form(kinds[0], 10_000)]
        return found[at % len(found)]

    def _open(self, key: Key) -> int:
        paid = (cents for each in self.known.values() for other, cents in each.lines if other == key)
        return self.known[key].total - sum(paid)

    def _form(self, kind: str, cents: int, **more: Any) -> Key:
        made = self.us.create(kind, {"CustomerRef": self.owner, "Line": [sold(self.product, _money(cents))], **more})
        key = (kind, str(made["Id"]))
        self.known[key] = Document(cents)
        return key

    def _write(self, key: Key, body: Json, **params: str) -> Json:
        head = {"Id": key[1], "SyncToken": str(self.known[key].token)}
        answer = self.us.post(address(key[0]), {**head, **body}, **params)
        assert answer.status_code == 200, answer.text
        return dict(answer.json()[key[0]])

    def _refused(self, key: Key, code: str, **params: str) -> None:
        head = {"Id": key[1], "SyncToken": str(self.known[key].token)}
        assert self.us.fault(self.us.post(address(key[0]), head, **params))["code"] == code

    @rule(kind=st.sampled_from(("Invoice", "CreditMemo", "SalesReceipt")), cents=CENTS)
    def sell(self, kind: str, cents: int) -> None:
        self._form(kind, cents)

    @rule(at=ANY, credit=st.integers(0, 9), share=SHARES, surplus=st.sampled_from((0, 0, 500)))
    def pay(self, at: int, credit: int, share: int, surplus: int) -> None:
        """An invoice, in part or in full, with what a credit memo gives; or too much, which changes nothing."""
        invoice = self._pick(at, "Invoice")
        cents = self._open(invoice) * share // 100
        if not cents:
            return
        lines = [(invoice, cents)]
        memo = self._pick(credit, "CreditMemo") if credit < 7 and self._all("CreditMemo") else None
        if memo is not None and (given := min(self._open(memo), cents)):
            lines.append((memo, given))
        document = Document(0, lines=lines)
        document.total = document.net() + surplus
        sent = [applied(_money(amount), kind, number) for (kind, number), amount in lines]
        body = {"CustomerRef": self.owner, "TotalAmt": _money(document.total), "Line": sent}
        answer = self.us.post("payment", body)
        if share > 100 and cents > self._open(invoice):
            assert self.us.fault(answer)["code"] == "6000"
            return
        assert answer.status_code == 200, answer.text
        self.known["Payment", str(answer.json()["Payment"]["Id"])] = document
        self._touch(lines)

    def _touch(self, lines: list[tuple[Key, int]], but: Key | None = None) -> None:
        for key in {key for key, _ in lines} - {but}:
            self.known[key].token += 1

    @rule(at=ANY, cents=CENTS, void=st.booleans())
    def change(self, at: int, cents: int, void: bool) -> None:
        """To another amount, or to nothing at all: what was paid too much stays with the payments."""
        key = self._pick(at, "Invoice", "CreditMemo")
        if void:
            word = {"operation": "void"} if key[0] == "Invoice" else {"operation": "update", "include": "void"}
            shown = self._write(key, {"sparse": True}, **word)
        else:
            line = sold(self.product, _money(cents))
            shown = self._write(key, {"CustomerRef": self.owner, "Line": [line]})
        self.known[key].total = 0 if void else cents
        self.known[key].token += 1
        self._relieve(key)
        assert (_cents(shown["Balance"]), int(shown["SyncToken"])) == (self._open(key), self.known[key].token)

    def _relieve(self, key: Key) -> None:
        left = self.known[key].total
        for payment in sorted((each for each in self._all("Payment")), key=lambda each: int(each[1])):
            document = self.known[payment]
            before, had = document.lines, sum(cents for other, cents in document.lines if other == key)
            kept = max(min(had, left), 0)
            left -= had
            document.lines = [(other, kept if other == key else cents) for other, cents in before]
            over = document.net() - document.total
            for place in reversed(range(len(document.lines))):
                other, cents = document.lines[place]
                off = min(max(over, 0), cents) if SIGNS[other[0]] > 0 else 0
                over -= off
                document.lines[place] = (other, cents - off)
            document.lines = [(other, cents) for other, cents in document.lines if cents]
            if document.lines != before:
                document.token += 1
                self._touch(before, but=key)

    @rule(at=ANY, void=st.booleans())
    def take_back(self, at: int, void: bool) -> None:
        """Deleted or voided, what it paid is open again; what is in the bank is neither."""
        if not self._all("Payment"):
            self.pay(at, 0, 50, 0)
            return
        key = self._pick(at, "Payment")
        document = self.known[key]
        if document.banked:
            self._refused(key, "6540", operation="delete")
            return
        self._touch(document.lines)
        if void:
            self._write(key, {"sparse": True}, operation="update", include="void")
            self.known[key] = Document(0, document.token + 1)
        else:
            self._write(key, {}, operation="delete")
            del self.known[key]

    @rule(at=ANY)
    def delete(self, at: int) -> None:
        key = self._pick(at, "Invoice", "CreditMemo")
        if self._open(key) != self.known[key].total:
            self._refused(key, "6000", operation="delete")
            return
        self._write(key, {}, operation="delete")
        del self.known[key]

    @rule(at=ANY, number=st.integers(1, 3))
    def bank(self, at: int, number: int) -> None:
        waiting = [key for key in self._all("Payment", "SalesReceipt") if not self.known[key].banked][-number:]
        total = sum(self.known[key].total for key in waiting)
        if not waiting:
            return
        lines = [applied(_money(self.known[key].total), *key) for key in waiting]
        made = self.us.create("Deposit", {"DepositToAccountRef": self.us.ref("1010"), "Line": lines})
        self.known["Deposit", made["Id"]] = Document(total)
        for key in waiting:
            self.known[key].banked = made["Id"]
            self.known[key].token += 1

    @rule(at=ANY)
    def take_from_the_bank(self, at: int) -> None:
        if not self._all("Deposit"):
            self.bank(at, 2)
            return
        key = self._pick(at, "Deposit")
        self._write(key, {}, operation="delete")
        del self.known[key]
        for each in self.known.values():
            if each.banked == key[1]:
                each.banked = ""
                each.token += 1

    def _sum(self, *kinds: str) -> int:
        return sum(self.known[key].total for key in self._all(*kinds))

    @invariant()
    def the_books_are_what_was_sold_paid_and_banked(self) -> None:
        if not hasattr(self, "known"):
            return
        money, bank = self._sum("Payment", "SalesReceipt"), self._sum("Deposit")
        expected = {
            "1200": self._sum("Invoice") - self._sum("CreditMemo", "Payment"),
            "Undeposited Funds": money - bank,
            "1010": bank,
            "4100": self._sum("CreditMemo") - self._sum("Invoice", "SalesReceipt"),
        }
        found = {number: _cents(amount) for number, amount in self.us.postings().items()}
        assert found == {number: cents for number, cents in expected.items() if cents}

    @invariant()
    def every_document_is_as_open_and_as_often_touched_as_it_should_be(self) -> None:
        if not hasattr(self, "known"):
            return
        asked = [{"bId": kind, "Query": f"select * from {kind} maxresults 1000"} for kind in SHOWN]
        for answer in self.us.batch(asked).json()["BatchItemResponse"]:
            kind = answer["bId"]
            rows = answer["QueryResponse"].get(kind, [])
            found = {(kind, row["Id"]): (int(row["SyncToken"]), self._left(kind, row)) for row in rows}
            assert found == {key: (self.known[key].token, self._expected(key)) for key in self._all(kind)}

    def _left(self, kind: str, row: Json) -> int:
        return _cents(row["UnappliedAmt" if kind == "Payment" else "Balance"])

    def _expected(self, key: Key) -> int:
        document = self.known[key]
        if key[0] == "Payment":
            return document.total - document.net()
        return 0 if key[0] == "SalesReceipt" else self._open(key)


SalesMachine.TestCase.settings = settings(
    max_examples=30,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestSales = SalesMachine.TestCase

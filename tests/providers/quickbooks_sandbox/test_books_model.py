"""Whatever is asked in whatever order: the books of the sandbox stay books."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from .client import US, Company, Json, posted
from .stage import Stage

AMOUNTS = st.decimals(Decimal("0.01"), Decimal("9999.99"), places=2).map(float)
ACCOUNTS = st.sampled_from(("6110", "6230", "6140", "5100", "1300"))
VENDORS = st.sampled_from(("Staples", "Uber", "FedEx"))
FAULTS = st.sampled_from(({"kind": "drop_after_commit"}, {"kind": "drop_before"}, {"kind": "status", "commit": True}))

_stage = Stage()


@pytest.fixture(scope="module", autouse=True)
def _server() -> Iterator[None]:
    with _stage.running():
        yield


def _cents(number: Any) -> Decimal:
    return Decimal(str(number)).quantize(Decimal("0.01"))


class Documents:
    """What the model believes of one document: its latest state, and what is open of it."""

    def __init__(self) -> None:
        self.latest: dict[tuple[str, str], Json] = {}
        self.paid: dict[str, list[tuple[str, Decimal]]] = {}

    def see(self, entity: str, shown: Json) -> None:
        """A write by us is one SyncToken on, neither more nor less."""
        before = self.latest.get((entity, shown["Id"]))
        expected = str(int(before["SyncToken"]) + 1) if before else "0"
        assert shown["SyncToken"] == expected
        self.latest[entity, shown["Id"]] = shown

    def open_of(self, bill: str) -> Decimal:
        return _cents(self.latest["Bill", bill]["TotalAmt"]) - sum(units for _, units in self.paid.get(bill, []))


class BooksMachine(RuleBasedStateMachine):
    bills = Bundle("bills")
    payments = Bundle("payments")
    purchases = Bundle("purchases")

    @initialize()
    def begin(self) -> None:
        self.us: Company = _stage.begin()
        self.model = Documents()
        self.expected: dict[str, Decimal] = {}

    def _post(self, account: str, amount: Decimal) -> None:
        self.expected[account] = self.expected.get(account, Decimal()) + amount

    def _vendor(self, name: str) -> Json:
        return {"value": self.us.vendor(name)}

    def _know(self, entity: str, answer: requests.Response) -> Json:
        shown: Json = answer.json()[entity]
        self.model.see(entity, shown)
        return shown

    def _refresh(self, bill: str) -> None:
        """A payment is a change of its bill: one step, and what is open follows."""
        shown = self.us.read("Bill", bill)
        self.model.see("Bill", shown)
        assert _cents(shown["Balance"]) == self.model.open_of(bill)
        assert {link["TxnId"] for link in shown["LinkedTxn"]} == {payer for payer, _ in self.model.paid.get(bill, [])}

    @rule(target=bills, amount=AMOUNTS, account=ACCOUNTS, vendor=VENDORS)
    def enter_bill(self, amount: float, account: str, vendor: str) -> str:
        answer = self.us.post("bill", {"VendorRef": self._vendor(vendor), "Line": [self.us.line(amount, account)]})
        self._post(account, _cents(amount))
        self._post("2000", -_cents(amount))
        return str(self._know("Bill", answer)["Id"])

    @rule(target=payments, bill=bills, share=st.floats(0.01, 1.5), data=st.booleans())
    def pay(self, bill: str, share: float, data: bool) -> Any:
        """In part, in full, or more than is open, which is refused and changes nothing."""
        shown = self.model.latest.get(("Bill", bill))
        if shown is None:
            return multiple()
        amount = max(_cents(float(self.model.open_of(bill)) * share), Decimal("0.01"))
        body = {
            "VendorRef": shown["VendorRef"],
            "TotalAmt": float(amount),
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": self.us.ref("1010"), "PrintStatus": "NotSet"},
            "Line": [{"Amount": float(amount), "LinkedTxn": [{"TxnId": bill, "TxnType": "Bill"}]}],
        }
        answer = self.us.post("billpayment", body)
        if amount > self.model.open_of(bill):
            assert self.us.fault(answer)["code"] in ("6000", "620")
            return multiple()
        made = self._know("BillPayment", answer)
        self.model.paid.setdefault(bill, []).append((made["Id"], amount))
        self._post("2000", amount)
        self._post("1010", -amount)
        self._refresh(bill)
        return made["Id"]

    @rule(payment=consumes(payments), void=st.booleans())
    def take_back(self, payment: str, void: bool) -> None:
        """Deleting or voiding a payment opens its bill again."""
        shown = self.model.latest["BillPayment", payment]
        head = {"Id": payment, "SyncToken": shown["SyncToken"]}
        if void:
            answer = self.us.post("billpayment", {**head, "sparse": True}, operation="update", include="void")
            self._know("BillPayment", answer)
        else:
            assert self.us.delete("BillPayment", shown).status_code == 200
            del self.model.latest["BillPayment", payment]
        amount = _cents(shown["TotalAmt"])
        self._post("2000", -amount)
        self._post("1010", amount)
        bill = shown["Line"][0]["LinkedTxn"][0]["TxnId"]
        self.model.paid[bill] = [each for each in self.model.paid[bill] if each[0] != payment]
        self._refresh(bill)

    @rule(bill=bills)
    def delete_bill(self, bill: str) -> None:
        shown = self.model.latest.get(("Bill", bill))
        if shown is None:
            return
        answer = self.us.delete("Bill", shown)
        if self.model.paid.get(bill):
            assert self.us.fault(answer)["code"] == "6000"
            return
        assert answer.status_code == 200
        line = shown["Line"][0]
        self._post(self._number_of(line), -_cents(line["Amount"]))
        self._post("2000", _cents(line["Amount"]))
        del self.model.latest["Bill", bill]

    def _number_of(self, line: Json) -> str:
        wanted = line["AccountBasedExpenseLineDetail"]["AccountRef"]["value"]
        return next(number for number in ("6110", "6230", "6140", "5100", "1300") if self.us.account(number) == wanted)

    @rule(target=purchases, amount=AMOUNTS, account=ACCOUNTS, credit=st.booleans())
    def charge(self, amount: float, account: str, credit: bool) -> str:
        answer = self.us.post("purchase", self.us.charge(Line=[self.us.line(amount, account)], Credit=credit))
        sign = -1 if credit else 1
        self._post(account, sign * _cents(amount))
        self._post("2110", -sign * _cents(amount))
        return str(self._know("Purchase", answer)["Id"])

    @rule(purchase=purchases, amount=AMOUNTS)
    def change(self, purchase: str, amount: float) -> None:
        shown = self.model.latest["Purchase", purchase]
        body = {name: value for name, value in shown.items() if name != "PurchaseEx"}
        body["Line"] = [{**shown["Line"][0], "Amount": amount}]
        answer = self.us.post("purchase", body)
        sign = -1 if shown.get("Credit") else 1
        moved = sign * (_cents(amount) - _cents(shown["Line"][0]["Amount"]))
        self._post(self._number_of(shown["Line"][0]), moved)
        self._post("2110", -moved)
        self._know("Purchase", answer)

    @rule(purchase=purchases)
    def change_from_a_stale_state(self, purchase: str) -> None:
        stale = {**self.us.charge(), "Id": purchase, "SyncToken": "99"}
        assert self.us.fault(self.us.post("purchase", stale))["code"] == "5010"

    @rule(amount=AMOUNTS, account=ACCOUNTS)
    def write_a_journal_entry_that_does_not_balance(self, amount: float, account: str) -> None:
        sides = (("Debit", account, amount), ("Credit", "1010", round(amount + 0.01, 2)))
        assert (
            self.us.fault(self.us.post("journalentry", {"Line": [self._side(*each) for each in sides]}))["code"]
            == "2300"
        )

    @rule(amount=AMOUNTS, account=ACCOUNTS)
    def write_a_journal_entry(self, amount: float, account: str) -> None:
        sides = (("Debit", account, amount), ("Credit", "1010", amount))
        self._know("JournalEntry", self.us.post("journalentry", {"Line": [self._side(*each) for each in sides]}))
        self._post(account, _cents(amount))
        self._post("1010", -_cents(amount))

    def _side(self, side: str, account: str, amount: float) -> Json:
        detail = {"PostingType": side, "AccountRef": self.us.ref(account)}
        return {"Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}

    @rule(amount=AMOUNTS, fault=FAULTS, key=st.uuids())
    def lose_an_answer_and_ask_again(self, amount: float, fault: Json, key: Any) -> None:
        """Whether or not the first was committed, after the second it is there once."""
        body = self.us.charge(Line=[self.us.line(amount)])
        with self._planned(fault):
            try:
                self.us.post("purchase", body, requestid=str(key))
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
                self.us = _stage.server.company(US)
        self._know("Purchase", self.us.post("purchase", body, requestid=str(key)))
        self._post("6110", _cents(amount))
        self._post("2110", -_cents(amount))

    @contextmanager
    def _planned(self, fault: Json) -> Iterator[None]:
        _stage.server.control("faults", {**fault, "entity": "Purchase"})
        yield
        _stage.server.control("faults", method="DELETE")

    @invariant()
    def balances_are_the_sum_of_what_was_posted_and_debits_equal_credits(self) -> None:
        if hasattr(self, "expected"):
            rows = self.us.balances()
            assert posted(rows) == {number: total for number, total in self.expected.items() if total}
            assert sum(Decimal(row["balance"]) for row in rows) == 0


BooksMachine.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestBooks = BooksMachine.TestCase

"""What stands there is compared with what was sent, to the cent: a document is there, and its money may be other."""

from decimal import Decimal
from typing import Any

import pytest

from integrations.providers.documents import Action, Item, OutcomeKind
from integrations.providers.quickbooks.replies import outcomes
from tests.providers.quickbooks.test_replies import SINGLE, _answer
from tests.providers.quickbooks.test_shapes import MARK, rows, told
from tests.providers.quickbooks.test_sides import raw

THERE = {"Id": "401", "SyncToken": "0"}


def sent(*amounts: str, **more: Any) -> Item:
    return Item("1", MARK, raw({"Line": [{"Amount": Decimal(amount)} for amount in amounts], **more}))


def amiss(item: Item, **shown: Any) -> str:
    envelope = type(SINGLE)("0" * 32, False, (item,))
    [outcome] = outcomes(envelope, _answer(200, {item.kind or "Purchase": {**THERE, **shown}})).values()
    assert (outcome.kind, outcome.posted is not None) == (OutcomeKind.POSTED, True), (
        "it stands there, whatever it shows"
    )
    assert outcome.posted is not None
    return outcome.posted.amiss


@pytest.mark.parametrize("total", [Decimal("10.00"), Decimal("10"), 10, "10.00", "10", "1E1", None])
@pytest.mark.parametrize("amounts", [["10.00"], ["9.99", "0.01"]])
def test_the_same_money_is_as_it_was_sent(amounts: list[str], total: Any) -> None:
    assert amiss(sent(*amounts), TotalAmt=total) == ""


@pytest.mark.parametrize(
    ("item", "shown", "words"),
    [
        (sent("9", GlobalTaxCalculation="NotApplicable"), {"TotalAmt": 8}, "QuickBooks shows 8.00 where 9.00 was sent"),
        (sent("10.00"), {"TotalAmt": Decimal("10.01")}, "QuickBooks shows 10.01 where 10.00 was sent"),
        (sent("10.00"), {"TotalAmt": "10.001"}, "QuickBooks shows 10.001 where 10.00 was sent"),
        (sent("7.00", "3.00"), {"TotalAmt": 7}, "QuickBooks shows 7.00 where 10.00 was sent"),
        (sent("10.00"), {"TotalAmt": 0}, "QuickBooks shows 0.00 where 10.00 was sent"),
        (sent("10.00"), {"TotalAmt": "ten"}, "QuickBooks shows ten where 10.00 was sent"),
        (sent("10.00"), {"TotalAmt": ""}, "QuickBooks shows nothing where 10.00 was sent"),
        (
            sent("10.00", Credit=True),
            {"TotalAmt": 10, "Credit": False},
            "QuickBooks shows 10.00 where -10.00 was sent",
        ),
        (
            sent("10.00", CurrencyRef={"value": "EUR"}, ExchangeRate=Decimal("1.1")),
            {"TotalAmt": 10, "CurrencyRef": {"value": "USD"}},
            "QuickBooks shows 10.00 USD where 10.00 EUR was sent",
        ),
        (
            Item("1", MARK, raw({"Amount": Decimal("5.00")}), kind="Transfer"),
            {"Amount": 50},
            "QuickBooks shows 50.00 where 5.00 was sent",
        ),
    ],
)
def test_other_money_is_told_with_both_figures(item: Item, shown: dict[str, Any], words: str) -> None:
    assert amiss(item, **shown) == words


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        # Somebody's tax on what is partly theirs is reckoned there.
        (sent("10.00", GlobalTaxCalculation="TaxExcluded"), {"TotalAmt": 12}),
        (sent("10.00", GlobalTaxCalculation="TaxInclusive"), {"TotalAmt": 12}),
        (sent("10.00", TxnTaxDetail={"TotalTax": 2}), {"TotalAmt": 12}),
        (sent("10.00", CurrencyRef={"value": "EUR"}), {"TotalAmt": 10}),
        (sent("10.00"), {"TotalAmt": 10, "CurrencyRef": {"value": "USD"}}),
        (sent("10.00", Credit=True), {"TotalAmt": 10, "Credit": "true"}),
        (Item("1", "", '{"DisplayName":"Acme"}', kind="Vendor"), {"Balance": 0}),
    ],
)
def test_what_cannot_be_compared_is_no_difference(item: Item, shown: dict[str, Any]) -> None:
    assert amiss(item, **shown) == ""


def found(item: Item, **shown: Any) -> Any:
    there = {**THERE, "DocNumber": MARK, "PrivateNote": f"n {MARK}", **shown}
    return told(lambda provider: provider.find_existing([item]), rows(there)).get(MARK)


def test_what_is_found_is_compared_too() -> None:
    item = sent("10.00", PrivateNote=f"n {MARK}")
    assert found(item, TotalAmt=10).amiss == ""
    assert found(item, TotalAmt=11).amiss == "QuickBooks shows 11.00 where 10.00 was sent"


def test_what_somebody_changed_since_is_theirs() -> None:
    assert found(sent("10.00", PrivateNote=f"n {MARK}"), TotalAmt=11, SyncToken="1").amiss == ""


@pytest.mark.parametrize(("version", "done"), [("0", False), ("1", True), (1, True)])
def test_a_change_back_to_the_same_revision_is_done_in_another_version_only(version: Any, *, done: bool) -> None:
    body = {"Id": "401", "SyncToken": "0", "PrivateNote": f"n {MARK}", "Line": [{"Amount": 10}]}
    item = Item("1", MARK, raw(body), Action.UPDATE)
    assert (found(item, TotalAmt=10, SyncToken=version) is not None) is done

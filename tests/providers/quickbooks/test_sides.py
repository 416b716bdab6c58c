"""Objects of QuickBooks as sides, put together and turned round, from recorded shapes."""

from decimal import Decimal
from typing import Any

import pytest
import simplejson

from integrations.providers.documents import LinePart, Merge
from integrations.providers.quickbooks import sides

DETAIL = "AccountBasedExpenseLineDetail"


def there(**more: Any) -> dict[str, Any]:
    return {
        "Id": "212",
        "SyncToken": "3",
        "PaymentType": "CreditCard",
        "AccountRef": {"value": "41", "name": "Flex Card"},
        "EntityRef": {"value": "61", "name": "Figma", "type": "Vendor"},
        "TotalAmt": Decimal("60.00"),
        "TxnDate": "2026-11-19",
        "DocNumber": "FX-AAAQEAYEAUDAOCAJ",
        "PrivateNote": "Flex card FX-AAAQEAYEAUDAOCAJ",
        "CustomField": [{"DefinitionId": "1", "StringValue": "Q4"}],
        "PurchaseEx": {"any": []},
        "MetaData": {"CreateTime": "2026-11-19T00:00:00Z"},
        "domain": "QBO",
        "sparse": False,
        "CurrencyRef": {"value": "USD"},
        "Line": [
            {
                "Id": "1",
                "LineNum": 1,
                "Amount": Decimal("60.00"),
                "Description": "Figma",
                "DetailType": DETAIL,
                DETAIL: {
                    "AccountRef": {"value": "61", "name": "Software"},
                    "CustomerRef": {"value": "58"},
                    "BillableStatus": "Billable",
                },
            }
        ],
        **more,
    }


OURS = {
    "PaymentType": "CreditCard",
    "AccountRef": {"value": "41"},
    "TxnDate": "2026-11-20",
    "PrivateNote": "Flex card FX-AAAQEAYEAUDAOCAJ/2",
    "Line": [
        {
            "Amount": Decimal("60.00"),
            "DetailType": DETAIL,
            "Description": "Figma: seats",
            DETAIL: {"AccountRef": {"value": "34"}, "ClassRef": {"value": "5"}},
        }
    ],
}


def raw(body: dict[str, Any]) -> str:
    return simplejson.dumps(body, use_decimal=True)


def test_theirs_and_ours_read_the_same_where_they_say_the_same() -> None:
    ours = sides.side("Purchase", {**there(), "Credit": False, "Line": there()["Line"]})
    assert ours == sides.side("Purchase", sides.parsed(raw(there())))
    assert ours.lines[0].fields["amount"] == "60.00"


def test_names_are_told_by_field_since_ids_of_kinds_overlap() -> None:
    told = sides.names("Purchase", there())
    assert (told["vendor:61"], told["account:61"]) == ("Figma", "Software")


def test_a_merge_keeps_what_we_do_not_know_and_leaves_out_what_only_quickbooks_writes() -> None:
    part = LinePart("1", 0, frozenset({"account", "description", "class"}))
    merged = sides.merged("Purchase", OURS, Merge(raw(there()), frozenset({"dated", "vendor"}), (part,), "A note"))
    [line] = merged["Line"]
    assert (merged["TxnDate"], merged["PrivateNote"]) == ("2026-11-20", "A note")
    assert "EntityRef" not in merged, "we want none"
    assert merged["CustomField"] == there()["CustomField"]
    assert not {"PurchaseEx", "MetaData", "domain", "sparse", "TotalAmt"} & merged.keys()
    assert (line["Id"], line["Description"]) == ("1", "Figma: seats")
    assert line[DETAIL] == {
        "AccountRef": {"value": "34"},
        "ClassRef": {"value": "5"},
        "CustomerRef": {"value": "58"},
        "BillableStatus": "Billable",
    }


@pytest.mark.parametrize(("credit", "expected"), [({}, True), ({"Credit": True}, None), ({"Credit": False}, True)])
def test_the_opposite_has_the_same_lines_and_the_other_flag(credit: dict[str, Any], expected: bool | None) -> None:
    body = sides.opposite("Purchase", raw(there(**credit)))
    [line] = body["Line"]
    assert body.get("Credit") is expected
    assert not {"Id", "SyncToken", "TotalAmt"} & body.keys()
    assert (line["Amount"], line[DETAIL]["AccountRef"]["value"]) == (Decimal("60.00"), "61")
    assert "Id" not in line
    assert line[DETAIL]["BillableStatus"] == "NotBillable", "nobody is billed twice"


def test_the_opposite_of_a_transfer_goes_the_other_way() -> None:
    paid = {"FromAccountRef": {"value": "35"}, "ToAccountRef": {"value": "41"}, "Amount": 5}
    body = sides.opposite("Transfer", raw({"Id": "7", "SyncToken": "0", **paid}))
    assert (body["FromAccountRef"]["value"], body["ToAccountRef"]["value"], body["Amount"]) == ("41", "35", 5)


@pytest.mark.parametrize(
    ("kind", "body", "total"),
    [
        ("Purchase", there(), Decimal(60)),
        ("Purchase", there(Credit=True), Decimal(-60)),
        ("Transfer", {"Amount": Decimal(5)}, Decimal(-5)),
    ],
)
def test_totals_have_the_sign_of_what_was_spent(kind: str, body: dict[str, Any], total: Decimal) -> None:
    assert sides.total(kind, body) == total

"""Sales forms on paper and by e-mail."""

from __future__ import annotations

import pytest

from .client import Company, Json
from .selling import customer, form

OCTETS = {"Content-Type": "application/octet-stream"}


@pytest.mark.parametrize("kind", ["Invoice", "Estimate", "SalesReceipt", "CreditMemo"])
def test_a_form_is_printed(us: Company, kind: str) -> None:
    made = form(us, kind, CustomerMemo={"value": "Thank you (all)"})
    answer = us.call("GET", f"{kind.lower()}/{made['Id']}/pdf", headers={"Accept": "application/pdf"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-1.")
    assert answer.content.rstrip().endswith(b"%%EOF")
    assert all(words in answer.content for words in (b"Thank you \\(all\\)", b"100.00"))


def test_what_is_no_form_has_no_paper(us: Company) -> None:
    charge = us.create("Purchase", us.charge())
    assert us.fault(us.call("GET", f"purchase/{charge['Id']}/pdf"))["code"] == "500"
    assert us.fault(us.call("GET", "invoice/999999/pdf"))["code"] == "610"


@pytest.mark.parametrize(
    ("own", "asked", "sent"),
    [({}, "a@b.example", "a@b.example"), ({"BillEmail": {"Address": "c@d.example"}}, "", "c@d.example")],
)
def test_a_form_that_was_sent_says_so(us: Company, own: Json, asked: str, sent: str) -> None:
    made = form(us, "Invoice", **own)
    params = {"sendTo": asked} if asked else {}
    answer = us.call("POST", f"invoice/{made['Id']}/send", headers=OCTETS, params=params)
    shown = answer.json()["Invoice"]
    assert (shown["EmailStatus"], shown["BillEmail"], shown["SyncToken"]) == ("EmailSent", {"Address": sent}, "1")
    assert shown["DeliveryInfo"]["DeliveryType"] == "Email"


def test_a_form_without_an_address_is_not_sent(us: Company) -> None:
    made = form(us, "Invoice")
    assert us.fault(us.call("POST", f"invoice/{made['Id']}/send", headers=OCTETS))["code"] == "6420"
    body = {"CustomerRef": made["CustomerRef"], "Line": made["Line"], "EmailStatus": "NeedToSend"}
    assert us.fault(us.post("invoice", body))["code"] == "6420"


def test_a_payment_goes_to_the_address_of_the_customer(us: Company) -> None:
    who = customer(us, PrimaryEmailAddr={"Address": "pays@ontime.example"})
    made = us.create("Payment", {"CustomerRef": who, "TotalAmt": 5})
    assert us.call("POST", f"payment/{made['Id']}/send", headers=OCTETS).status_code == 200


@pytest.mark.parametrize("field", ["BillEmail", "BillEmailCc"])
def test_several_addresses_may_stand_together(us: Company, field: str) -> None:
    made = form(us, "Invoice", **{field: {"Address": "one@x.example, two@y.example"}})
    assert made[field] == {"Address": "one@x.example, two@y.example"}
    body = {**made, field: {"Address": "one@x.example, two"}}
    assert us.fault(us.post("invoice", body))["code"] == "2210"

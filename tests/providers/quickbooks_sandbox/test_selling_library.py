"""Sales through python-quickbooks, with the values it sends where nobody has set any."""

from __future__ import annotations

from typing import Any

import pytest
from quickbooks import QuickBooks
from quickbooks.objects import (
    CreditMemo,
    Deposit,
    Estimate,
    Invoice,
    Payment,
    PurchaseOrder,
    RefundReceipt,
    SalesReceipt,
    TaxAgency,
    TaxCode,
    TaxRate,
)
from quickbooks.objects.base import EmailAddress, LinkedTxn, Ref
from quickbooks.objects.deposit import DepositLine, DepositLineDetail
from quickbooks.objects.detailline import (
    DiscountLine,
    DiscountLineDetail,
    ItemBasedExpenseLine,
    ItemBasedExpenseLineDetail,
    SalesItemLine,
    SalesItemLineDetail,
)
from quickbooks.objects.payment import PaymentLine
from quickbooks.objects.taxservice import TaxRateDetails, TaxService

from .client import Company, Server, fresh
from .libraries import python_quickbooks
from .selling import customer, item

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def books(sandbox: Server, monkeypatch: pytest.MonkeyPatch) -> QuickBooks:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    return python_quickbooks(sandbox)


def _ref(value: str) -> Ref:
    ref = Ref()
    ref.value = value
    return ref


def _line(product: str, amount: float = 100) -> SalesItemLine:
    line = SalesItemLine()
    line.LineNum, line.Description, line.Amount = 1, "description", amount
    line.SalesItemLineDetail = SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = _ref(product)
    return line


def _form(us: Company, kind: Any, **properties: Any) -> Any:
    made = kind()
    made.CustomerRef = _ref(customer(us)["value"])
    made.Line.append(_line(item(us)))
    for name, value in properties.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize("kind", [Invoice, SalesReceipt, CreditMemo, Estimate, RefundReceipt])
def test_a_form_is_saved_found_changed_and_deleted(us: Company, books: QuickBooks, kind: Any) -> None:
    more = {"DepositToAccountRef": _ref(us.account("1010"))} if kind is RefundReceipt else {}
    saved = _form(us, kind, DocNumber=fresh("D"), **more).save(qb=books)
    found = kind.get(saved.Id, qb=books)
    assert (found.TotalAmt, found.Line[0].Amount, found.Line[0].Description) == (100, 100, "description")
    found.PrivateNote = "seen"
    found.Line.append(_line(item(us), 5))
    changed = found.save(qb=books)
    assert (changed.TotalAmt, changed.PrivateNote) == (105, "seen")
    assert [each.Id for each in kind.filter(DocNumber=changed.DocNumber, qb=books)] == [saved.Id]
    changed.delete(qb=books)
    assert kind.filter(DocNumber=changed.DocNumber, qb=books) == []


def test_an_estimate_takes_off_ten_per_cent(us: Company, books: QuickBooks) -> None:
    discount = DiscountLine()
    discount.Amount = 10
    discount.DiscountLineDetail = DiscountLineDetail()
    discount.DiscountLineDetail.PercentBased, discount.DiscountLineDetail.DiscountPercent = True, 10
    estimate = _form(us, Estimate)
    estimate.Line.append(discount)
    saved = estimate.save(qb=books)
    assert (saved.TotalAmt, saved.Line[2].DiscountLineDetail.DiscountPercent) == (90, 10)


def test_an_invoice_is_paid_deposited_printed_sent_and_voided(us: Company, books: QuickBooks) -> None:
    saved = _form(us, Invoice).save(qb=books)
    payment, line = Payment(), PaymentLine()
    payment.CustomerRef, payment.TotalAmt = saved.CustomerRef, 100
    line.Amount, line.LinkedTxn = 100, [saved.to_linked_txn()]
    payment.Line.append(line)
    paid = payment.save(qb=books)
    assert (paid.UnappliedAmt, Invoice.get(saved.Id, qb=books).Balance) == (0, 0)
    deposit, row = Deposit(), DepositLine()
    link = LinkedTxn()
    link.TxnId, link.TxnType, link.TxnLineId = paid.Id, "Payment", 0
    row.Amount, row.LinkedTxn = 100, [link]
    deposit.DepositToAccountRef, deposit.Line = _ref(us.account("1010")), [row]
    banked = deposit.save(qb=books)
    banked.delete(qb=books)
    Payment.get(paid.Id, qb=books).void(qb=books)
    assert saved.download_pdf(qb=books).startswith(b"%PDF")
    saved.send(qb=books, send_to="x@y.example")
    assert Invoice.get(saved.Id, qb=books).EmailStatus == "EmailSent"
    Invoice.get(saved.Id, qb=books).void(qb=books)
    voided = Invoice.get(saved.Id, qb=books)
    assert (voided.TotalAmt, voided.PrivateNote) == (0, "Voided")


def test_a_deposit_of_other_money(us: Company, books: QuickBooks) -> None:
    deposit, line = Deposit(), DepositLine()
    line.Amount, line.DepositLineDetail = 20, DepositLineDetail()
    line.DepositLineDetail.AccountRef = _ref(us.account("4950"))
    deposit.DepositToAccountRef, deposit.Line = _ref(us.account("1010")), [line]
    assert deposit.save(qb=books).TotalAmt == 20


def test_an_order_of_an_item(us: Company, books: QuickBooks) -> None:
    product = item(us, ExpenseAccountRef=us.ref("6110"))
    order, line = PurchaseOrder(), ItemBasedExpenseLine()
    line.Amount, line.ItemBasedExpenseLineDetail = 30, ItemBasedExpenseLineDetail()
    line.ItemBasedExpenseLineDetail.ItemRef = _ref(product)
    order.VendorRef, order.Line = _ref(us.vendor("Staples")), [line]
    saved = order.save(qb=books)
    assert (saved.TotalAmt, saved.POStatus) == (30, "Open")


def test_taxes_are_made_and_listed(books: QuickBooks) -> None:
    agency = TaxAgency()
    agency.DisplayName = fresh("Agency")
    saved = agency.save(qb=books)
    service, detail = TaxService(), TaxRateDetails()
    service.TaxCode = fresh("Code")
    detail.TaxRateName, detail.RateValue, detail.TaxAgencyId = fresh("Rate"), 10, saved.Id
    service.TaxRateDetails.append(detail)
    made = service.save(qb=books)
    assert made.TaxCode == service.TaxCode
    assert service.TaxCode in [each.Name for each in TaxCode.all(qb=books)]
    assert detail.TaxRateName in [each.Name for each in TaxRate.all(qb=books)]


def test_an_address_to_bill_is_kept(us: Company, books: QuickBooks) -> None:
    email = EmailAddress()
    email.Address = "bill@me.example"
    saved = _form(us, Invoice, BillEmail=email, EmailStatus="NeedToSend").save(qb=books)
    assert Invoice.get(saved.Id, qb=books).BillEmail.Address == "bill@me.example"

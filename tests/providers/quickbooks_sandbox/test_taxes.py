"""Sales tax in the US, and value added tax elsewhere: to the cent, and on the account of its agency."""

from __future__ import annotations

from decimal import Decimal

import pytest

from .client import UK, Company, Json, fresh
from .selling import customer, form, item, off, sold

#: In the order in which a UK company has them.
STANDARD, REDUCED, ZERO, EXEMPT, NO_VAT, REVERSE, SALES_ONLY = (str(number) for number in range(2, 9))


#: Amount, code and gross amount of a line.
Row = tuple[float, str, float | None]


def _code(us: Company, *percents: str) -> str:
    agency = us.create("TaxAgency", {"DisplayName": fresh("Agency")})
    details = [
        {"TaxRateName": fresh("Rate"), "RateValue": percent, "TaxAgencyId": agency["Id"], "TaxApplicableOn": "Sales"}
        for percent in percents
    ]
    answer = us.post("taxservice/taxcode", {"TaxCode": fresh("Code"), "TaxRateDetails": details})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["TaxCodeId"])


def test_the_tax_service_makes_a_code_and_its_rates(us: Company) -> None:
    code = us.read("TaxCode", _code(us, "7.1", "2"))
    rates = [row["TaxRateRef"]["value"] for row in code["SalesTaxRateList"]["TaxRateDetail"]]
    assert [us.read("TaxRate", rate)["RateValue"] for rate in rates] == [7.1, 2]
    assert us.fault(us.post("taxcode", {"Name": "x"}))["code"] == "500"
    assert us.fault(us.post("taxservice/taxcode", {"TaxCode": "x", "TaxRateDetails": []}))["code"] == "2020"


def test_a_us_company_has_two_codes_that_are_words(us: Company) -> None:
    assert us.read("TaxCode", "NON")["Id"] == "NON"
    found = us.query("select * from TaxCode where Id = 'TAX'")["TaxCode"]
    assert [(row["Id"], row["Taxable"]) for row in found] == [("TAX", True)]


@pytest.mark.parametrize(
    ("more", "total", "taxes", "base"),
    [
        ({}, "159.09", ["7.1", "2"], 99.99),
        ({"ApplyTaxAfterDiscount": True}, "158.52", ["6.66", "1.87"], 93.74),
        ({"TotalTax": 5}, "154.99", ["3", "2"], 99.99),
    ],
)
def test_sales_tax_is_reckoned_over_taxed_lines(
    us: Company, more: Json, total: str, taxes: list[str], base: float
) -> None:
    code, product = _code(us, "7.1", "2"), item(us)
    told = {"TxnTaxCodeRef": {"value": code}, **({"TotalTax": more.pop("TotalTax")} if "TotalTax" in more else {})}
    before = us.postings()
    lines = [sold(product, 99.99, "TAX"), sold(product, 60, "NON"), off(amount=10, PercentBased=False)]
    made = form(us, "Invoice", *lines, TxnTaxDetail=told, **more)
    rows = made["TxnTaxDetail"]["TaxLine"]
    assert Decimal(str(made["TotalAmt"])) == Decimal(total)
    assert [Decimal(str(row["Amount"])) for row in rows] == [Decimal(tax) for tax in taxes]
    assert {row["TaxLineDetail"]["NetAmountTaxable"] for row in rows} == {base}
    moved = {name: Decimal(amount) for name, amount in us.moved(before).items()}
    payable = next(name for name in moved if name.endswith("Payable"))
    assert moved[payable] == -sum(Decimal(tax) for tax in taxes)
    assert sum(moved.values()) == 0


@pytest.mark.parametrize(("taxable", "tax"), [(True, 8), (False, 0)])
def test_the_code_of_a_customer_serves_unless_exempt(us: Company, taxable: bool, tax: int) -> None:
    who = customer(us, Taxable=taxable, DefaultTaxCodeRef={"value": _code(us, "8")})
    made = form(us, "SalesReceipt", sold(item(us), 100, "TAX"), CustomerRef=who)
    assert (made["TxnTaxDetail"]["TotalTax"], made["TotalAmt"]) == (tax, 100 + tax)


def test_what_is_only_repeated_of_the_tax_does_not_hold(us: Company) -> None:
    product = item(us)
    made = form(us, "Invoice", sold(product, 100, "TAX"), TxnTaxDetail={"TxnTaxCodeRef": {"value": _code(us, "8")}})
    made["Line"][0]["Amount"] = 200
    assert us.create("Invoice", made)["TxnTaxDetail"]["TotalTax"] == 16


@pytest.mark.parametrize("rated", [True, False])
def test_a_tax_of_the_callers_own_is_kept_by_an_echo(us: Company, rated: bool) -> None:
    code = {"TxnTaxCodeRef": {"value": _code(us, "8", "1")}} if rated else {}
    made = form(us, "Invoice", sold(item(us), 100, "TAX"), TxnTaxDetail={**code, "TotalTax": 5.5})
    again = us.create("Invoice", {**made, "PrivateNote": "seen"})
    assert (again["TxnTaxDetail"], again["TotalAmt"]) == (made["TxnTaxDetail"], 105.5)


@pytest.mark.parametrize(
    ("how", "lines", "nets", "taxes", "total"),
    [
        ("TaxExcluded", [(33.33, STANDARD, None), (10.01, REDUCED, None)], [33.33, 10.01], [6.67, 0.5], 50.51),
        ("TaxInclusive", [(33.33, STANDARD, None), (10.01, REDUCED, None)], [33.33, 10.01], [6.67, 0.5], 50.51),
        ("TaxInclusive", [(1, STANDARD, 40), (1, REDUCED, 10)], [33.33, 9.52], [6.67, 0.48], 50),
        ("TaxInclusive", [(1, STANDARD, 0.99)] * 3, [0.83, 0.83, 0.81], [0.5], 2.97),
        ("TaxExcluded", [(0.99, STANDARD, None)] * 3, [0.99] * 3, [0.59], 3.56),
        ("TaxExcluded", [(50, ZERO, None), (50, NO_VAT, None)], [50, 50], [0], 100),
        ("NotApplicable", [(50, STANDARD, None)], [50], [], 50),
    ],
)
def test_vat_is_rounded_once_for_each_rate(
    uk: Company,
    how: str,
    lines: list[Row],
    nets: list[float],
    taxes: list[float],
    total: float,
) -> None:
    product, before = item(uk), uk.postings()
    rows = [
        sold(product, amount, code, **({"TaxInclusiveAmt": gross} if gross else {})) for amount, code, gross in lines
    ]
    made = form(uk, "Invoice", *rows, GlobalTaxCalculation=how)
    assert [line["Amount"] for line in made["Line"][:-1]] == nets
    assert [row["Amount"] for row in made.get("TxnTaxDetail", {}).get("TaxLine", [])] == taxes
    assert made["TotalAmt"] == total
    moved = {name: Decimal(amount) for name, amount in uk.moved(before).items()}
    assert moved.get("2400", 0) == -sum(Decimal(str(tax)) for tax in taxes)
    assert (moved["1200"], sum(moved.values())) == (Decimal(str(total)), 0)


@pytest.mark.parametrize("how", ["TaxExcluded", "TaxInclusive"])
def test_a_discount_comes_off_before_vat(uk: Company, how: str) -> None:
    product, before = item(uk), uk.postings()
    lines = [sold(product, 33.33, STANDARD), sold(product, 9.52, REDUCED), off(PercentBased=True, DiscountPercent=10)]
    made = form(uk, "Invoice", *lines, GlobalTaxCalculation=how)
    *_, subtotal, discount = (Decimal(str(line["Amount"])) for line in made["Line"])
    tax = Decimal(str(made["TxnTaxDetail"]["TotalTax"]))
    assert Decimal(str(made["TotalAmt"])) == subtotal - discount + tax
    assert sum(Decimal(amount) for amount in uk.moved(before).values()) == 0
    assert _echoes(uk, made)


def _echoes(company: Company, made: Json) -> bool:
    again = company.create("Invoice", made)
    return {**again, "SyncToken": 0, "MetaData": 0} == {**made, "SyncToken": 0, "MetaData": 0}


def _bought(uk: Company, code: str, amount: str = "42.50", **detail: object) -> Json:
    return uk.line(amount, detail={"TaxCodeRef": {"value": code}, **detail})


@pytest.mark.parametrize(
    ("how", "code", "total", "moved"),
    [
        ("TaxExcluded", STANDARD, 51, {"2110": "-51.00", "2400": "8.50", "6110": "42.50"}),
        ("TaxInclusive", STANDARD, 51, {"2110": "-51.00", "2400": "8.50", "6110": "42.50"}),
        ("TaxExcluded", NO_VAT, 42.5, {"2110": "-42.50", "6110": "42.50"}),
        ("TaxExcluded", REVERSE, 42.5, {"2110": "-42.50", "6110": "42.50"}),
        ("NotApplicable", STANDARD, 42.5, {"2110": "-42.50", "6110": "42.50"}),
    ],
)
def test_vat_on_a_purchase_comes_back(uk: Company, how: str, code: str, total: float, moved: Json) -> None:
    before = uk.postings()
    made = uk.create("Purchase", uk.charge(GlobalTaxCalculation=how, Line=[_bought(uk, code)]))
    assert (made["TotalAmt"], uk.moved(before)) == (total, moved)
    refund = uk.charge(GlobalTaxCalculation=how, Line=[_bought(uk, code)], Credit=True)
    uk.create("Purchase", refund)
    assert uk.moved(before) == {}


@pytest.mark.parametrize("kind", ["Bill", "VendorCredit"])
def test_vat_stands_on_bills_and_vendor_credits(uk: Company, kind: str) -> None:
    before = uk.postings()
    body = {"VendorRef": {"value": uk.vendor("Royal Mail")}, "Line": [_bought(uk, REDUCED, "10.01")]}
    made = uk.create(kind, body)
    sign = 1 if kind == "Bill" else -1
    assert (made["TotalAmt"], made["Balance"]) == (10.51, 10.51)
    assert uk.moved(before)["2400"] == f"{sign * 0.5:.2f}"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"GlobalTaxCalculation": "TaxExcluded", "Line": [SALES_ONLY]}, "6000"),
        ({"GlobalTaxCalculation": "TaxExcluded", "Line": ["999"]}, "2500"),
        ({"GlobalTaxCalculation": "NotApplicable", "TxnTaxDetail": {"TotalTax": 3}}, "6170"),
    ],
)
def test_tax_that_cannot_stand_is_refused(uk: Company, changes: Json, code: str) -> None:
    if "Line" in changes:
        changes = {**changes, "Line": [_bought(uk, changes["Line"][0])]}
    assert uk.fault(uk.post("purchase", uk.charge(**changes)))["code"] == code


def test_an_amount_that_is_told_for_a_rate_holds(uk: Company) -> None:
    detail = {"TaxRateRef": {"value": "1"}}
    told = {"TaxLine": [{"Amount": 6.66, "DetailType": "TaxLineDetail", "TaxLineDetail": detail}]}
    made = form(uk, "Invoice", sold(item(uk), 33.33, STANDARD), GlobalTaxCalculation="TaxExcluded", TxnTaxDetail=told)
    assert (made["TxnTaxDetail"]["TotalTax"], made["TotalAmt"]) == (6.66, 39.99)


def test_the_uk_company_keeps_its_codes(uk: Company) -> None:
    found = {row["Id"]: row["Name"] for row in uk.query("select * from TaxCode")["TaxCode"]}
    assert (uk.realm, found[STANDARD], found[NO_VAT]) == (UK, "20.0% S", "No VAT")


def test_tax_in_another_currency_squares_at_home(uk: Company) -> None:
    uk.server.control(f"companies/{uk.realm}/preferences", {"MultiCurrencyEnabled": True})
    euro = {"CustomerRef": customer(uk, CurrencyRef={"value": "EUR"}), "CurrencyRef": {"value": "EUR"}}
    product, before = item(uk), uk.postings()
    lines = [sold(product, amount, STANDARD) for amount in (33.33, 0.07, 19.99)]
    off_ = off(PercentBased=True, DiscountPercent=7)
    made = form(uk, "Invoice", *lines, off_, **euro, ExchangeRate=0.87123, GlobalTaxCalculation="TaxExcluded")
    assert made["HomeTotalAmt"] == float(round(Decimal(str(made["TotalAmt"])) * Decimal("0.87123"), 2))
    assert sum(Decimal(amount) for amount in uk.moved(before).values()) == 0

"""What the tax on a document comes to, to the cent: each rate is rounded once, over all the lines it falls on (§9.6).

Outside the US a line carries a code, and the code its rates for sales and for purchases. The amount of a line is net
also where GlobalTaxCalculation says TaxInclusive: the gross amount stands in TaxInclusiveAmt, and governs where it is
sent. In the US a line is TAX or NON, and one code for the whole document says what TAX means.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from ..books.books import Books
from ..books.journal import Posting
from ..books.record import Record
from ..model.money import cents, from_units, spelled_short, to_units
from ..wire.json import Json
from . import own_accounts, tax, tax_lists, transactions

_HUNDRED = Decimal(100)


class Rate(NamedTuple):
    id: str
    percent: Decimal


class Line(NamedTuple):
    """A line on its way, and the detail in which its code stands."""

    whole: Json
    detail: Json


class Share(NamedTuple):
    """What falls under one rate."""

    rate: Rate
    base: int
    tax: int


def divide(books: Books, body: Json, rows: list[Line], side: str) -> None:
    """Where tax is included, puts on each line what is net of it, and its gross amount beside."""
    if body.get("GlobalTaxCalculation") == "TaxInclusive":
        for code, group in _by_code(rows).items():
            _divide(rates_of(books, code, side), group)


def settle(
    books: Books, body: Json, rows: list[Line], side: str, *, before: Record | None = None, discount: int = 0
) -> int:
    """Puts TxnTaxDetail into the body; answers what the tax adds, in units. Amounts on the lines are net by now."""
    told = _told(body, before)
    body.pop("TxnTaxDetail", None)
    if books.company.country == "US":
        return _sales_tax(books, body, rows, told, discount) if side == tax.SALES else 0
    if body["GlobalTaxCalculation"] == "NotApplicable":
        return 0
    inclusive = body["GlobalTaxCalculation"] == "TaxInclusive"
    groups = [(rates_of(books, code, side), each) for code, each in _by_code(rows).items()]
    shares = _from_gross(groups, discount) if inclusive else _from_net(groups, discount)
    return _shown(body, _overruled(shares, told), {})


def rates_of(books: Books, code: str, side: str) -> list[Rate]:
    record = books.find("TaxCode", int(code)) if code else None
    details = record.body[f"{side}TaxRateList"]["TaxRateDetail"] if record else []
    numbers = [detail["TaxRateRef"]["value"] for detail in details]
    found = ((number, books.find("TaxRate", int(number))) for number in numbers)
    return [Rate(number, Decimal(rate.body["RateValue"])) for number, rate in found if rate is not None]


class Told(NamedTuple):
    """What the caller says of the tax."""

    code: Json | None
    total: int
    #: By rate.
    amounts: dict[str, int]
    #: Where it only repeats an earlier answer: what that tax fell on. It holds as long as this stays the same.
    bases: dict[str, int] | None

    def of(self, share: Share) -> int:
        held = self.bases is None or self.bases.get(share.rate.id) == share.base
        return self.amounts.get(share.rate.id, share.tax) if held else share.tax


def _told(body: Json, before: Record | None) -> Told:
    detail: Json = body.get("TxnTaxDetail", {})
    earlier: Json = before.body.get("TxnTaxDetail", {}) if before else {}
    total, amounts = to_units(detail.get("TotalTax", 0)), _by_rate(detail, "Amount")
    repeats = before is not None and (total, amounts) == (
        to_units(earlier.get("TotalTax", 0)),
        _by_rate(earlier, "Amount"),
    )
    bases = _by_rate(earlier, "NetAmountTaxable") if repeats else None
    return Told(detail.get("TxnTaxCodeRef"), 0 if repeats and amounts else total, amounts, bases)


def _by_rate(detail: Json, name: str) -> dict[str, int]:
    found = {}
    for row in detail.get("TaxLine", ()):
        inner = row.get("TaxLineDetail", {})
        value = {**inner, **row}.get(name)
        if "TaxRateRef" in inner and value is not None:
            found[inner["TaxRateRef"]["value"]] = to_units(value)
    return found


def _by_code(rows: Iterable[Line]) -> dict[str, list[Line]]:
    groups: dict[str, list[Line]] = defaultdict(list)
    for row in rows:
        groups[row.detail.get("TaxCodeRef", {}).get("value", "")].append(row)
    return groups


Groups = list[tuple[list[Rate], list[Line]]]


def _net(rows: Iterable[Line]) -> int:
    return sum(to_units(row.whole["Amount"]) for row in rows)


def _from_net(groups: Groups, discount: int) -> list[Share]:
    reduced = _less(discount, [_net(rows) for _, rows in groups])
    bases: dict[Rate, int] = defaultdict(int)
    for (rates, _), base in zip(groups, reduced, strict=True):
        for rate in rates:
            bases[rate] += base
    return [Share(rate, base, _part(base, rate.percent, _HUNDRED)) for rate, base in bases.items()]


def _from_gross(groups: Groups, discount: int) -> list[Share]:
    """What the gross amounts come to after the discount stays; the taxes are what it is more than the net amounts."""
    nets = [_net(rows) for _, rows in groups]
    shares: list[Share] = []
    for (rates, rows), net, base in zip(groups, nets, _less(discount, nets), strict=True):
        gross = sum(to_units(row.detail["TaxInclusiveAmt"]) for row in rows)
        shares += _split(rates, _part(gross, Decimal(base), Decimal(net)) if net else gross, base)
    return _merged(shares)


def _gross_of(row: Line, factor: Decimal) -> int:
    sent = row.detail.get("TaxInclusiveAmt")
    return to_units(sent) if sent else _part(to_units(row.whole["Amount"]), factor, _HUNDRED)


def _divide(rates: list[Rate], rows: list[Line]) -> None:
    """The gross amounts stay; the rest of a cent is on the last line."""
    factor = _HUNDRED + sum(rate.percent for rate in rates)
    gross = [_gross_of(row, factor) for row in rows]
    taxes = sum(_part(sum(gross), rate.percent, factor) for rate in rates)
    left = sum(gross) - taxes
    for at, (row, amount) in enumerate(zip(rows, gross, strict=True), 1):
        net = left if at == len(rows) else _part(amount, _HUNDRED, factor)
        left -= net
        row.detail["TaxInclusiveAmt"] = from_units(amount)
        if to_units(row.whole["Amount"]) != net:
            row.whole["Amount"] = from_units(net)
            _reprice(row)


def _reprice(row: Line) -> None:
    if row.detail.get("Qty") and "UnitPrice" in row.detail:
        price = Decimal(row.whole["Amount"]) / Decimal(row.detail["Qty"])
        row.detail["UnitPrice"] = spelled_short(price)


def _split(rates: list[Rate], whole: int, base: int) -> list[Share]:
    factor = _HUNDRED + sum(rate.percent for rate in rates)
    left, shares = whole - base, []
    for at, rate in enumerate(rates, 1):
        due = left if at == len(rates) else _part(whole, rate.percent, factor)
        left -= due
        shares.append(Share(rate, base, due))
    return shares


def _merged(shares: list[Share]) -> list[Share]:
    sums: dict[Rate, list[int]] = {}
    for share in shares:
        row = sums.setdefault(share.rate, [0, 0])
        row[0] += share.base
        row[1] += share.tax
    return [Share(rate, base, due) for rate, (base, due) in sums.items()]


def _part(units: int, numerator: Decimal, denominator: Decimal) -> int:
    """So much of it, to the cent."""
    return cents(from_units(units) * numerator / denominator)


def _less(discount: int, amounts: list[int]) -> list[int]:
    """Each amount less its part of a discount on all of them."""
    total, left, reduced = sum(amounts), discount, []
    for at, amount in enumerate(amounts, 1):
        off = left if at == len(amounts) else _part(discount, Decimal(amount), Decimal(total)) if total else 0
        left -= off
        reduced.append(amount - off)
    return reduced


def _sales_tax(books: Books, body: Json, rows: list[Line], told: Told, discount: int) -> int:
    taxed = [row for row in rows if row.detail["TaxCodeRef"]["value"] == "TAX"]
    base = _net(taxed)
    if discount and body.get("ApplyTaxAfterDiscount") and taxed:
        base -= _part(discount, Decimal(base), Decimal(_net(rows)))
    code = _code(books, body, told)
    if code:
        books.resolve(code, "TaxCode", field_name="TxnTaxCodeRef")
    rates = rates_of(books, code["value"], tax.SALES) if code and taxed else []
    shares = [Share(rate, base, _part(base, rate.percent, _HUNDRED)) for rate in rates]
    return _shown(body, _overruled(shares, told), {"TxnTaxCodeRef": code} if code else {}, told.total)


def _code(books: Books, body: Json, told: Told) -> Json | None:
    """A word says whether there is tax, not which: public clients send the first code that they find."""
    word = told.code["value"] if told.code else "TAX"
    if word == "NON":
        return None
    return _usual_code(books, body) if word in tax_lists.WORDS else told.code


def _usual_code(books: Books, body: Json) -> Json | None:
    """The code of the customer, who must not be exempt; where the company leaves it to QuickBooks, its own (§9.2)."""
    customer = books.find("Customer", int(body["CustomerRef"]["value"])) if "CustomerRef" in body else None
    if customer is not None and customer.body.get("Taxable") is False:
        return None
    own = customer.body.get("DefaultTaxCodeRef") if customer else None
    if own and own["value"] not in ("TAX", "NON"):
        return {"value": own["value"]}
    automated = books.preference("TaxPrefs", "PartnerTaxEnabled")
    return books.preference("TaxPrefs", "TaxGroupCodeRef") if automated else None


def _overruled(shares: list[Share], told: Told) -> list[Share]:
    """Amounts that the caller gives for single rates, or for the whole, hold."""
    shares = [share._replace(tax=told.of(share)) for share in shares]
    if told.total and shares:
        off = told.total - sum(share.tax for share in shares)
        shares[0] = shares[0]._replace(tax=shares[0].tax + off)
    return shares


def _shown(body: Json, shares: list[Share], code: Json, otherwise: int = 0) -> int:
    total = sum(share.tax for share in shares) if shares else otherwise
    detail = {**code, "TotalTax": from_units(total)}
    body["TxnTaxDetail"] = {**detail, "TaxLine": [_line(share) for share in shares]} if shares else detail
    return total


def _line(share: Share) -> Json:
    percent = share.rate.percent
    detail = {
        "TaxRateRef": {"value": share.rate.id},
        "PercentBased": True,
        "TaxPercent": int(percent) if percent == int(percent) else percent,
        "NetAmountTaxable": from_units(share.base),
    }
    return {"Amount": from_units(share.tax), "DetailType": "TaxLineDetail", "TaxLineDetail": detail}


def postings(books: Books, body: Json, side: str, sign: int) -> list[Posting]:
    """The tax of a document on the accounts of its agencies; on sales it is owed, on purchases it comes back."""
    detail = body.get("TxnTaxDetail", {})
    rows = [
        (_account(books, row["TaxLineDetail"]["TaxRateRef"]["value"], side), row["Amount"])
        for row in detail.get("TaxLine", ())
    ]
    if not rows and detail.get("TotalTax"):
        rows = [(str(own_accounts.get(books, own_accounts.SALES_TAX).id), detail["TotalTax"])]
    return [transactions.posting(body, account, sign * to_units(amount)) for account, amount in rows if amount]


def _account(books: Books, rate: str, side: str) -> str:
    found = books.find("TaxRate", int(rate))
    assert found is not None, "a rate is never removed"
    agency = books.find("TaxAgency", int(found.body["AgencyRef"]["value"]))
    assert agency is not None, "an agency is never removed"
    name = "TaxTrackedOnSalesAccountRef" if side == tax.SALES else "TaxOnPurchasesAccountRef"
    return str(agency.body[name]["value"])

"""One row's values in our fields, or every reason why it has none."""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from ledger.domain.documents import DocumentKind
from ledger.domain.money import Money, NotMoney, UnknownCurrency, parse_amount
from ledger.imports.amounts import Convention, Figure, NotAnAmount, read_figure
from ledger.imports.currencies import currency_told, may_mean
from ledger.imports.dates import Moment, NotADate, read_date
from ledger.imports.fields import LABELS, LONGEST, LONGEST_TAG, Field
from ledger.imports.kinds import contradiction, doubtful_refund, is_statement_payment, kind_of, unknown_kind
from ledger.imports.matching import Matching
from ledger.imports.rows import Row
from ledger.imports.sides import Side, side_of
from ledger.imports.standings import why_not_yet
from ledger.imports.totals import is_total

# Line ends, tabs and other control characters, which names and descriptions do not have.
CONTROLS = dict.fromkeys([*range(32), *range(127, 160), 8232, 8233], " ")
PAID_FIELDS = (Field.AMOUNT, Field.CHARGE, Field.REFUND)
NO_MONEY = Money(0, "USD")


@dataclass(frozen=True, slots=True)
class TransactionValues:
    """A card movement as the file tells it: what the card owes grows by an amount above zero."""

    dated: date
    at: time | None
    merchant: str
    amount: Decimal
    currency: str
    card: str
    kind: DocumentKind = DocumentKind.CHARGE
    external_id: str = ""
    original_amount: Decimal | None = None
    original_currency: str = ""
    category: str = ""
    category_code: str = ""
    department: str = ""
    memo: str = ""
    merchant_category_code: str = ""
    refund_of: str = ""
    approved_by: str = ""
    # Name of the column, and what it says.
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class VendorValues:
    name: str
    external_id: str = ""
    email: str = ""
    phone: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row is refused; no field where it is the row as a whole."""

    field: Field | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Refused:
    reasons: tuple[Reason, ...]
    # What it would have been, where that can be read.
    money: Money | None = None


def read_transaction(
    row: Row, columns: tuple[str, ...], matching: Matching, home: str = ""
) -> TransactionValues | Refused:
    """`home` is the currency of the entity, which says whose “$” it is."""
    if fault := _fault(row, columns):
        return fault
    if is_total(row.cells):
        return Refused((Reason(None, "It is a line of totals, not a transaction."),))
    draft = _Draft(row.cells, matching, matching.defaults.get(Field.CURRENCY) or home)
    draft.refuse_unless_moved()
    moment = draft.moment()
    money = draft.amount()
    original = draft.original(money)
    values = TransactionValues(
        dated=moment.day,
        at=moment.at,
        merchant=draft.required(Field.MERCHANT),
        amount=money.amount,
        currency=money.currency,
        card=draft.required(Field.CARD),
        kind=draft.kind(money),
        external_id=draft.text(Field.EXTERNAL_ID),
        original_amount=original.amount if original else None,
        original_currency=original.currency if original else "",
        category=draft.text(Field.CATEGORY),
        category_code=draft.text(Field.CATEGORY_CODE),
        department=draft.text(Field.DEPARTMENT),
        memo=draft.text(Field.MEMO),
        merchant_category_code=draft.merchant_category_code(),
        refund_of=draft.text(Field.REFUND_OF),
        approved_by=draft.text(Field.APPROVED_BY),
        tags=draft.tags(columns),
    )
    return Refused(tuple(draft.reasons), None if money is NO_MONEY else money) if draft.reasons else values


def read_vendor(row: Row, columns: tuple[str, ...], matching: Matching) -> VendorValues | Refused:
    if fault := _fault(row, columns):
        return fault
    draft = _Draft(row.cells, matching)
    values = VendorValues(
        name=draft.required(Field.NAME),
        external_id=draft.text(Field.EXTERNAL_ID),
        email=draft.email(),
        phone=draft.text(Field.PHONE),
        currency=draft.currency(Field.CURRENCY),
    )
    return Refused(tuple(draft.reasons)) if draft.reasons else values


def _fault(row: Row, columns: tuple[str, ...]) -> Refused | None:
    """Whatever the columns mean. Two exports in one file have their header twice, which is no vendor called “Name”."""
    if row.fault:
        return Refused((Reason(None, row.fault),))
    if row.cells[: len(columns)] == [*columns]:
        return Refused((Reason(None, "It repeats the names of the columns."),))
    return None


class _Draft:
    """Reads field by field and gathers what is wrong, so that a person mends a row in one go.

    What is wrong is replaced by something harmless: with a reason on the list, the values are thrown away.
    """

    def __init__(self, cells: list[str], matching: Matching, home: str = "") -> None:
        self.reasons: list[Reason] = []
        self._cells = cells
        self._matching = matching
        self._home = home

    def refuse(self, field: Field, sentence: str) -> None:
        self.reasons.append(Reason(field, sentence))

    def refuse_unless_moved(self) -> None:
        if sentence := why_not_yet(self._raw(Field.STATUS)):
            self.refuse(Field.STATUS, sentence)

    def text(self, field: Field) -> str:
        text = self._raw(field)
        if not text.isprintable():
            text = text.translate(CONTROLS).strip()
        longest = LONGEST.get(field)
        if longest is not None and len(text) > longest:
            self.refuse(field, f"{LABELS[field]} is longer than {longest:,} characters.")
        return text

    def required(self, field: Field) -> str:
        text = self.text(field)
        if not text:
            self.refuse(field, f"{LABELS[field]} is empty.")
        return text

    def moment(self) -> Moment:
        text = self._raw(Field.DATE)
        try:
            return read_date(text, self._matching.dates)
        except NotADate as problem:
            self.refuse(Field.DATE, str(problem) if text else "Date is empty.")
            return Moment(date.min)

    def amount(self) -> Money:
        """Of one signed column, or of two of which one is filled."""
        told = len(self.reasons)
        figures = {field: figure for field in PAID_FIELDS if (figure := self._figure(field))}
        # Many write 0.00 into the column of the two that is not meant.
        moved = {field: figure for field, figure in figures.items() if figure.number} or dict([*figures.items()][:1])
        if len(moved) > 1:
            self.refuse(Field.AMOUNT, "Both a charged and a refunded amount are filled; a row is one of them.")
        elif not moved and len(self.reasons) == told:
            self.refuse(Field.AMOUNT, "Amount is empty.")
        if len(self.reasons) > told:
            return NO_MONEY
        ((field, figure),) = moved.items()
        number = self._signed(field, figure)
        if number is None:
            return NO_MONEY
        return self._money(field, number, self._currency_of(figure, Field.CURRENCY), Field.CURRENCY)

    def _signed(self, field: Field, figure: Figure) -> Decimal | None:
        if Field.SIDE not in self._matching.columns:
            return figure.signed(self._matching.format_of(field).convention)
        text = self._raw(Field.SIDE)
        if self._tells_side_by_kind:
            side = _side_of_kind(text)
        elif (side := side_of(text)) is None:
            told = f"“{text[:20]}” is neither debit nor credit." if text else f"{LABELS[Field.SIDE]} is empty."
            self.refuse(Field.SIDE, told)
        if side is None:
            return None
        convention = self._matching.format_of(field).convention
        signed = figure.signed(convention)
        is_signed = bool(figure.side) or figure.number < 0 or convention is Convention.CHARGES_NEGATIVE
        if is_signed and signed and (signed > 0) is not (side is Side.DEBIT):
            self.refuse(field, "The sign of the amount and the column that says debit or credit contradict each other.")
            return None
        return abs(figure.number) if side is Side.DEBIT else -abs(figure.number)

    @property
    def _tells_side_by_kind(self) -> bool:
        columns = self._matching.columns
        return columns[Field.SIDE] == columns.get(Field.KIND)

    def kind(self, money: Money) -> DocumentKind:
        """As the column says it, if the amount goes the same way; by the sign where there is none."""
        if Field.KIND not in self._matching.columns:
            return self._kind_by_sign(money)
        text = self._raw(Field.KIND)
        kind = kind_of(text)
        trouble = contradiction(text, kind, money.minor) if kind else unknown_kind(text)
        if trouble:
            self.refuse(Field.KIND, trouble)
        return kind or DocumentKind.CHARGE

    def _kind_by_sign(self, money: Money) -> DocumentKind:
        if money.minor >= 0:
            return DocumentKind.CHARGE
        merchant = self._raw(Field.MERCHANT)
        if is_statement_payment(merchant):
            self.refuse(Field.MERCHANT, doubtful_refund(merchant))
        return DocumentKind.REFUND

    def original(self, money: Money) -> Money | None:
        """In the currency of the purchase. What was billed says which way it went; many write it without a sign."""
        told = len(self.reasons)
        figure = self._figure(Field.ORIGINAL_AMOUNT)
        currency = self._currency_of(figure, Field.ORIGINAL_CURRENCY) if figure else ""
        if figure is None or len(self.reasons) > told or money is NO_MONEY:
            return None
        number = abs(figure.number) * (-1 if money.minor < 0 else 1)
        if currency:
            return self._money(Field.ORIGINAL_AMOUNT, number, currency, Field.ORIGINAL_CURRENCY)
        if number != money.amount:
            self.refuse(
                Field.ORIGINAL_CURRENCY,
                "The original amount differs from the amount, and nothing says its currency. "
                "Choose the column with the original currency, or leave the original amount out.",
            )
        return None

    def currency(self, field: Field) -> str:
        text = self._raw(field)
        currency = currency_told(text, self._home) if text else ""
        if currency is None or (text and not currency):
            trouble = "is no currency" if currency is None else "can be several currencies"
            self.refuse(field, f"“{text[:20]}” {trouble}. Write its three letters, such as USD.")
        return currency or ""

    def email(self) -> str:
        text = self.text(Field.EMAIL)
        if text and ("@" not in text.strip("@") or " " in text):
            self.refuse(Field.EMAIL, f"“{text[:80]}” is not an email address.")
        return text

    def merchant_category_code(self) -> str:
        """Four digits. Spreadsheets drop zeros in front of a number."""
        text = self._raw(Field.MERCHANT_CATEGORY_CODE)
        if text and not (text.isascii() and text.isdigit() and len(text) <= 4):
            self.refuse(Field.MERCHANT_CATEGORY_CODE, f"“{text[:20]}” is not a merchant category code of four digits.")
        return text.zfill(4) if text else ""

    def tags(self, columns: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        found = ((columns[column], self._cells[column].translate(CONTROLS).strip()) for column in self._matching.tags)
        tags = tuple((name, text) for name, text in found if text)
        for name, text in tags:
            if len(text) > LONGEST_TAG:
                self.reasons.append(Reason(None, f"{name} is longer than {LONGEST_TAG} characters."))
        return tags

    def _raw(self, field: Field) -> str:
        column = self._matching.columns.get(field)
        text = self._cells[column].strip() if column is not None else ""
        return text or self._matching.defaults.get(field, "")

    def _figure(self, field: Field) -> Figure | None:
        text = self._raw(field)
        if not text:
            return None
        try:
            return read_figure(text, self._matching.format_of(field).mark)
        except NotAnAmount as problem:
            self.refuse(field, str(problem))
            return None

    def _currency_of(self, figure: Figure, field: Field) -> str:
        """Of the currency's column, or beside the figure; both may say it, but not differently."""
        currency = self.currency(field)
        if figure.currency and currency and figure.currency != currency:
            self.refuse(field, f"The amount is written in {figure.currency}, but its currency is {currency}.")
        elif figure.vague and currency and not may_mean(figure.vague, currency):
            self.refuse(field, f"The amount is written with “{figure.vague}”, but its currency is {currency}.")
        home = self._home if field is Field.CURRENCY and may_mean(figure.vague, self._home) else ""
        return figure.currency or currency or home

    def _money(self, field: Field, number: Decimal, currency: str, currency_field: Field) -> Money:
        if not currency:
            if not any(reason.field is currency_field for reason in self.reasons):
                self.refuse(currency_field, f"{LABELS[currency_field]} is empty.")
            return NO_MONEY
        try:
            return parse_amount(format(number, "f"), currency)
        except UnknownCurrency as problem:
            self.refuse(currency_field, str(problem))
        except NotMoney as problem:
            self.refuse(field, str(problem))
        return NO_MONEY


def _side_of_kind(text: str) -> Side | None:
    """One column may say both: a fee is a debit of the card, a payment of its statement a credit."""
    kind = kind_of(text)
    if kind is None:
        return None
    return Side.DEBIT if kind.sign > 0 else Side.CREDIT

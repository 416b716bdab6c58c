"""The shape in which card transactions come in, and what each becomes for the intake. Nothing is decided here."""

from typing import Any

from rest_framework.exceptions import ValidationError

from ledger.api.fields import (
    OPTIONAL,
    AmountField,
    CategoryCodeField,
    CountryField,
    CurrencyField,
    ExternalIdField,
    MomentField,
    PlainCharField,
    StrictSerializer,
    TextMapField,
    WordField,
    optional_text,
)
from ledger.domain.documents import ON_CARDS, DocumentKind, Stage
from ledger.domain.lines import IncomingLine
from ledger.domain.money import Money, NotMoney, UnknownCurrency, parse_amount
from ledger.domain.transactions import IncomingTransaction

# The API's words for kinds, which carry the sign: amounts are above zero, whatever they do to the card.
KINDS = {kind.value.removeprefix("card_"): kind for kind in ON_CARDS}
# A message of the API tells the whole transaction.
TOLD = IncomingTransaction.__dataclass_fields__.keys() - {"untold", "is_day_only"}
# For the contract, which names what stands in several places.
KIND_CHOICES, STAGE_CHOICES = list(KINDS), [stage.value for stage in Stage]
MOST_LINES = 100
MOST_CUSTOM_FIELDS = 20
MOST_TAGS = 20


class LineSerializer(StrictSerializer):
    """One part of a split transaction."""

    amount = AmountField(max_length=24, help_text="Above zero; the lines add up to the whole.")
    category = optional_text(100)
    department = optional_text(100)
    memo = optional_text(1000)
    tags = TextMapField(MOST_TAGS, 100, help_text="Tag by tag group.")


class IncomingSerializer(StrictSerializer):
    """One card transaction, whole: what is left out is empty from then on."""

    external_id = ExternalIdField(
        help_text="Your own name for it: up to 64 of A-Z a-z 0-9 . _ : -. The same again adds nothing; the same with "
        "other values changes it.",
    )
    kind = WordField(choices=list(KINDS), default="charge")
    stage = WordField(
        choices=[stage.value for stage in Stage],
        default=Stage.CLEARED.value,
        help_text="pending until the issuer has cleared it; only what has cleared is posted, and what is reversed is "
        "taken out of the books again.",
    )
    card = PlainCharField(max_length=64, help_text="The issuer's name of the card.")
    amount = AmountField(max_length=24, help_text='Decimal text as billed, above zero for each kind, such as "12.30".')
    currency = CurrencyField(help_text="ISO 4217, in capitals.")
    original_amount = AmountField(
        max_length=24, **OPTIONAL, help_text="As the merchant charged it, where that was in another currency."
    )
    original_currency = CurrencyField(**OPTIONAL)
    merchant_name = PlainCharField(max_length=200)
    merchant_category_code = CategoryCodeField(**OPTIONAL)
    merchant_city = optional_text(100)
    merchant_country = CountryField(**OPTIONAL)
    authorised_at = MomentField(required=False, allow_null=True, default=None)
    cleared_at = MomentField(
        required=False,
        allow_null=True,
        default=None,
        help_text="With its offset from UTC, such as 2026-11-19T10:40:58-05:00.",
    )
    refund_of = ExternalIdField(**OPTIONAL, help_text="external_id of the charge, known or to come.")
    bank_account = optional_text(64, help_text="From which a statement payment was made.")
    vendor = optional_text(200)
    category = optional_text(100)
    department = optional_text(100)
    memo = optional_text(1000)
    tags = TextMapField(MOST_TAGS, 100, help_text="Tag by tag group.")
    custom_fields = TextMapField(MOST_CUSTOM_FIELDS, 200, help_text="Your own fields: text by name.")
    lines = LineSerializer(many=True, required=False, max_length=MOST_LINES)  # type: ignore[call-arg]
    approved_by = optional_text(200)
    approved_at = MomentField(required=False, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        kind = KINDS[attrs.pop("kind")]
        currency = attrs.pop("currency")
        money = money_in("amount", attrs.pop("amount"), currency, kind)
        given = attrs.pop("lines", [])
        lines = tuple(line_in(number, line, currency, kind) for number, line in enumerate(given, start=1))
        return {
            **attrs,
            "kind": kind,
            "stage": Stage(attrs["stage"]),
            "money": money,
            "original": _original(attrs.pop("original_amount"), attrs.pop("original_currency"), kind),
            "lines": lines,
            "custom": attrs.pop("custom_fields"),
        }


def incoming_of(checked: dict[str, Any]) -> IncomingTransaction:
    return IncomingTransaction(**{name: checked[name] for name in TOLD})


def money_in(name: str, text: str, currency: str, kind: DocumentKind) -> Money:
    try:
        money = parse_amount(text, currency)
    except UnknownCurrency as problem:
        raise ValidationError({name.replace("amount", "currency"): [str(problem)]}) from problem
    except NotMoney as problem:
        raise ValidationError({name: [str(problem)]}) from problem
    if money.minor <= 0:
        raise ValidationError({name: ["An amount is above zero; the kind says which way it goes."]})
    return Money(money.minor * kind.sign, currency)


def _original(amount: str, currency: str, kind: DocumentKind) -> Money | None:
    if not amount and not currency:
        return None
    return money_in("original_amount", amount, currency, kind)


def line_in(number: int, given: dict[str, Any], currency: str, kind: DocumentKind) -> IncomingLine:
    try:
        money = money_in("amount", given["amount"], currency, kind)
    except ValidationError as problem:
        sentences = [f"Line {number}: {sentence}" for sentence in problem.detail.get("amount", [])]  # type: ignore[union-attr]
        raise ValidationError({"lines": sentences}) from problem
    return IncomingLine(money, given["category"], given["department"], given["memo"], given["tags"])

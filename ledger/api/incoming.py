"""The shape in which card transactions come in, and what each becomes for the intake. Nothing is decided here."""

import re
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from ledger.api.fields import MomentField, PatternField, PlainCharField, TextMapField
from ledger.domain.money import Money, NotMoney, UnknownCurrency, parse_amount
from ledger.domain.transactions import DocumentKind, IncomingLine, IncomingTransaction, Stage

EXTERNAL_ID = re.compile(r"[A-Za-z0-9._:\-]{1,64}")
CATEGORY_CODE = re.compile(r"[0-9]{4}")
COUNTRY = re.compile(r"[A-Z]{2}")
# The API's words for kinds, which carry the sign: amounts are above zero, whatever they do to the card.
KINDS = {kind.value.removeprefix("card_"): kind for kind in DocumentKind}
MOST_LINES = 100
MOST_CUSTOM_FIELDS = 20
MOST_TAGS = 20


def optional_text(length: int, **options: Any) -> PlainCharField:
    return PlainCharField(max_length=length, required=False, allow_blank=True, default="", **options)


class LineSerializer(serializers.Serializer[IncomingLine]):
    """One part of a split transaction."""

    amount = PlainCharField(max_length=24, help_text="Above zero; the lines add up to the whole.")
    category = optional_text(100)
    department = optional_text(100)
    memo = optional_text(1000)
    tags = TextMapField(MOST_TAGS, 100, help_text="Tag by tag group.")


class IncomingSerializer(serializers.Serializer[IncomingTransaction]):
    """One card transaction, whole: what is left out is empty from then on."""

    external_id = PatternField(
        EXTERNAL_ID,
        help_text="Your own name for it: up to 64 of A-Z a-z 0-9 . _ : -. The same again adds nothing; the same with "
        "other values changes it.",
    )
    kind = serializers.ChoiceField(choices=list(KINDS), default="charge")
    stage = serializers.ChoiceField(
        choices=[stage.value for stage in Stage],
        default=Stage.CLEARED.value,
        help_text="pending until the issuer has cleared it; only what has cleared is posted, and what is reversed is "
        "taken out of the books again.",
    )
    card = PlainCharField(max_length=64, help_text="The issuer's name of the card.")
    amount = PlainCharField(
        max_length=24, help_text='Decimal text as billed, above zero for each kind, such as "12.30".'
    )
    currency = PlainCharField(min_length=3, max_length=3, help_text="ISO 4217, in capitals.")
    original_amount = optional_text(24, help_text="As the merchant charged it, where that was in another currency.")
    original_currency = optional_text(3)
    merchant_name = PlainCharField(max_length=200)
    merchant_category_code = PatternField(CATEGORY_CODE, required=False, allow_blank=True, default="")
    merchant_city = optional_text(100)
    merchant_country = PatternField(
        COUNTRY, required=False, allow_blank=True, default="", help_text="ISO 3166: US, GB."
    )
    authorised_at = MomentField(required=False, allow_null=True, default=None)
    cleared_at = MomentField(
        required=False,
        allow_null=True,
        default=None,
        help_text="With its offset from UTC, such as 2026-11-19T10:40:58-05:00.",
    )
    refund_of = PatternField(
        EXTERNAL_ID,
        required=False,
        allow_blank=True,
        default="",
        help_text="external_id of the charge, known or to come.",
    )
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
        money = _money("amount", attrs.pop("amount"), currency, kind)
        given = attrs.pop("lines", [])
        lines = tuple(_line(number, line, currency, kind) for number, line in enumerate(given, start=1))
        return {
            **attrs,
            "kind": kind,
            "stage": Stage(attrs["stage"]),
            "money": money,
            "original": _original(attrs.pop("original_amount"), attrs.pop("original_currency"), kind),
            "lines": lines,
            "custom": attrs.pop("custom_fields"),
        }

    def incoming(self) -> IncomingTransaction:
        names = IncomingTransaction.__dataclass_fields__
        return IncomingTransaction(**{name: self.validated_data[name] for name in names})


def _money(name: str, text: str, currency: str, kind: DocumentKind) -> Money:
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
    return _money("original_amount", amount, currency, kind)


def _line(number: int, given: dict[str, Any], currency: str, kind: DocumentKind) -> IncomingLine:
    try:
        money = _money("amount", given["amount"], currency, kind)
    except ValidationError as problem:
        sentences = [f"Line {number}: {sentence}" for sentence in problem.detail.get("amount", [])]  # type: ignore[union-attr]
        raise ValidationError({"lines": sentences}) from problem
    return IncomingLine(money, given["category"], given["department"], given["memo"], given["tags"])

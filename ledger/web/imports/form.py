"""The choice of columns as a form: what was guessed, chosen or posted, and what is still asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from django.http import QueryDict

from ledger.imports.amounts import Convention, DecimalMark
from ledger.imports.dates import DateOrder, example_of
from ledger.imports.fields import LABELS, MONEY_FIELDS, Field
from ledger.imports.guessing import Formats
from ledger.imports.layouts import Layout
from ledger.imports.matching import Matching
from ledger.imports.our_columns import OUR_COLUMNS
from ledger.imports.rechoosing import told_anew
from ledger.imports.suggestions import Suggestion
from ledger.models import Import, ImportKind
from ledger.services.imports import gaps

# As a bookkeeper looks for them; what every row must have comes first.
TRANSACTIONS = (
    *(Field.DATE, Field.MERCHANT, Field.AMOUNT, Field.SIDE, Field.CHARGE, Field.REFUND, Field.CURRENCY, Field.CARD),
    *(Field.KIND, Field.STATUS, Field.EXTERNAL_ID, Field.CATEGORY, Field.CATEGORY_CODE, Field.DEPARTMENT, Field.MEMO),
    *(Field.ORIGINAL_AMOUNT, Field.ORIGINAL_CURRENCY, Field.MERCHANT_CATEGORY_CODE, Field.REFUND_OF),
    Field.APPROVED_BY,
)
VENDORS = (Field.NAME, Field.EXTERNAL_ID, Field.EMAIL, Field.PHONE, Field.CURRENCY)

NOTES = {
    Field.SIDE: "Where a column beside the amount says it: D or C, Sale or Return.",
    Field.KIND: "Sale, Return, Fee, Payment: where the file says it. Else the sign does.",
    Field.STATUS: "What is pending or was declined is refused.",
    Field.CHARGE: "Where charges and refunds stand in two columns.",
    Field.REFUND: "Where charges and refunds stand in two columns.",
    Field.EXTERNAL_ID: "By it a row is known again. Without one, a row is known by what it says.",
    Field.CARD: "Its id, its number, or the last four digits.",
    Field.CATEGORY_CODE: "Your own number for the category.",
    Field.REFUND_OF: "The id of the charge that a refund refunds.",
}
MARKS = {DecimalMark.POINT: "1,234.56", DecimalMark.COMMA: "1.234,56"}
SIGNS = {Convention.REFUNDS_NEGATIVE: "Minus is a refund", Convention.CHARGES_NEGATIVE: "Minus is a charge"}
LONGEST_OPTION = 80
WHOLE_NUMBER = 12
SURE_TAGS = 12

Choice = TypeVar("Choice", DateOrder, DecimalMark, Convention)


@dataclass(slots=True)
class ColumnForm:
    kind: ImportKind
    columns: tuple[str, ...]
    suggestion: Suggestion
    matching: Matching
    make_missing: bool
    # What a person has said by this form, other than what it showed them.
    said: frozenset[str] = frozenset()
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def standing(cls, job: Import) -> "ColumnForm":
        """As it was last left, or as guessed."""
        suggestion = Suggestion.from_json(job.suggestion)
        matching = Matching.from_json(job.matching) if job.matching else suggestion.matching
        columns = Layout.from_json(job.layout).columns
        return cls(ImportKind(job.kind), columns, suggestion, matching, job.make_missing)

    def posted(self, data: QueryDict) -> "ColumnForm":
        """What does not make sense is left as it was."""
        chosen = {name: _place(data.get(f"column_{name}", ""), self.columns) for name in self.fields}
        tags = {place for text in data.getlist("tag") if (place := _place(text, self.columns)) is not None}
        matching = replace(
            self.matching,
            columns={name: place for name, place in chosen.items() if place is not None},
            tags=tuple(sorted(tags)),
            defaults={},
        )
        if currency := data.get("currency", "").strip().upper()[:3]:
            matching = matching.with_default(Field.CURRENCY, currency)
        if card := _card(data.get("card", "")):
            matching = matching.with_default(Field.CARD, card)
        if dates := _one_of(DateOrder, data.get("dates", "")):
            matching = replace(matching, dates=dates)
        mark, sign = _one_of(DecimalMark, data.get("mark", "")), _one_of(Convention, data.get("sign", ""))
        shown = self._shown()
        answered = frozenset(name for name in ("dates", "mark", "sign") if data.get(name))
        return replace(
            self,
            matching=matching.with_money(mark, sign),
            make_missing=data.get("make_missing") == "on",
            said=frozenset(name for name in answered if data.get(name) != shown[name]),
            suggestion=self.suggestion.answered(answered),
        )

    def told_anew(self, before: "ColumnForm", formats: Formats) -> "ColumnForm":
        """By the values of the columns that are other ones than before."""
        suggestion, matching = told_anew(self.suggestion, before.matching, self.matching, formats, self.said)
        return replace(self, suggestion=suggestion, matching=matching)

    @property
    def fields(self) -> tuple[Field, ...]:
        return VENDORS if self.kind is ImportKind.VENDORS else TRANSACTIONS

    @property
    def is_complete(self) -> bool:
        return not self.problems()

    def problems(self) -> dict[str, str]:
        """By the name of the control."""
        missing = {f"column_{name}": sentence for name, sentence in gaps(self.kind, self.matching).items()}
        return missing | {name: sentence for name, sentence in self._unclear().items() if sentence}

    def _unclear(self) -> dict[str, str]:
        """What two people would read differently is asked, never guessed in silence."""
        unclear = self.suggestion
        date, amount = unclear.unclear_date, unclear.unclear_amount
        negative = f"{unclear.negative:,} of {unclear.amounts:,} amounts are negative. Say what a minus means."
        has_sign = Field.AMOUNT in self.matching.columns and Field.SIDE not in self.matching.columns
        has_money = any(name in self.matching.columns for name in MONEY_FIELDS)
        return {
            "dates": f"“{date}” can be two days. Say which." if date and Field.DATE in self.matching.columns else "",
            "mark": f"“{amount}” can be two amounts. Say which." if amount and has_money else "",
            "sign": negative if unclear.is_sign_unclear and has_sign else "",
        }

    def context(self, first_row: list[str], errors: Mapping[str, str]) -> dict[str, Any]:
        shown = self._shown()
        return {
            "fields": [self._field(name, first_row, errors) for name in self.fields],
            "dates": _select("dates", self._days(first_row), shown["dates"], errors),
            "mark": _select("mark", MARKS, shown["mark"], errors),
            "sign": _select("sign", SIGNS, shown["sign"], errors),
            "card": {"value": self.matching.defaults.get(Field.CARD, "")},
            "currency": {"value": self.matching.defaults.get(Field.CURRENCY, "")},
            "asks_formats": self.kind is ImportKind.TRANSACTIONS,
            "tags": self._tags(first_row),
            "make_missing": self.make_missing,
        }

    def _shown(self) -> dict[str, str]:
        """How values are written; empty where somebody must still say it."""
        unclear, amounts = self._unclear(), [*self.matching.amounts.values()]
        sign = self.matching.amounts.get(Field.AMOUNT)
        return {
            "dates": "" if unclear["dates"] else self.matching.dates,
            "mark": "" if unclear["mark"] or not amounts else amounts[0].mark,
            "sign": "" if unclear["sign"] or not sign else sign.convention,
        }

    def _days(self, first_row: list[str]) -> dict[DateOrder, str]:
        """Parted as the file does it."""
        place = self.matching.columns.get(Field.DATE, len(first_row))
        written = first_row[place] if place < len(first_row) else ""
        return {order: example_of(order, written) for order in DateOrder}

    def _field(self, name: Field, first_row: list[str], errors: Mapping[str, str]) -> dict[str, Any]:
        place = self.matching.columns.get(name)
        is_as_guessed = place is not None and place == self.suggestion.matching.columns.get(name)
        return {
            "name": f"column_{name}",
            "label": LABELS[name],
            "chosen": place,
            "example": first_row[place] if place is not None and place < len(first_row) else "",
            "note": self.suggestion.basis.get(name, "") if is_as_guessed else NOTES.get(name, ""),
            "error": errors.get(f"column_{name}", ""),
        }

    def options(self) -> list[dict[str, Any]]:
        return [
            {"place": place, "name": name[:LONGEST_OPTION]}
            for place, name in enumerate(self.columns)
            if name not in OUR_COLUMNS
        ]

    def _tags(self, first_row: list[str]) -> dict[str, Any]:
        """Those that were ticked are in sight; the others fold away where there are many."""
        if self.kind is ImportKind.VENDORS:
            return {}
        taken = set(self.matching.columns.values()) - set(self.matching.tags)
        ticks = [
            {"place": place, "name": name[:LONGEST_OPTION], "ticked": place in self.matching.tags}
            for place, name in enumerate(self.columns)
            if place not in taken and name not in OUR_COLUMNS
        ]
        shown = [tick for tick in ticks if tick["ticked"]] if len(ticks) > SURE_TAGS else ticks
        return {"shown": shown, "more": [tick for tick in ticks if tick not in shown]}


def _one_of(choices: type[Choice], text: str) -> Choice | None:
    return next((choice for choice in choices if choice == text), None)


def _card(text: str) -> str:
    """Of a whole number only what is printed on receipts is kept."""
    digits = "".join(sign for sign in text if sign.isdigit())
    return digits[-4:] if len(digits) >= WHOLE_NUMBER else text.replace("\0", "").strip()[:LONGEST_OPTION]


def _place(text: str, columns: tuple[str, ...]) -> int | None:
    is_place = text.isascii() and text.isdigit() and len(text) < 5 and int(text) < len(columns)
    return int(text) if is_place else None


def _select(name: str, choices: Mapping[Any, str], chosen: str, errors: Mapping[str, str]) -> dict[str, Any]:
    options = [{"value": str(value), "label": label} for value, label in choices.items()]
    return {
        "name": name,
        "value": str(chosen),
        "options": [{"label": "", "options": options}],
        "error": errors.get(name, ""),
        "help": "",
    }

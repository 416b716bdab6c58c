"""The form in which a bill is made and changed, and what it becomes for the intake. Nothing is decided here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from ledger.domain.bills import IncomingBill
from ledger.domain.documents import BILLS, DocumentKind, Stage
from ledger.domain.lines import IncomingLine
from ledger.domain.money import Money, NotMoney, parse_amount
from ledger.models import Bill, Category, Department, DocumentLine, Entity
from ledger.models.bills import LONGEST_NUMBER
from ledger.web.bills.once import name_of

FIRST_LINES = 3
MOST_LINES = 100
WORDS = {
    DocumentKind.BILL: "A bill, owed to a vendor",
    DocumentKind.REIMBURSEMENT: "A reimbursement, owed to a cardholder",
    DocumentKind.VENDOR_CREDIT: "A credit, owed to us",
}


class BillForm(forms.Form):
    kind = forms.ChoiceField(label="What it is", choices=[(kind.value, WORDS[kind]) for kind in BILLS])
    entity = forms.ChoiceField(label="Whose")
    vendor = forms.CharField(label="Vendor", max_length=200, widget=forms.TextInput(attrs={"list": "vendors"}))
    add_vendor = forms.BooleanField(label="Add this vendor", required=False)
    number = forms.CharField(label="Vendor’s number", max_length=LONGEST_NUMBER, required=False)
    another = forms.BooleanField(label="It is another one with the same number", required=False)
    dated = forms.DateField(label="Date on it", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    due_on = forms.DateField(
        label="Due", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    terms = forms.CharField(label="Terms", max_length=40, required=False)
    currency = forms.CharField(label="Currency", max_length=3, required=False)
    memo = forms.CharField(label="Memo", max_length=1000, required=False)
    once = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.entities = {str(entity.pk): entity for entity in Entity.objects.order_by("name")}
        self.fields["entity"].choices = [(key, entity.name) for key, entity in self.entities.items()]  # type: ignore[attr-defined]

    @property
    def owner(self) -> Entity:
        return self.entities[self.cleaned_data["entity"]]

    @property
    def money_of(self) -> str:
        return self.cleaned_data["currency"].upper() or self.owner.currency


class LineForm(forms.Form):
    what = forms.CharField(label="What", max_length=1000, required=False)
    category = forms.ChoiceField(label="Category", required=False)
    department = forms.ChoiceField(label="Department", required=False)
    amount = forms.CharField(label="Amount", max_length=24, required=False)
    # The place of the line that it was, whose tags it keeps.
    was = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, names: "Names", **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["category"].choices = [("", "No category"), *names.categories]  # type: ignore[attr-defined]
        self.fields["department"].choices = [("", "–"), *names.departments]  # type: ignore[attr-defined]

    @property
    def is_empty(self) -> bool:
        return not self.cleaned_data.get("amount") and not self.cleaned_data.get("what")


@dataclass(frozen=True, slots=True)
class Names:
    """What a line can be given, read once for all of them."""

    categories: list[tuple[str, str]]
    departments: list[tuple[str, str]]

    @classmethod
    def read(cls) -> "Names":
        return cls(
            [(name, name) for name in Category.objects.order_by("name").values_list("name", flat=True)],
            [(name, name) for name in Department.objects.order_by("name").values_list("name", flat=True)],
        )


def lines_form(data: Any = None, initial: Sequence[dict[str, Any]] = (), *, extra: int = 0) -> "BaseFormSet[LineForm]":
    formset = formset_factory(LineForm, extra=extra, max_num=MOST_LINES, validate_max=True)
    return formset(
        data,
        initial=list(initial) or None,
        prefix="line",
        form_kwargs={"names": Names.read()},
        error_messages={"too_many_forms": f"A bill has at most {MOST_LINES} lines."},
    )


def initial_of(row: Bill) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    document = row.document
    header = {
        "kind": document.kind,
        "entity": str(document.entity_id),
        "vendor": row.vendor.name,
        "number": row.number,
        "dated": document.dated,
        "due_on": row.due_on,
        "terms": row.terms,
        "currency": document.currency,
        "memo": row.memo,
    }
    return header, [_initial_line(line, document.currency) for line in document.lines.all()]


def _initial_line(line: DocumentLine, currency: str) -> dict[str, Any]:
    return {
        "what": line.memo,
        "category": line.category.name if line.category else "",
        "department": line.department.name if line.department else "",
        "amount": str(Money(abs(line.amount_minor), currency).amount),
        "was": line.position,
    }


def parts_of(header: BillForm, lines: "BaseFormSet[LineForm]", row: Bill | None) -> tuple[IncomingLine, ...] | None:
    """None where a line cannot be read; its error stands at it."""
    kind, tags = DocumentKind(header.cleaned_data["kind"]), _tags_by_place(row)
    told = [_line(form, header.money_of, kind, tags) for form in lines.forms if not form.is_empty]
    parts = tuple(line for line in told if line is not None)
    return parts if len(parts) == len(told) else None


def bill_of(header: BillForm, parts: tuple[IncomingLine, ...], row: Bill | None, stage: Stage) -> IncomingBill:
    """What the form does not ask stays as it is."""
    kind = DocumentKind(header.cleaned_data["kind"])
    bill = IncomingBill(
        external_id=row.document.external_id if row else name_of(header.cleaned_data["once"]),
        entity=header.owner.name,
        vendor=header.cleaned_data["vendor"],
        money=Money(sum(line.money.minor for line in parts), header.money_of),
        dated=header.cleaned_data["dated"],
        lines=parts,
        kind=kind,
        stage=stage,
        due_on=_due(header.cleaned_data["due_on"], kind),
        number=header.cleaned_data["number"],
        terms=header.cleaned_data["terms"],
        memo=header.cleaned_data["memo"],
    )
    if row is None:
        return bill
    return replace(bill, custom=row.custom, approved_by=row.approved_by, approved_at=row.approved_at)


def _due(due: date | None, kind: DocumentKind) -> date | None:
    return None if kind is DocumentKind.VENDOR_CREDIT else due


def _tags_by_place(row: Bill | None) -> dict[int, dict[str, str]]:
    if row is None:
        return {}
    uses = list(row.document.tag_uses.all())
    return {
        line.position: {use.group.name: use.tag.name for use in uses if use.line_id == line.pk}
        for line in row.document.lines.all()
    }


def _line(form: LineForm, currency: str, kind: DocumentKind, tags: dict[int, dict[str, str]]) -> IncomingLine | None:
    told = form.cleaned_data
    try:
        money = parse_amount(told["amount"].replace(",", "").strip(), currency)
    except NotMoney as problem:
        form.add_error("amount", str(problem))
        return None
    if money.minor <= 0:
        form.add_error("amount", "Above zero; a credit is a document of its own.")
        return None
    return IncomingLine(
        Money(money.minor * kind.sign, currency),
        told["category"],
        told["department"],
        told["what"],
        tags.get(told["was"] or 0, {}),
    )

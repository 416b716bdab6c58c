"""What the names in a list of documents stand for: read once for all of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from django.db.models import QuerySet

from ledger.domain.bills import IncomingBill
from ledger.domain.lines import IncomingLine
from ledger.domain.transactions import IncomingTransaction
from ledger.models import BankAccount, Card, Category, Department, Tag, Vendor

Owned = TypeVar("Owned", Card, BankAccount)
Named = TypeVar("Named", Category, Department)


@dataclass(frozen=True, slots=True)
class Names:
    cards: dict[str, Card]
    bank_accounts: dict[str, BankAccount]
    categories: dict[str, Category]
    departments: dict[str, Department]
    vendors: dict[str, Vendor]
    tags: dict[tuple[str, str], Tag]

    def vendor(self, name: str) -> Vendor | None:
        return self.vendors.get(name.casefold())

    def tags_of(self, given: Mapping[str, str]) -> list[Tag]:
        return [self.tags[pair] for pair in given.items()]


def read_names(incoming: Sequence[IncomingTransaction]) -> Names:
    parts = list(chain.from_iterable(_parts(one) for one in incoming))
    cards, bank_accounts = (one.card for one in incoming), (one.bank_account for one in incoming)
    return _names(parts, _vendors_of(incoming), cards_named(cards), bank_accounts_named(bank_accounts))


def read_names_of_bills(incoming: Sequence[IncomingBill]) -> Names:
    return _names([line for one in incoming for line in one.lines], _vendors_of(incoming), {}, {})


def cards_named(external_ids: Iterable[str]) -> dict[str, Card]:
    return _by_external_id(Card.objects.select_related("entity"), external_ids)


def bank_accounts_named(external_ids: Iterable[str]) -> dict[str, BankAccount]:
    return _by_external_id(BankAccount.objects.all(), external_ids)


def _vendors_of(incoming: Sequence[IncomingTransaction | IncomingBill]) -> set[str]:
    return {one.vendor.casefold() for one in incoming if one.vendor}


def _names(
    parts: Sequence[IncomingTransaction | IncomingLine],
    vendors: set[str],
    cards: dict[str, Card],
    bank_accounts: dict[str, BankAccount],
) -> Names:
    groups = {group for part in parts for group in part.tags}
    return Names(
        cards=cards,
        bank_accounts=bank_accounts,
        categories=_by_name(Category.objects.all(), (part.category for part in parts)),
        departments=_by_name(Department.objects.all(), (part.department for part in parts)),
        vendors=_vendors(vendors),
        tags=_tags(groups) if groups else {},
    )


def unknown_names(one: IncomingTransaction, names: Names) -> Iterator[tuple[str, str]]:
    """The field and the sentence for each name that stands for nothing."""
    if one.card not in names.cards:
        yield "card", f"There is no card “{one.card}”."
    if one.bank_account and one.bank_account not in names.bank_accounts:
        yield "bank_account", f"There is no bank account “{one.bank_account}”."
    if one.vendor and names.vendor(one.vendor) is None:
        yield "vendor", f"There is no vendor “{one.vendor}”."
    yield from _unknown_in_part(one, names)
    yield from unknown_in_lines(one.lines, names)


def unknown_in_lines(lines: Sequence[IncomingLine], names: Names) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(lines, start=1):
        yield from (("lines", f"Line {number}: {sentence}") for _, sentence in _unknown_in_part(line, names))


def _unknown_in_part(part: IncomingTransaction | IncomingLine, names: Names) -> Iterator[tuple[str, str]]:
    if part.category and part.category not in names.categories:
        yield "category", f"There is no category “{part.category}”."
    if part.department and part.department not in names.departments:
        yield "department", f"There is no department “{part.department}”."
    for group, tag in part.tags.items():
        if (group, tag) not in names.tags:
            yield "tags", f"There is no tag “{tag}” in a group “{group}”."


def _parts(one: IncomingTransaction) -> list[IncomingTransaction | IncomingLine]:
    return [one, *one.lines]


def _by_external_id(rows: QuerySet[Owned], wanted: Iterable[str]) -> dict[str, Owned]:
    names = {name for name in wanted if name}
    return {row.external_id: row for row in rows.filter(external_id__in=names)} if names else {}


def _by_name(rows: QuerySet[Named], wanted: Iterable[str]) -> dict[str, Named]:
    names = {name for name in wanted if name}
    return {row.name: row for row in rows.filter(name__in=names)} if names else {}


def _vendors(keys: set[str]) -> dict[str, Vendor]:
    return {row.name_key: row for row in Vendor.objects.filter(name_key__in=keys)} if keys else {}


def _tags(groups: set[str]) -> dict[tuple[str, str], Tag]:
    rows = Tag.objects.select_related("group").filter(group__name__in=groups)
    return {(row.group.name, row.name): row for row in rows}

"""Rows that tell vendors."""

from collections.abc import Iterable, Sequence

from django.db.models import Q

from ledger.imports.fields import Field
from ledger.imports.layouts import Layout
from ledger.imports.matching import Matching
from ledger.imports.rows import Row
from ledger.imports.values import Refused, VendorValues, read_vendor
from ledger.models import Vendor
from ledger.models.directory import VENDORS
from ledger.services.directory import Entered, enter
from ledger.services.imports.outcomes import Outcome, Taken
from ledger.services.results import Result

# What the ledger keeps of a vendor. A file that has no column for one of them leaves it as it is.
KEPT = (Field.EMAIL, Field.PHONE, Field.CURRENCY)
LONGEST_PHONE = 30


class VendorTaker:
    def __init__(self, *, layout: Layout, matching: Matching) -> None:
        self._layout = layout
        self._matching = matching

    def take(self, rows: Sequence[Row]) -> Taken:
        read = [self._read(row) for row in rows]
        good = {place: told for place, told in enumerate(read) if isinstance(told, VendorValues)}
        known = _Known(good.values())
        told = [self._entry(one, known.find(one)) for one in good.values()]
        entered = dict(zip(good, enter(noun=VENDORS, told=told) if told else (), strict=True))
        return Taken([self._outcome(row, read[place], entered.get(place)) for place, row in enumerate(rows)])

    def _read(self, row: Row) -> VendorValues | tuple[str, ...]:
        told = read_vendor(row, self._layout.columns, self._matching)
        if isinstance(told, Refused):
            return tuple(reason.sentence for reason in told.reasons)
        if len(told.phone) > LONGEST_PHONE:
            return (f"Phone is longer than {LONGEST_PHONE} characters.",)
        return told

    def _entry(self, one: VendorValues, known: Vendor | None) -> dict[str, str]:
        entry = {"external_id": one.external_id, "name": one.name}
        for field in KEPT:
            is_told = field in self._matching.columns or known is None
            entry[field] = getattr(one if is_told else known, field)
        return entry

    def _outcome(self, row: Row, read: VendorValues | tuple[str, ...], entered: Entered | None) -> Outcome:
        if entered is None or isinstance(read, tuple):
            return Outcome(row, Result.REFUSED, read if isinstance(read, tuple) else ())
        sentences = tuple(sentence for errors in entered.errors.values() for sentence in errors)
        return Outcome(row, entered.result, sentences, told=read)


class _Known:
    """Vendors on record under these ids and names."""

    def __init__(self, told: Iterable[VendorValues]) -> None:
        ids, names = {one.external_id for one in told} - {""}, {one.name.casefold() for one in told}
        rows = list(Vendor.objects.filter(Q(external_id__in=ids) | Q(name_key__in=names)))
        self._by_id = {row.external_id: row for row in rows if row.external_id}
        self._by_name = {row.name_key: row for row in rows}

    def find(self, one: VendorValues) -> Vendor | None:
        return self._by_id.get(one.external_id) or self._by_name.get(one.name.casefold())

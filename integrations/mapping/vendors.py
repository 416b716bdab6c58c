"""Which vendor of the books a document names, in which currency they keep them, and whom they lack. Pure."""

from collections.abc import Iterator

from integrations.mapping.coding import Mapping, Vendor, version_of
from integrations.mapping.currencies import currency_of, is_foreign, is_possible
from integrations.mapping.facts import Facts
from integrations.mapping.reasons import Reason, ReasonCode

TWIN_NAME = 90


def vendor_name(facts: Facts) -> str:
    """Whom the books shall know it by: our vendor's name, or the merchant's, in single blanks."""
    return " ".join(facts.payee.split())


def vendor_of(facts: Facts, mapping: Mapping) -> tuple[Vendor | None, str]:
    """The vendor, or nobody, and why."""
    if facts.vendor and (vendor := mapping.vendors.get(facts.vendor.id)):
        return _mapped_vendor(facts, vendor, mapping)
    name = vendor_name(facts)
    written = mapping.known_as.get(name.casefold(), name)
    known = mapping.vendors_by_name.get(name.casefold()) or mapping.vendors_by_name.get(written.casefold())
    if known and _fits(facts, known, mapping):
        return known, _found(known, name)
    if not written:
        return None, f"The books cannot write {name or 'an empty name'}."
    if known or is_foreign(facts, mapping):
        return _vendor_by_currency(facts, written, known, mapping)
    if mapping.create_vendors:
        return Vendor("", written), f"The books had no vendor named {written}, so it is made."
    return None, f"No vendor in the books is named {name}."


def _mapped_vendor(facts: Facts, vendor: Vendor, mapping: Mapping) -> tuple[Vendor | None, str]:
    """What a person chose stays chosen: in another currency it is a reason, unless there is one of its name in this."""
    assert facts.vendor is not None
    if _fits(facts, vendor, mapping):
        return vendor, f"Vendor {facts.vendor.name} is mapped to {vendor.name} ({version_of(mapping)})."
    twin, why = _vendor_by_currency(facts, vendor.name, vendor, mapping)
    return (twin, why) if twin else (vendor, "")


def _vendor_by_currency(facts: Facts, name: str, known: Vendor | None, mapping: Mapping) -> tuple[Vendor | None, str]:
    """A vendor has one currency; one who is paid in two stands in the books twice, as “Name” and “Name (EUR)”."""
    currency = facts.money.currency
    wanted = in_currency(name, currency)
    kept = f"Vendor {known.name} is kept in {currency_of(known, mapping)}" if known else f"It is paid in {currency}"
    twin = mapping.vendors_by_name.get(wanted.casefold())
    if twin and _fits(facts, twin, mapping):
        return twin, f"{kept}, {twin.name} in {currency}."
    if mapping.create_vendors:
        return Vendor("", wanted, currency=currency), f"{kept}, so {wanted} is made."
    return None, f"{kept}, and there is no vendor named {wanted}."


def in_currency(name: str, currency: str) -> str:
    """What a vendor's twin in another currency is called; shortened, so that no platform cuts the currency off."""
    return f"{name[:TWIN_NAME]} ({currency})"


def _fits(facts: Facts, vendor: Vendor, mapping: Mapping) -> bool:
    """Where the books cannot hold the currency at all, that is no matter of the vendor."""
    return not is_possible(facts, mapping) or currency_of(vendor, mapping) == facts.money.currency


def _found(vendor: Vendor, name: str) -> str:
    found = f"The books have a vendor named {vendor.name}"
    found += ", which FlexSync made" if vendor.ours else ""
    return f"{found}." if vendor.name.casefold() == name.casefold() else f"{found}; {name} is written so there."


def unusable(facts: Facts, vendor: Vendor | None, mapping: Mapping) -> Iterator[Reason]:
    if vendor and vendor.external_id and not _fits(facts, vendor, mapping):
        differ = f"the {facts.kind.word} is in {facts.money.currency}, vendor {vendor.name} in"
        yield Reason(ReasonCode.VENDOR_CURRENCY, f"{differ} {currency_of(vendor, mapping)}")
    if vendor and not vendor.active:
        yield Reason(ReasonCode.VALUE_INACTIVE, f"Vendor {vendor.name}")
    if vendor and not vendor.external_id and (refusal := mapping.refused_vendors.get(vendor.name.casefold())):
        yield Reason(ReasonCode.VENDOR_REFUSED, f"{vendor.name}. {refusal}")

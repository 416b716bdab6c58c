"""To which account a line is booked by its category. Pure."""

from integrations.mapping.coding import Found, Mapping, version_of
from integrations.mapping.facts import LineFacts
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.mapping.slots import MappingSlot


def of_category(line: LineFacts, mapping: Mapping) -> Found | None:
    """The account to which its category is mapped, if it is."""
    account = mapping.account(MappingSlot.CATEGORY, line.category) if line.category else None
    if account is None or line.category is None:
        return None
    return account, f"Category {line.category.name} is mapped to it ({version_of(mapping)})."


def by_category(line: LineFacts, mapping: Mapping) -> Found:
    """Of its category, or the default, or why there is none."""
    return of_category(line, mapping) or _default(line, mapping)


def _default(line: LineFacts, mapping: Mapping) -> Found:
    account = mapping.account(MappingSlot.DEFAULT)
    if line.category:
        why = f"Category {line.category.name} has no account; the default applies ({version_of(mapping)})."
        return account or Reason(ReasonCode.NO_ACCOUNT_FOR_CATEGORY, line.category.name), why
    why = f"It has no category; the default applies ({version_of(mapping)})."
    return account or Reason(ReasonCode.NO_ACCOUNT_WITHOUT_CATEGORY), why

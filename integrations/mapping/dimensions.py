"""Which values of the books' dimensions a document carries: its tags say, then its department. Pure."""

from collections.abc import Iterable, Sequence

from integrations.mapping.coding import Account, Mapping
from integrations.mapping.facts import LineFacts
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.mapping.slots import MappingSlot
from integrations.providers.documents import Dimension, DimensionLevel


def line_values(line: LineFacts, mapping: Mapping) -> dict[str, Account]:
    return _values(line, (one for one in mapping.dimensions if one.level is DimensionLevel.LINE), mapping)


def _values(line: LineFacts, dimensions: Iterable[Dimension], mapping: Mapping) -> dict[str, Account]:
    return {one.key: value for one in dimensions if (value := _value(line, one, mapping))}


def _value(line: LineFacts, dimension: Dimension, mapping: Mapping) -> Account | None:
    """A tag was chosen for this very charge, a department comes with the person; so tags go first."""
    for tag in line.tags:
        if value := mapping.values.get((dimension.key, MappingSlot.TAG, tag.id)):
            return value
    if line.department is None:
        return None
    return mapping.values.get((dimension.key, MappingSlot.DEPARTMENT, line.department.id))


def header_values(lines: Sequence[LineFacts], mapping: Mapping) -> tuple[dict[str, Account], list[Reason]]:
    """One value for the whole document; lines that disagree are a reason, for the books could say only one of them."""
    header, reasons = {}, []
    for dimension in mapping.dimensions:
        if dimension.level is not DimensionLevel.HEADER:
            continue
        values = dict.fromkeys(value for line in lines if (value := _value(line, dimension, mapping)))
        if len(values) > 1:
            reasons.append(Reason(ReasonCode.SPLIT_OVER_SEVERAL, dimension.label))
        elif values:
            header[dimension.key] = next(iter(values))
    return header, reasons

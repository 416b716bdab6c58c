"""The company itself: one object, changed but never made (§9.1)."""

from __future__ import annotations

from ..model.entity import COMMON, Entity, texts

COMPANY_INFO = Entity(
    name="CompanyInfo",
    family="CompanyInfo",
    fields=(),
    searchable={**COMMON, **texts("CompanyName", "LegalName", "Country")},
    single=True,
)

"""What the company has chosen: one object, changed but never made (§9.2)."""

from __future__ import annotations

from ..model.entity import COMMON, Entity

PREFERENCES = Entity(name="Preferences", family="Preferences", fields=(), searchable=COMMON, single=True)

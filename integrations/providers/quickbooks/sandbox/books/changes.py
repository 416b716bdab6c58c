"""What every write passes: webhooks and the audit log are told of it inside its own transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .record import Record

if TYPE_CHECKING:
    from .books import Books


@dataclass(frozen=True)
class Change:
    #: In the words of webhooks (§7): Create, Update, Delete, Merge, Void, Emailed.
    operation: str
    #: As it stands now; of what was deleted, as it stood last.
    record: Record
    before: Record | None = None
    #: Id of what a merge took in.
    absorbed: int | None = None


#: What a watcher writes is taken back with the change, where a refusal takes that back.
Watcher = Callable[["Books", Change], None]

"""Words by which a transaction is found. The database keeps them (ledger migration 0008); nobody else writes."""

from typing import Any

from django.db import models
from django.db.models.sql.compiler import SQLCompiler

from ledger.models.transactions import CardTransaction
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel


class SearchWord(TenantModel):
    """One word of a transaction's merchant, city or memo, in lower case.

    Under row-level security only leakproof operators reach an index, and LIKE is none; `^@` (begins with) is.
    """

    transaction = models.ForeignKey(
        CardTransaction, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    word = models.CharField(max_length=200)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="transaction", name="ledger_searchword_transaction_fk"),
            models.UniqueConstraint(fields=["tenant", "word", "transaction"], name="ledger_searchword_by_word"),
        ]
        indexes = [models.Index(fields=["tenant", "transaction", "word"], name="ledger_searchword_by_row")]


@models.CharField.register_lookup
class Begins(models.Lookup):  # type: ignore[type-arg]  # generic in the stubs only
    """`word__begins="coff"`: PostgreSQL's leakproof `^@`."""

    lookup_name = "begins"

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} ^@ {right}", [*left_params, *right_params]

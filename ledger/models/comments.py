"""What people say to each other about a document."""

from django.db import models

from ledger.models.documents import SourceDocument
from ledger.models.tenants import User
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel

LONGEST_COMMENT = 2000


class Comment(TenantModel):
    document = models.ForeignKey(
        SourceDocument, on_delete=models.CASCADE, related_name="comments", db_constraint=False, db_index=False
    )
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    author_name = models.CharField(max_length=200)
    text = models.CharField(max_length=LONGEST_COMMENT)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="document", name="ledger_comment_document_fk"),
            models.CheckConstraint(condition=~models.Q(text=""), name="ledger_comment_not_empty"),
        ]
        indexes = [models.Index(fields=["tenant", "document", "id"], name="ledger_comment_document")]

"""How a document stands with those who must approve it, as the API shows it."""

from typing import Any

from rest_framework import serializers

from ledger.domain.approvals import Standing
from ledger.selectors.approvals import Approved


class ApprovalSerializer(serializers.Serializer[Any]):
    """Whether somebody here must approve it, who has, and for whom it waits."""

    standing = serializers.ChoiceField(choices=[standing.value for standing in Standing])
    waits_for = serializers.CharField(allow_blank=True)
    said_by = serializers.ListField(child=serializers.CharField(), help_text="Who approved, or declined, it.")
    said_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField(allow_blank=True, help_text="Why it was declined.")


def approval_shown(said: Approved) -> dict[str, Any]:
    return {
        "standing": said.standing.value,
        "waits_for": said.waits_for,
        "said_by": list(said.said_by),
        "said_at": said.said_at,
        "note": said.note,
    }

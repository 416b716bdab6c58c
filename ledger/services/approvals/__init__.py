"""Asking for approvals, and what the approvers say."""

from ledger.services.approvals.asking import Told, ask
from ledger.services.approvals.deciding import Said, decide
from ledger.services.approvals.policies import save_policy
from ledger.services.approvals.reminding import remind, tenants_with_approvals

__all__ = ["Said", "Told", "ask", "decide", "remind", "save_policy", "tenants_with_approvals"]

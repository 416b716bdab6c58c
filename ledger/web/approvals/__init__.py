"""The pages of approvals: what waits for whom, and who must approve what."""

from ledger.web.approvals.inbox import approval_list, decide_approvals
from ledger.web.approvals.policies import edit_policy, policy_list

__all__ = ["approval_list", "decide_approvals", "edit_policy", "policy_list"]

"""Bills, reimbursements and credits: the list, one of them, making and changing it, and paying it."""

from ledger.web.bills.detail import bill_detail
from ledger.web.bills.edit import edit_bill, new_bill, submit_bill, void_bill
from ledger.web.bills.listing import bill_list
from ledger.web.bills.paying import pay_bill, payment_detail, void_payment

__all__ = [
    "bill_detail",
    "bill_list",
    "edit_bill",
    "new_bill",
    "pay_bill",
    "payment_detail",
    "submit_bill",
    "void_bill",
    "void_payment",
]

"""Card transactions: the list, what is done with several at once, its export, and one with both its sides."""

from ledger.web.documents.decide import decide_on_several
from ledger.web.documents.there import transaction_there
from ledger.web.transactions.detail import transaction_detail
from ledger.web.transactions.export import export_transactions
from ledger.web.transactions.listing import transaction_list

__all__ = ["decide_on_several", "export_transactions", "transaction_detail", "transaction_list", "transaction_there"]

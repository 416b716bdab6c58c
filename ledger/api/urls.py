from django.urls import path

from ledger.api import bills, directory
from ledger.api.receipts import ReceiptsView, ReceiptView
from ledger.api.sync import SyncView
from ledger.api.transactions import CardTransactionsView, CardTransactionView

urlpatterns = [
    path("card-transactions", CardTransactionsView.as_view(), name="api_card_transactions"),
    path("card-transactions/<uuid:public_id>", CardTransactionView.as_view(), name="api_card_transaction"),
    path("card-transactions/<str:external_id>/receipts", ReceiptsView.as_view(), name="api_receipts"),
    path("card-transactions/<str:external_id>/receipts/<uuid:public_id>", ReceiptView.as_view(), name="api_receipt"),
    path("bills", bills.BillsView.as_view(), name="api_bills"),
    path("bills/<uuid:public_id>", bills.BillView.as_view(), name="api_bill"),
    path("bill-payments", bills.PaymentsView.as_view(), name="api_bill_payments"),
    path("bill-payments/<uuid:public_id>", bills.PaymentView.as_view(), name="api_bill_payment"),
    path("sync", SyncView.as_view(), name="api_sync"),
    path("entities", directory.EntitiesView.as_view(), name="api_entities"),
    path("cards", directory.CardsView.as_view(), name="api_cards"),
    path("bank-accounts", directory.BankAccountsView.as_view(), name="api_bank_accounts"),
    path("categories", directory.CategoriesView.as_view(), name="api_categories"),
    path("departments", directory.DepartmentsView.as_view(), name="api_departments"),
    path("tag-groups", directory.TagGroupsView.as_view(), name="api_tag_groups"),
    path("tags", directory.TagsView.as_view(), name="api_tags"),
    path("vendors", directory.VendorsView.as_view(), name="api_vendors"),
]

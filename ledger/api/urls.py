from django.urls import path

from ledger.api.transactions import CardTransactionsView, CardTransactionView

urlpatterns = [
    path("card-transactions", CardTransactionsView.as_view(), name="api_card_transactions"),
    path("card-transactions/<uuid:public_id>", CardTransactionView.as_view(), name="api_card_transaction"),
]

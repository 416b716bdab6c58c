from django.urls import path

from ledger.web.organisations import home
from ledger.web.transactions import (
    decide_on_several,
    export_transactions,
    transaction_detail,
    transaction_list,
    transaction_there,
)

urlpatterns = [
    path("", home, name="home"),
    path("o/<slug:organisation>/transactions/", transaction_list, name="transactions"),
    path("o/<slug:organisation>/transactions/decide", decide_on_several, name="decide_on_several"),
    path("o/<slug:organisation>/transactions/export.csv", export_transactions, name="export_transactions"),
    path("o/<slug:organisation>/transactions/<uuid:public_id>/", transaction_detail, name="transaction"),
    path("o/<slug:organisation>/transactions/<uuid:public_id>/there", transaction_there, name="transaction_there"),
]

from django.contrib.auth.decorators import login_required
from django.urls import path
from django.views.generic import RedirectView

from ledger.web.organisations import home
from ledger.web.transactions import transaction_detail, transaction_list

urlpatterns = [
    path("", home, name="home"),
    path(
        "o/<slug:organisation>/", login_required(RedirectView.as_view(pattern_name="transactions")), name="organisation"
    ),
    path("o/<slug:organisation>/transactions/", transaction_list, name="transactions"),
    path("o/<slug:organisation>/transactions/<uuid:public_id>/", transaction_detail, name="transaction"),
]

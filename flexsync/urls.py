from allauth.account.urls import urlpatterns as account_urls
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from flexsync.health import healthz, readyz

# It would need inline script; until people have a page of their own, whoever runs FlexSync changes addresses.
CHANGE_OF_EMAIL = "account_email"

handler404 = "flexsync.errors.not_found"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("accounts/", include([address for address in account_urls if address.name != CHANGE_OF_EMAIL])),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("api/v1/", include("ledger.api.urls")),
    path("", include("integrations.api.urls")),
    path("", include("ledger.web.urls")),
    path("", include("integrations.web.urls")),
]

from django.urls import path

from integrations.api.webhooks import webhook

urlpatterns = [path("webhooks/<slug:provider>", webhook, name="webhook")]

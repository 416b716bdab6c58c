"""The Celery application. Messages are doorbells only: the rows in the database are the work (docs/engine.md)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flexsync.settings.dev")

app = Celery("flexsync")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

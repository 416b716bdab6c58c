"""The Celery application. Messages are doorbells only: the rows in the database are the work (docs/engine.md)."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flexsync.settings.dev")

app = Celery("flexsync")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_prerun.connect
def drop_dead_connections(**kwargs: Any) -> None:
    """Kept connections (CELERY_DB_REUSE_MAX) are never looked at by Celery; PostgreSQL may have gone away meanwhile."""
    close_old_connections()

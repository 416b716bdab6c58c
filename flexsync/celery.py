"""The Celery application. Messages are doorbells only: the rows in the database are the work (docs/engine.md)."""

import os
import sys
from typing import Any

from celery import Celery
from celery.signals import task_prerun, worker_init
from django.conf import settings
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flexsync.settings.dev")

app = Celery("flexsync")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Whoever computes keeps the other threads waiting for so long, by default 5 ms; a drain comes back from the database or
# the network some thirty times.
SWITCH_SECONDS = 0.0005


@worker_init.connect
def let_threads_take_turns(**kwargs: Any) -> None:
    sys.setswitchinterval(SWITCH_SECONDS)
    os.nice(settings.WORKER_NICE)


@task_prerun.connect
def drop_dead_connections(**kwargs: Any) -> None:
    """Kept connections (CELERY_DB_REUSE_MAX) are never looked at by Celery; PostgreSQL may have gone away meanwhile."""
    close_old_connections()

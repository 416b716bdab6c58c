"""The test suite: real PostgreSQL, real Redis, cheap password hashing."""

import os
from urllib.parse import urlsplit

os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("FLEXSYNC_ENCRYPTION_KEYS", "ZmxleHN5bmMtdGVzdHMta2V5LW9mLTMyLWJ5dGVzISE=")

# Tests that run side by side have a Redis database each, as they have a PostgreSQL database each.
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    number = int(worker.removeprefix("gw")) + 1
    os.environ["REDIS_URL"] = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{number}").geturl()

from flexsync.settings.base import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

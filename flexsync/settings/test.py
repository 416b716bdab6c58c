"""The test suite: real PostgreSQL, real Redis, cheap password hashing."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("FLEXSYNC_ENCRYPTION_KEYS", "ZmxleHN5bmMtdGVzdHMta2V5LW9mLTMyLWJ5dGVzISE=")

from flexsync.settings.base import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

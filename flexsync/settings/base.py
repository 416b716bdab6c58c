"""Settings that hold everywhere. Whatever differs between installations comes from the environment."""

from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF

env = environ.Env()
ROOT = Path(__file__).resolve().parents[2]

# --- who we are -------------------------------------------------------------------------------------------------
SECRET_KEY = env("SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
PUBLIC_URL = env("FLEXSYNC_PUBLIC_URL", default="http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "ledger",
    "integrations",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "flexsync.middleware.TenantMiddleware",
]

ROOT_URLCONF = "flexsync.urls"
WSGI_APPLICATION = "flexsync.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "flexsync.chrome.chrome",
            ]
        },
    }
]

# --- the database: two roles, one of them bound by row-level security (docs/operations.md) ------------------------
DATABASE_ROLE = env("FLEXSYNC_DATABASE_ROLE", default="app")
_has_own_logins = bool(env("DATABASE_OWNER_URL", default=""))
_address = "DATABASE_OWNER_URL" if DATABASE_ROLE == "owner" and _has_own_logins else "DATABASE_URL"
DATABASES = {"default": {**env.db(_address), "ENGINE": "flexsync.database", "CONN_MAX_AGE": 600}}
DATABASES["default"] |= {"CONN_HEALTH_CHECKS": True, "TENANT_ROLE": DATABASE_ROLE}
DATABASES["default"].setdefault("OPTIONS", {})["connect_timeout"] = 10
# To start a second process takes longer than any page or claim may read, and keeps it from another tenant's.
DATABASES["default"]["OPTIONS"]["options"] = "-c max_parallel_workers_per_gather=0"
if not _has_own_logins:
    DATABASES["default"]["OPTIONS"]["assume_role"] = f"flexsync_{DATABASE_ROLE}"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: cache, and Celery's doorbells -------------------------------------------------------------------------
REDIS_URL = env("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_DEFAULT_QUEUE = "fresh"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 10, "socket_connect_timeout": 3, "visibility_timeout": 300}
# Any number above 0 keeps a worker's database connection open between tasks; CONN_MAX_AGE alone does not.
CELERY_DB_REUSE_MAX = 1000
SWEEP_SECONDS = env.float("FLEXSYNC_SWEEP_SECONDS", default=10.0)
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "integrations.tasks.sweep",
        "schedule": SWEEP_SECONDS,
        "options": {"queue": "fresh", "expires": SWEEP_SECONDS},
    },
    "match receipts": {
        "task": "ledger.tasks.match_receipts",
        "schedule": crontab(minute="*/2"),
        "options": {"queue": "backlog", "expires": 120},
    },
    "sweep imports": {
        "task": "ledger.tasks.sweep_imports",
        "schedule": SWEEP_SECONDS,
        "options": {"queue": "fresh", "expires": SWEEP_SECONDS},
    },
    "look at everybody": {
        "task": "integrations.tasks.look_at_everybody",
        "schedule": crontab(minute=40),
        "options": {"queue": "backlog"},
    },
    "remind approvers": {
        "task": "ledger.tasks.remind_approvers",
        "schedule": crontab(minute="*/5"),
        "options": {"queue": "backlog", "expires": 300},
    },
    # At night in America and Europe alike (UTC).
    "prove conservation": {
        "task": "integrations.tasks.prove_everybody",
        "schedule": crontab(hour=7, minute=20),
        "options": {"queue": "backlog"},
    },
}

# --- people and sign-in --------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "ledger.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_ADAPTER = "flexsync.accounts.AccountAdapter"
ACCOUNT_FORMS = {"login": "flexsync.accounts.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
# smtp+tls://user:password@host:587, or where nothing is said the log of whoever sends.
globals().update(env.email("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 20
# Where letters with receipts are sent to: receipts+….@ this domain; who brings them signs by this key, or is the relay
# of this name at these addresses, which writes down whether a letter comes from where it says.
MAIL_DOMAIN = env("FLEXSYNC_MAIL_DOMAIN", default="receipts.localhost")
MAIL_TRUSTED_RELAY = env("FLEXSYNC_MAIL_TRUSTED_RELAY", default="")
MAIL_TRUSTED_PEERS = env.list("FLEXSYNC_MAIL_TRUSTED_PEERS", default=["127.0.0.1", "::1"])
MAILGUN_SIGNING_KEY = env("MAILGUN_SIGNING_KEY", default="")
MAILGUN_MARKS_SENDERS = env.bool("MAILGUN_MARKS_SENDERS", default=False)
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", default="FlexSync <flexsync@localhost>")

# --- the API ---------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["ledger.api.tokens.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["ledger.api.tokens.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "ledger.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "ledger.api.errors.answer",
    "UNAUTHENTICATED_USER": None,
    "LIST_SERIALIZER_ERRORS_AS_DICT": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "FlexSync API",
    "DESCRIPTION": "Feed card transactions, bills and payments to FlexSync; they reach the books exactly once.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "CardKindEnum": "ledger.api.incoming.KIND_CHOICES",
        "CardStageEnum": "ledger.api.incoming.STAGE_CHOICES",
        "BillKindEnum": "ledger.api.incoming_bills.BILL_KIND_CHOICES",
        "BillStageEnum": "ledger.api.incoming_bills.BILL_STAGE_CHOICES",
        "PaymentStageEnum": "ledger.api.incoming_bills.PAYMENT_STAGE_CHOICES",
    },
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "ledger.api.schema.describe_bodies"],
}
# A list of 1,000 charges fits well; what is larger is refused before it is parsed.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- files: a folder, or an S3-compatible store where a bucket is named; boto3 finds its credentials by itself --------
STORAGE_FOLDER = env("FLEXSYNC_STORAGE_FOLDER", default=str(ROOT / ".flexsync" / "files"))
STORAGE = {
    "bucket": env("AWS_STORAGE_BUCKET_NAME", default=""),
    "endpoint_url": env("AWS_ENDPOINT_URL", default=""),
    "region": env("AWS_DEFAULT_REGION", default="us-east-1"),
}

# --- pages -----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "staticfiles"
STATICFILES_DIRS = [ROOT / "static"]
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        # No form-action: Chromium applies it to redirects too, and connecting redirects to the platform's own page.
    }
}

# --- the accounting platforms ----------------------------------------------------------------------------------------
# The first key encrypts; all of them decrypt, so that a key is rotated by putting a new one in front.
ENCRYPTION_KEYS = env.list("FLEXSYNC_ENCRYPTION_KEYS")
QUICKBOOKS = {
    "client_id": env("QUICKBOOKS_CLIENT_ID", default=""),
    "client_secret": env("QUICKBOOKS_CLIENT_SECRET", default=""),
    "discovery_url": env(
        "QUICKBOOKS_DISCOVERY_URL", default="https://developer.intuit.com/.well-known/openid_configuration/"
    ),
    "api_url": env("QUICKBOOKS_API_URL", default="https://quickbooks.api.intuit.com").rstrip("/"),
    "settling_seconds": env.float("QUICKBOOKS_SETTLING_SECONDS", default=150.0),
    # Intuit's word for the secret by which its messages are signed.
    "webhook_verifier": env("QUICKBOOKS_WEBHOOK_VERIFIER", default=""),
    "timeout_seconds": env.float("QUICKBOOKS_TIMEOUT_SECONDS", default=60.0),
    # Of a call that carries files: Intuit itself works for 120 s at most.
    "upload_seconds": env.float("QUICKBOOKS_UPLOAD_SECONDS", default=120.0),
    # Keep within the platform's limits of one company. Off only for a stand-in without limits.
    "limits": env.bool("QUICKBOOKS_LIMITS", default=True),
}
# How often a company is asked what was changed there: a metered call each time.
CHANGES_SECONDS = env.float("FLEXSYNC_CHANGES_SECONDS", default=3600.0)
# By how much a worker leaves the processor to others: the backlog's, to what is fresh.
WORKER_NICE = env.int("FLEXSYNC_WORKER_NICE", default=0)
LANE_LEASE_SECONDS = env.float("FLEXSYNC_LANE_LEASE_SECONDS", default=15.0)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname:7} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        # A line for every bell that found nothing to do would drown what was done (integrations.sync.engine tells).
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        # It would tell the addresses of whoever writes.
        "mail.log": {"level": "WARNING"},
        # Somebody without the right, or an address that is not there, is no news.
        "django.request": {"level": "ERROR"},
    },
}

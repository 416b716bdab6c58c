"""A checkout on somebody's own machine: `make run`."""

from flexsync.settings.base import *  # noqa: F403

WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

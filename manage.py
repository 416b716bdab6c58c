#!/usr/bin/env python
"""Django's command line. `migrate` runs as the owner of the tables, everything else as the application."""

import os
import sys

OWNER_COMMANDS = {"migrate"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flexsync.settings.dev")
    if OWNER_COMMANDS & set(sys.argv[1:2]):
        os.environ.setdefault("FLEXSYNC_DATABASE_ROLE", "owner")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

"""Take letters with receipts by SMTP, until it is stopped."""

import signal
import threading
from typing import Any

from aiosmtpd.controller import Controller
from django.core.management.base import BaseCommand, CommandParser

from ledger.mail.smtp import LARGEST, Door


class Command(BaseCommand):
    help = "Take letters with receipts by SMTP, until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8025)

    def handle(self, *args: Any, **options: Any) -> None:
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.set())
        server = Controller(Door(), hostname=options["host"], port=options["port"], data_size_limit=LARGEST)
        server.start()
        self.stdout.write(f"Letters are taken at {options['host']}:{options['port']}.")
        stopped.wait()
        server.stop()

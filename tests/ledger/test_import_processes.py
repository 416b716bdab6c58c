"""Imports among processes: the command, workers that die between and inside slices, two at once, and memory."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from ledger.models import Import, ImportState, SourceDocument
from ledger.services.imports import run_for
from ledger.tenancy.context import acting_for
from tests.ledger.importing import HEADER, Importer, counts, lines
from tests.processes import ROOT, beat, product_environment, wait_until, worker

READ_ON = """
import sys, django
django.setup()
from ledger.services.imports import run_for
from ledger.tenancy.context import acting_for
with acting_for(int(sys.argv[1])):
    run_for(int(sys.argv[2]), 60)
"""
WAITING = """
    SELECT count(*) FROM pg_stat_clear_snapshot() snapshot, pg_locks lock
      JOIN pg_stat_activity session ON session.pid = lock.pid AND session.datname = current_database()
     WHERE NOT lock.granted
"""
OTHERS_IN_A_TRANSACTION = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
       AND backend_type = 'client backend'
"""


@contextmanager
def reserved(importer: Importer, external_id: str) -> Iterator[None]:
    """Somebody is just recording this charge, and thinks better of it: whoever meets it waits in the middle."""
    with importer.open():
        SourceDocument.objects.create(
            entity=importer.tenant.entity,
            kind="card_charge",
            external_id=external_id,
            amount_minor=1,
            currency="USD",
            dated="2026-03-02",
        )
        yield
        transaction.set_rollback(True)


def somebody_waits() -> bool:
    return answer(WAITING)


def at_work() -> bool:
    return answer(OTHERS_IN_A_TRANSACTION)


def answer(question: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_inside_a_slice_leaves_nothing_of_it_and_the_next_one_goes_on(priya: Importer) -> None:
    job = priya.ready(lines(2500))
    with reserved(priya, "c-1500"):
        worker = subprocess.Popen(
            [sys.executable, "-c", READ_ON, str(priya.tenant.id), str(job.pk)],
            cwd=ROOT,
            env={**os.environ, **product_environment()},
        )
        wait_until(somebody_waits, 30, "in the second slice")
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
    wait_until(lambda: not at_work(), 10, "its session is over")
    killed = priya.now(job)
    assert (killed.state, killed.rows, counts(killed)) == (ImportState.RUNNING, 1000, (1000, 0, 0, 0))
    assert priya.recorded() == (1000, 1000, 1000)
    assert counts(priya.read(job)) == (2500, 0, 0, 0)
    assert priya.recorded() == (2500, 2500, 2500)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_share_the_work_and_double_nothing(priya: Importer) -> None:
    coffee = "2026-03-02,Cafe,3.10,USD,card-4471\n"
    job = priya.ready("date,merchant,amount,currency,card\n" + coffee * 3500)

    def read_on() -> None:
        try:
            with acting_for(priya.tenant.id):
                while run_for(job.pk, 0.1):
                    pass
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        for _ in range(4):
            for done in [threads.submit(read_on), threads.submit(read_on)]:
                done.result()
    assert counts(priya.now(job)) == (3500, 0, 0, 0)
    assert priya.recorded() == (3500, 3500, 3500)


@pytest.mark.django_db(transaction=True)
def test_the_sweep_tells_a_worker_of_a_file_that_nobody_reads(priya: Importer, tmp_path: Path) -> None:
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    job = priya.ready(lines(1500))
    with priya.open():
        Import.objects.update(touched_at=timezone.now() - timedelta(minutes=1))
    at_work = [worker(tmp_path / "worker.log")]
    at_work.append(beat(tmp_path / "beat.log", tmp_path / "schedule", FLEXSYNC_SWEEP_SECONDS="1"))
    try:
        wait_until(lambda: priya.now(job).state == ImportState.DONE, 40, "read")
    finally:
        for process in reversed(at_work):
            process.stop()
        redis.Redis.from_url(settings.REDIS_URL).flushdb()
    assert counts(priya.now(job)) == (1500, 0, 0, 0)


# --- the command -----------------------------------------------------------------------------------------------------


def command(*arguments: str) -> str:
    told = StringIO()
    call_command(*arguments, stdout=told)
    return told.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "cards.csv"
    path.write_text(lines(20))
    return path


@pytest.mark.django_db(transaction=True)
def test_the_command_says_what_became_of_the_file_and_what_it_cost(priya: Importer, file: Path) -> None:
    order = ["import_transactions", "larkfield", str(file), "--entity", "Larkfield Inc."]
    told = command(*order)
    assert "20 rows: 20 new, 0 known, 0 changed, 0 refused" in told
    assert "rows/s" in told
    assert "statements per row" in told
    assert "MB of memory" in told
    assert "20 rows: 0 new, 20 known" in command(*order)


@pytest.mark.django_db(transaction=True)
def test_a_trial_says_the_same_and_keeps_nothing(priya: Importer, file: Path) -> None:
    told = command("import_transactions", "larkfield", str(file), "--entity", "Larkfield Inc.", "--dry-run")
    assert "20 rows: 20 new" in told
    assert "nothing of it was kept" in told
    assert priya.recorded() == (0, 0, 0)
    with priya.open():
        assert not Import.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_refused_rows_are_written_for_mending_and_are_no_failure_unless_nothing_went_in(
    priya: Importer, file: Path, tmp_path: Path
) -> None:
    refused = tmp_path / "refused.csv"
    file.write_text(f"{lines(20)}c-x,2026-03-02,Staples,none,USD,card-4471,Software\n")
    order = ["import_transactions", "larkfield", "--entity", "Larkfield Inc.", "--refused", str(refused)]
    told = command(*order, str(file))
    assert "1 row, first on line 22: “none” is not an amount like 1,234.56." in told
    with pytest.raises(CommandError, match="No row was taken"):
        command(*order, str(refused))
    refused.write_text(refused.read_text(encoding="utf-8-sig").replace('"none"', '"10.00"'))
    assert "1 row: 1 new" in command(*order, str(refused))


ASKED: list[tuple[str, list[str], str]] = [
    (f"{HEADER}\nc-1,03/04/2026,Staples,10.00,USD,card-4471,\n", [], "Say --dates day_first or month_first"),
    (f"{HEADER}\nc-1,2026-03-02,Staples,1.234,USD,card-4471,\n", [], "Say --decimals"),
    (f"{HEADER}\nc-1,2026-03-02,Staples,-1,USD,card-4471,\nc-2,2026-03-02,B,1,USD,card-4471,\n", [], "Say --sign"),
    ("a,b\nx,y\n", [], r"Choose the column with the date.*--map date=.*The columns are: a, b"),
    (lines(2), ["--map", "colour=date"], "“colour” is no field"),
    (lines(2), ["--map", "date=when"], "The file has no column “when”"),
    (lines(2), ["--entity", "Nobody"], "There is no entity “Nobody”. There are: Larkfield Inc."),
    ("", [], "The file is empty"),
    (
        f"{HEADER},paid\nc-1,2026-03-02,Staples,1.00,USD,card-4471,,-2.00\n",
        ["--map", "amount=paid"],
        "1 of 1 amounts are negative. Say --sign",
    ),
    (
        f"{HEADER},settled on\nc-1,2026-03-02,Staples,1.00,USD,card-4471,,03/04/2026\n",
        ["--map", "date=settled on"],
        "“03/04/2026” can be two days",
    ),
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("text", "more", "sentence"), ASKED)
def test_what_cannot_be_guessed_is_asked_for(
    priya: Importer, file: Path, text: str, more: list[str], sentence: str
) -> None:
    file.write_text(text)
    with pytest.raises(CommandError, match=sentence):
        command("import_transactions", "larkfield", str(file), "--entity", "Larkfield Inc.", *more)
    assert priya.recorded() == (0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_what_was_told_wins_over_the_guess(priya: Importer, file: Path) -> None:
    file.write_text("id,date,merchant,amount,billed,cur,card,type\nc-1,03/04/2026,Shop,5.00,7.00,EUR,card-4471,Books\n")
    told = ["--map", "amount=billed", "--map", "category=type", "--map", "currency=", "--currency", "gbp"]
    command(
        *("import_transactions", "larkfield", str(file), "--entity", "Larkfield Inc.", "--make-missing"),
        *(*told, "--dates", "day_first", "--tag="),
    )
    [charge] = priya.transactions()
    assert (charge.document.amount_minor, charge.document.currency, str(charge.category)) == (700, "GBP", "Books")
    assert charge.document.dated.isoformat() == "2026-04-03"


@pytest.mark.django_db(transaction=True)
def test_a_command_that_was_killed_is_replaced_by_its_repetition(priya: Importer, file: Path) -> None:
    left = priya.ready(lines(20), is_stored=False)
    command("import_transactions", "larkfield", str(file), "--entity", "Larkfield Inc.")
    assert priya.now(left).problem == "It was interrupted, and the command was run again."


@pytest.mark.django_db(transaction=True)
def test_vendors_have_a_command_too(priya: Importer, file: Path) -> None:
    file.write_text("Name,Email\nFigma Inc,pay@figma.com\n")
    assert "1 row: 1 new" in command("import_vendors", "larkfield", str(file))
    with pytest.raises(CommandError, match="“category” is no field"):
        command("import_vendors", "larkfield", str(file), "--map", "category=Email")


@pytest.mark.parametrize("name", ["import_transactions", "import_vendors"])
def test_who_is_not_there_is_said(db: Any, name: str, tmp_path: Path) -> None:
    more = ["--entity", "x"] if name == "import_transactions" else []
    with pytest.raises(CommandError, match="There is no organisation “nobody”"):
        command(name, "nobody", str(tmp_path / "x.csv"), *more)


PEAK = """
import resource, sys, django
django.setup()
from django.core.management import call_command
call_command("import_transactions", "larkfield", sys.argv[1], "--entity", "Larkfield Inc.")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.django_db(transaction=True)
def test_twenty_megabytes_need_no_more_memory_than_two(priya: Importer, tmp_path: Path) -> None:
    """Long cells that nobody asked for: little is recorded, so most of the time goes into reading."""

    def peak(megabytes: int) -> int:
        path, count = tmp_path / f"{megabytes}.csv", megabytes * 50
        with path.open("w") as out:
            out.write("id,date,merchant,amount,currency,card,attachment\n")
            row = f"2026-03-02,Staples,10.00,USD,card-4471,{'x' * 20_000}\n"
            out.writelines(f"{megabytes}-{number},{row}" for number in range(count))
        told = subprocess.run(
            [sys.executable, "-c", PEAK, str(path)],
            cwd=ROOT,
            env={**os.environ, **product_environment()},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert f"{count:,} rows: {count:,} new" in told
        return int(told.split()[-1])

    assert peak(20) - peak(2) < 16

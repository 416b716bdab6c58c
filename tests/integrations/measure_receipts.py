"""A backlog of receipted charges into the books: calls, metered ones, statements and CPU. Run it by its path:

    make test T="-s tests/integrations/measure_receipts.py"

1,000 charges of 50 merchants that the books do not know, each with a receipt of 100 KiB of its own, in one process,
with the sandbox's limits off. What is printed are the conditions' own figures: compare runs, not machines.
"""

import os
import random
import resource
import time
from collections import Counter

from django.db import transaction

from integrations.models import JobState, ReceiptJob, SyncJob, SyncRun
from integrations.sync import engine, lane, queue
from tests.bench.meters import counted
from tests.integrations.conftest import Office
from tests.integrations.volume import metered

CHARGES, MERCHANTS, SIZE = 1000, 50, 100 * 1024


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def receipted(office: Office, number: int) -> None:
    chance = random.Random(7)
    told = [office.incoming(f"m-{n}", "12.30", merchant=f"Merchant {n % MERCHANTS}") for n in range(number)]
    for document in office.tell(told):
        office.receipt(document, b"%PDF-1.7" + chance.randbytes(SIZE))


def work_until_at_rest(office: Office) -> None:
    """Times that lie ahead are waited for, as the bells would."""
    while queue.absorb_events() is not None:
        pass
    due = True
    while due:
        with lane.held(office.connection.pk) as held:
            if held is not None:
                due = engine.drain(held) is not None
        time.sleep(0.05)


def test_a_backlog_of_receipted_charges_costs_little(ready: Office) -> None:
    ready.map(card="2110", default="6110", Software="6020", create_vendors=True)
    receipted(ready, int(os.environ.get("CHARGES", CHARGES)))
    with metered("push") as meter, counted() as statements:
        began = cpu()
        work_until_at_rest(ready)
        used = cpu() - began
    meter.tell(CHARGES, "documents")
    with transaction.atomic():
        jobs = Counter(SyncJob.objects.values_list("state", flat=True))
        receipts = Counter(ReceiptJob.objects.values_list("state", flat=True))
        [run] = SyncRun.objects.all()
    print(
        f"             {used / CHARGES * 1000:.2f} ms of CPU each, {run.calls}, {run.metered} metered, "
        f"{statements.all} statements, {statements.transactions} transactions"
    )
    assert jobs == receipts == {JobState.DONE: CHARGES}
    assert sum(run.calls.values()) <= 200
    assert run.metered <= 50
    assert statements.all <= CHARGES / 2

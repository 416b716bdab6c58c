"""The organisation on whose behalf code runs. Set and reset here and nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

SET_TENANT = "SELECT set_config('app.tenant', %s, true)"

ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"

_tenant: ContextVar[int | None] = ContextVar("tenant", default=None)
_one_moment: ContextVar[bool] = ContextVar("one_moment", default=False)


class NoTenant(RuntimeError):
    """A tenant's rows were asked for while no tenant is set."""


class TenantSwitch(RuntimeError):
    """Another tenant was entered inside an open transaction of the first."""


def current_tenant() -> int | None:
    return _tenant.get()


def required_tenant() -> int:
    tenant = _tenant.get()
    if tenant is None:
        raise NoTenant("No organisation is set. Wrap the call in ledger.tenancy.context.acting_for(organisation_id).")
    return tenant


@contextmanager
def acting_for(tenant: int) -> Iterator[None]:
    """Run the block for one organisation: its transactions see that organisation's rows and no others."""
    former = _tenant.get()
    if connection.in_atomic_block and former not in (None, tenant):
        raise TenantSwitch(f"Organisation {former} has an open transaction; organisation {tenant} cannot enter it.")
    token = _tenant.set(tenant)
    try:
        with _announced(former, tenant):
            yield
    finally:
        _tenant.reset(token)


@contextmanager
def one_moment() -> Iterator[None]:
    """A transaction that opens in the block sees the rows of one moment in all its statements: for pages whose figures
    are read by several and must add up. For reading only; one that is open already stays what it is."""
    token = _one_moment.set(True)
    try:
        yield
    finally:
        _one_moment.reset(token)


def wants_one_moment() -> bool:
    return _one_moment.get()


@contextmanager
def _announced(former: int | None, tenant: int) -> Iterator[None]:
    """Where a transaction is already open, tell it; later ones are told by the database backend as they open.

    The former value is put back by hand: a local setting outlives a released savepoint. After an error inside the
    transaction a statement would raise, and the rollback restores the value by itself.
    """
    inside = connection.in_atomic_block
    if inside:
        _tell_database(tenant)
    try:
        yield
    finally:
        if inside and not connection.needs_rollback:
            _tell_database(former)


def _tell_database(tenant: int | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SET_TENANT, ["" if tenant is None else str(tenant)])


@contextmanager
def cleared() -> Iterator[None]:
    """Run the block without an organisation, whatever was set before."""
    token = _tenant.set(None)
    try:
        yield
    finally:
        _tenant.reset(token)

"""What doctor asks Temporal: whose it is, whether flows get on, and whether somebody sweeps."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from temporalio.client import Client
from temporalio.service import RPCError

from raccord.connectors.connection import Check, CheckState
from raccord.domain.values.message import message
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.client import TemporalUnreachable, connect, elsewhere
from raccord.temporal.company import MARK, ForeignNamespace, prove
from raccord.temporal.health import STUCK, stuck, sweeps
from raccord.temporal.identity import WorkerIdentity, pollers
from raccord.temporal.namespace import RETENTION, look

TEMPORAL = "temporal"
WORKERS = message("check.workers")
WITHIN = timedelta(seconds=3)


async def checks(loaded: Configuration, keys: KeyRing) -> AsyncIterator[Check]:
    """Check the server and what runs there; nothing is changed there."""
    try:
        client = await connect(loaded.settings, keys, within=WITHIN, look_only=True)
    except TemporalUnreachable as error:
        if elsewhere():
            remedy = message("temporal.correct_address")
            yield Check.fail(TEMPORAL, error.said[0], expected=message("check.reachable"), remedy=remedy)
        else:
            yield Check.warn(
                TEMPORAL,
                error.said[0],
                expected=message("check.reachable"),
                remedy=message("temporal.up_starts"),
            )
        yield Check.skipped(message("doctor.flows_and_sweep"), needs=TEMPORAL)
        return
    try:
        company = await _company(client, keys)
        yield company
        if company.state is CheckState.FAIL:
            yield Check.skipped(message("doctor.flows_and_sweep"), needs=TEMPORAL)
            return
        yield await _namespace(client)
        yield await _workers(client, loaded)
        yield await _flows(client)
        yield await _sweep(client, loaded.settings.sweep.every)
    except RPCError as error:
        remedy = message("temporal.setup_makes")
        found = message("temporal.namespace_says", namespace=client.namespace, said=error.message)
        yield Check.fail(TEMPORAL, found, expected=message("temporal.answering"), remedy=remedy)


async def _company(client: Client, keys: KeyRing) -> Check:
    try:
        marked = await prove(client, keys, claiming=False)
    except ForeignNamespace as foreign:
        said, remedy = foreign.said
        return Check.fail(TEMPORAL, said, expected=message("temporal.one_of_ours"), remedy=remedy)
    if marked:
        return Check.ok(TEMPORAL, message("temporal.ours", namespace=client.namespace))
    return Check.warn(
        TEMPORAL,
        message("temporal.unproven", namespace=client.namespace),
        expected=message("temporal.the_mark"),
        remedy=(message("temporal.mark_it", namespace=client.namespace, mark=MARK, print=keys.fingerprint)),
    )


async def _namespace(client: Client) -> Check:
    """Look at what `raccord setup` and the first worker make of it."""
    name, expected = message("check.namespace"), message("temporal.kept_expected", days=RETENTION.days)
    found = await look(client)
    if found is None:
        return Check.fail(
            name, message("temporal.gone"), expected=expected, remedy=message("temporal.setup_makes_it")
        )
    days = found.retention.days
    if found.otherwise:
        remedy = message("temporal.remove_each", namespace=client.namespace, name=found.otherwise[0])
        wrong = message("doctor.namespace_otherwise", days=days, names=tuple(found.otherwise))
        return Check.fail(name, wrong, expected=expected, remedy=remedy)
    if found.retention < RETENTION or found.missing:
        lacks = (
            message("doctor.namespace_lacks", days=days, missing=tuple(found.missing))
            if found.missing
            else message("temporal.kept_only", days=days)
        )
        return Check.warn(name, lacks, expected=expected, remedy=message("temporal.setup_sets"))
    return Check.ok(name, message("temporal.kept_expected", days=days))


async def _workers(client: Client, loaded: Configuration) -> Check:
    """Compare what the running workers say that they do with what these settings ask for."""
    name, wanted = (
        WORKERS,
        WorkerIdentity.of_this_process(loaded.settings.modes, loaded.live_or_test),
    )
    found = await pollers(client)
    unlike = [each.name for each in found if not each.worker or not each.worker.does_as(wanted)]
    if unlike:
        return Check.warn(
            name,
            message("temporal.otherwise", names=tuple(unlike)),
            expected=message("temporal.one_mode"),
            remedy=message("temporal.stop_them"),
        )
    if not found:
        return Check.warn(name, message("temporal.none_running"), remedy=message("temporal.start_one"))
    return Check.ok(name, message("temporal.workers", count=len(found)))


async def _flows(client: Client) -> Check:
    found = await stuck(client)
    if found is None:
        return Check.ok(message("check.flows"), message("temporal.none_stuck"))
    remedy = message("temporal.put_back", query=STUCK)
    return Check.fail(
        message("check.flows"), found.said, expected=message("temporal.none_stopped"), remedy=remedy
    )


async def _sweep(client: Client, every: timedelta) -> Check:
    name, expected = message("check.sweep"), message("temporal.finished_lately")
    found = await sweeps(client)
    if found is None:
        remedy = message("temporal.schedules_it")
        return Check.warn(name, message("temporal.not_scheduled"), expected=expected, remedy=remedy)
    if trouble := found.trouble(every, datetime.now(UTC)):
        remedy = message("temporal.try_reconcile")
        return Check.fail(name, trouble, expected=expected, remedy=remedy)
    if found.finished_at is None:
        return Check.ok(name, message("doctor.sweep_never"))
    return Check.ok(name, message("temporal.last_finished", last=f"{found.finished_at:%Y-%m-%d %H:%M} UTC"))

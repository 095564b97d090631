"""What doctor asks Temporal: whose it is, whether flows get on, and whether somebody sweeps."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from temporalio.client import Client
from temporalio.service import RPCError

from raccord.connectors.connection import Check, CheckState
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.client import TemporalUnreachable, connect, elsewhere
from raccord.temporal.company import MARK, ForeignNamespace, prove
from raccord.temporal.health import STUCK, stuck, sweeps
from raccord.temporal.identity import WorkerIdentity, pollers
from raccord.temporal.namespace import RETENTION, look

TEMPORAL = "temporal"
WITHIN = timedelta(seconds=3)


async def checks(loaded: Configuration, keys: KeyRing) -> AsyncIterator[Check]:
    """Check the server and what runs there; nothing is changed there."""
    try:
        client = await connect(loaded.settings, keys, within=WITHIN, look_only=True)
    except TemporalUnreachable as error:
        if elsewhere():
            remedy = "Correct TEMPORAL_ADDRESS and TEMPORAL_TLS_..., or have that server started."
            yield Check.fail(TEMPORAL, str(error), expected="reachable", remedy=remedy)
        else:
            yield Check.warn(TEMPORAL, str(error), expected="reachable", remedy="raccord up starts one.")
        yield Check.skipped("flows and sweep", needs=TEMPORAL)
        return
    try:
        company = await _company(client, keys)
        yield company
        if company.state is CheckState.FAIL:
            yield Check.skipped("flows and sweep", needs=TEMPORAL)
            return
        yield await _namespace(client)
        yield await _workers(client, loaded)
        yield await _flows(client)
        yield await _sweep(client, loaded.settings.sweep.every)
    except RPCError as error:
        remedy = "`raccord setup` makes it; or correct TEMPORAL_NAMESPACE."
        found = f"namespace {client.namespace}: {error.message}"
        yield Check.fail(TEMPORAL, found, expected="a namespace that answers", remedy=remedy)


async def _company(client: Client, keys: KeyRing) -> Check:
    try:
        marked = await prove(client, keys, claiming=False)
    except ForeignNamespace as foreign:
        said, _, remedy = str(foreign).partition(". ")
        return Check.fail(TEMPORAL, said, expected="a namespace of ours", remedy=remedy)
    if marked:
        return Check.ok(TEMPORAL, f"namespace {client.namespace}, ours")
    return Check.warn(
        TEMPORAL,
        f"namespace {client.namespace}, unproven: nothing says that it is ours",
        expected="the mark of this company",
        remedy=(
            "The first worker or starter marks it. Where they may not, an administrator does, once: "
            f"temporal operator namespace update --namespace {client.namespace} "
            f"--data {MARK}={keys.fingerprint}"
        ),
    )


async def _namespace(client: Client) -> Check:
    """Look at what `raccord setup` and the first worker make of it."""
    name, expected = "namespace", f"closed flows kept {RETENTION.days} days, all search attributes"
    found = await look(client)
    if found is None:
        return Check.fail(name, "it is gone", expected=expected, remedy="`raccord setup` makes it.")
    kept = f"closed flows kept {found.retention.days} days"
    if found.otherwise:
        remedy = (
            "Remove each: temporal operator search-attribute remove "
            f"--namespace {client.namespace} --name {found.otherwise[0]}"
        )
        wrong = f"of another type: {', '.join(found.otherwise)}"
        return Check.fail(name, f"{kept}; {wrong}", expected=expected, remedy=remedy)
    if found.retention < RETENTION or found.missing:
        lacks = f"; search attributes missing: {', '.join(found.missing)}" if found.missing else ""
        remedy = "`raccord setup` sets both; a worker that starts adds the search attributes."
        return Check.warn(name, f"{kept}{lacks}", expected=expected, remedy=remedy)
    return Check.ok(name, f"{kept}, all search attributes")


async def _workers(client: Client, loaded: Configuration) -> Check:
    """Compare what the running workers say that they do with what these settings ask for."""
    name, wanted = "workers", WorkerIdentity.of_this_process(loaded.settings.modes, loaded.live_or_test)
    found = await pollers(client)
    unlike = [each.name for each in found if not each.worker or not each.worker.does_as(wanted)]
    if unlike:
        return Check.warn(
            name,
            f"serving otherwise than these settings ask for: {', '.join(unlike)}",
            expected="one mode and one account everywhere",
            remedy="Stop them, or start them again with these settings: which worker takes a deal is chance.",
        )
    if not found:
        return Check.warn(name, "none is running", remedy="raccord up or raccord worker starts one.")
    return Check.ok(name, f"{len(found)}, as these settings ask for")


async def _flows(client: Client) -> Check:
    found = await stuck(client)
    if found is None:
        return Check.ok("flows", "none is stuck")
    remedy = (
        "Nothing is lost: put back the key, or the release, that it misses, and they go on. "
        f"The Web UI lists them with {STUCK}"
    )
    return Check.fail("flows", str(found), expected="none that its code stops", remedy=remedy)


async def _sweep(client: Client, every: timedelta) -> Check:
    name, expected = "sweep", "one that finished lately"
    found = await sweeps(client)
    if found is None:
        remedy = "raccord up and raccord starter schedule it when they start."
        return Check.warn(name, "not scheduled yet", expected=expected, remedy=remedy)
    if trouble := found.trouble(every, datetime.now(UTC)):
        remedy = "Until it runs won deals are found by webhooks alone. Try: raccord reconcile --once"
        return Check.fail(name, trouble, expected=expected, remedy=remedy)
    last = f"{found.finished_at:%Y-%m-%d %H:%M} UTC" if found.finished_at else "not yet"
    return Check.ok(name, f"last finished {last}")

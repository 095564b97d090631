"""Reading all there is to know of a deal: our records first, then whoever answers."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from raccord.connectors.billing import BillingReader
from raccord.connectors.connection import Kind
from raccord.connectors.crm import CrmReader
from raccord.connectors.errors import ConnectorError, NotFound
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.rules.ladder import Place
from raccord.domain.values.deal import DealRef
from raccord.domain.values.message import Message, message
from raccord.domain.values.payment import InvoiceMoney
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.configuration import BadSettings, Configuration
from raccord.temporal import search
from raccord.temporal.client import TemporalUnreachable, connect
from raccord.temporal.company import ForeignNamespace
from starters.cli.dunning.books import Books, now
from starters.cli.server import WITHIN
from starters.cli.story.known import Known, Run, Source, flows_of
from workers.connections import Connections
from workers.policies import DUNNING, FLOW, deal_won_policy, dunning_policy

_PATIENCE = 4.0
"""Seconds until Temporal counts as away."""


async def known_of(
    deal: DealRef, configuration: Configuration, keys: KeyRing, connections: Connections, records: Records
) -> Known:
    """Read everything about a deal; what does not answer is named and left out."""
    settings, billing = configuration.settings, configuration.billing.name
    known = Known(
        ref=deal,
        billing=billing,
        now=now(),
        clock=settings.clock,
        mode=settings.modes[FLOW],
        dunning_mode=settings.modes[DUNNING],
        link=await records.links.deal(deal, billing),
        policy=_policy(configuration, connections, await records.rungs.places()),
    )
    known = await _of_crm(known, connections.of(Kind.CRM))
    if known.deal and known.policy:
        known = replace(known, mode=known.policy.for_deal(known.deal).mode)
    known = await _of_billing(known, configuration, connections.of(Kind.BILLING), records)
    known = await _of_records(known, records)
    return await _of_temporal(known, configuration, keys)


def _policy(
    configuration: Configuration, connections: Connections, places: tuple[Place, ...]
) -> DealWonPolicy | None:
    billing: BillingReader = connections.of(Kind.BILLING)
    try:
        return deal_won_policy(configuration, billing.capabilities).model_copy(update={"places": places})
    except BadSettings:
        return None


async def _of_crm(known: Known, crm: CrmReader) -> Known:
    try:
        return replace(known, deal=await crm.read_deal(known.ref.id))
    except NotFound:
        return replace(known, gone=True)
    except ConnectorError as error:
        return _without(known, Source.CRM, known.ref.connection, error)


async def _of_billing(
    known: Known, configuration: Configuration, billing: BillingReader, records: Records
) -> Known:
    """Read the deal's invoices with their money, and its customer's account where something is owed."""
    link = known.link
    try:
        found = await billing.invoices_of(known.ref, customer_id=link.customer_id, invoice_id=link.invoice_id)
        said = await records.payments.invoices_of(known.ref, known.billing)
        ids = dict.fromkeys((*(each.id for each in found), *said, *filter(None, (link.invoice_id,))))
        money = await money_of(billing, [id_ for id_ in ids if _issued(id_, found)])
        known = replace(known, invoices=money)
        if known.customer_id:
            books = Books(billing, records, dunning_policy(configuration))
            known = replace(known, customer=await books.known(known.customer_id))
    except ConnectorError as error:
        return _without(known, Source.BILLING, known.billing, error)
    return known


async def money_of(billing: BillingReader, ids: Iterable[str]) -> tuple[InvoiceMoney, ...]:
    """Read the money of invoices, without those that are gone: a linked draft that somebody deleted."""
    found: list[InvoiceMoney] = []
    for id_ in ids:
        with suppress(NotFound):
            found.append(await billing.read_money(id_))
    return tuple(found)


def _issued(id_: str, found: Iterable[object]) -> bool:
    return all(getattr(each, "finalised", True) for each in found if getattr(each, "id", "") == id_)


async def _of_records(known: Known, records: Records) -> Known:
    company = [f"{known.ref.connection}:{each.id}" for each in known.deal.companies] if known.deal else []
    identities = await records.links.identities(known.customer_id, known.billing) if known.customer_id else ()
    about = [*map(str, known.subjects), *(f"customer/{each}" for each in identities), *known.invoice_ids]
    flows = flows_of(known.subjects)
    verdicts = await records.findings.verdicts()
    return replace(
        known,
        rows=await records.audit.about([*about, *company]),
        questions=await records.waiting.about(known.subjects),
        stuck=tuple(each for each in await records.stuck.list() if each.flow in flows),
        verdict=next((each for each in verdicts if each.deal == known.ref), None),
    )


async def _of_temporal(known: Known, configuration: Configuration, keys: KeyRing) -> Known:
    try:
        # The SDK's own attempt to connect lasts for ten seconds and more, and the story is whole without.
        async with asyncio.timeout(_PATIENCE):
            client = await connect(configuration.settings, keys, within=WITHIN)
            found = [await _run(client, id_) for id_ in flows_of(known.subjects)]
    except (TimeoutError, TemporalUnreachable, ForeignNamespace, RPCError):
        return _unread(known, Source.TEMPORAL, message("story.without_temporal"))
    return replace(known, runs=tuple(filter(None, found)))


async def _run(client: Client, workflow_id: str) -> Run | None:
    try:
        told = await client.get_workflow_handle(workflow_id).describe(rpc_timeout=WITHIN)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
    return Run(
        workflow_id=workflow_id,
        running=told.status is WorkflowExecutionStatus.RUNNING,
        began_at=told.start_time,
        ended_at=told.close_time,
        state=told.typed_search_attributes.get(search.STATE) or "",
    )


def _without(known: Known, source: Source, connection: str, error: ConnectorError) -> Known:
    return _unread(known, source, message("story.without", connection=connection, error=str(error)))


def _unread(known: Known, source: Source, said: Message) -> Known:
    return replace(known, silent=(*known.silent, said), unread=known.unread | {source})

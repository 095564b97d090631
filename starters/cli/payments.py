"""`raccord payments link`: say whose an invoice is that names no deal."""

from urllib.parse import urlsplit

import click

from raccord.connectors.billing import Billing
from raccord.connectors.capabilities import IdShape
from raccord.connectors.connection import Kind
from raccord.connectors.crm import Crm
from raccord.connectors.errors import ConnectorError, NotFound
from raccord.domain.values.deal import DealRef
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.flows import PAYMENT_RECEIVED, Changed, wake
from starters.cli.common import bold, fail
from starters.cli.display import shown
from starters.cli.server import WITHIN, connected
from workers.connections import opened


async def link(configuration: Configuration, keys: KeyRing, invoice: str, deal_id: str) -> int:
    """Remember that an invoice is a deal's, in place of what was known, and have the deal show its money.

    `invoice` is its id in the billing system, or the address of its page there.
    """
    *_, invoice_id = urlsplit(invoice.strip()).path.rstrip("/").split("/")
    if not invoice_id:
        fail("name the invoice by its id in the billing system, or by the address of its page there.")
    async with opened(configuration) as connections:
        crm: Crm = connections.of(Kind.CRM)
        _refuse_what_is_no_id(deal_id, crm.capabilities.deal_id)
        found: Billing = connections.of(Kind.BILLING)
        await _refuse_what_is_not_issued(found, invoice_id)
    billing = configuration.billing.name
    deal = DealRef(connection=configuration.crm.name, id=deal_id)
    client = await connected(configuration, keys)
    records = Records.open(configuration.settings.records_url, keys)
    try:
        await records.migrate()
        await records.payments.belongs(invoice_id, billing, deal)
    finally:
        await records.close()
    subject = Subject(kind=SubjectKind.INVOICE, connection=billing, id=invoice_id)
    why = Changed(key="command line", thorough=True)
    handle = await wake(client, PAYMENT_RECEIVED, subject, why, within=WITHIN)
    click.echo(
        f"Invoice {bold(shown(invoice_id))} is of deal {bold(deal_id)} now; "
        f"{bold(handle.id)} shows its payments there."
    )
    return 0


def _refuse_what_is_no_id(typed: str, shape: IdShape) -> None:
    """End the command where no deal can have this id; nobody would ever look at its flow."""
    if shape.fits(typed):
        return
    *_, last = typed.strip().rstrip("/").split("/")
    meant = f" Did you mean {last}?" if shape.fits(last) else ""
    fail(f"{shown(typed) or 'nothing'} is no id of a deal: it is {shape.said}.{meant}")


async def _refuse_what_is_not_issued(billing: Billing, invoice_id: str) -> None:
    """End the command where nothing could ever be shown."""
    try:
        invoice = await billing.read_invoice(invoice_id)
    except NotFound:
        fail(
            f"there is no invoice {shown(invoice_id)} in the billing system: name it by its id there, or by "
            "the address of its page; its number is neither."
        )
    except ConnectorError as error:
        fail(str(error), status=1)
    if not invoice.finalised:
        fail(f"{shown(invoice_id)} is a draft: link it once it is issued.")

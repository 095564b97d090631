"""Reading what became of the deals that shadow would have invoiced; nothing is written anywhere."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from activities.billing.books import find_customer
from raccord.connectors.billing import BillingReader
from raccord.connectors.errors import NotFound
from raccord.domain.rules.invoicing import InvoicePolicy
from raccord.domain.service.findings import Finding
from raccord.domain.shadow.comparing import Comparison, Made, compare
from raccord.domain.shadow.computed import Computed
from raccord.domain.shadow.score import Match, Score, Seen, between, matched, scored
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.invoice import Invoice
from raccord.records.records import Records
from starters.cli.dunning.books import patiently

_AT_ONCE = 4
"""Deals that are read at a time: the vendor's limit is shared with the workers."""


@dataclass(frozen=True)
class Reader:
    """`connection` names the billing system's; `now` is aware."""

    billing: BillingReader
    connection: str
    records: Records
    rules: InvoicePolicy
    clock: BusinessClock
    now: datetime

    async def score(self) -> Score:
        """Hold every finding that computed an invoice against what people made. Raises `ConnectorError`."""
        turn = asyncio.Semaphore(_AT_ONCE)

        async def seen(finding: Finding, computed: Computed) -> Seen:
            async with turn:
                return await self._seen(finding, computed)

        async def held(each: Seen, match: Match) -> Comparison | None:
            async with turn:
                return await self._compared(each, match.invoice) if match.invoice else None

        findings = await self.records.findings.verdicts()
        computed = [(each, each.computed) for each in findings if each.computed]
        all_seen = tuple(await asyncio.gather(*(seen(*each) for each in computed)))
        matches = matched(all_seen)
        found = await asyncio.gather(*map(held, all_seen, matches))
        deals = tuple(
            scored(each, match, comparison, self.now)
            for each, match, comparison in zip(all_seen, matches, found, strict=True)
        )
        return Score(deals=deals, apart=len(findings) - len(deals))

    async def _seen(self, finding: Finding, computed: Computed) -> Seen:
        said, profile = await self._said(finding), computed.profile
        links = self.records.links
        choice = await patiently(lambda: find_customer(self.billing, links, self.connection, profile))
        known = choice.customer
        others = dict[str, Invoice]()
        for customer in (known,) if known else choice.candidates:
            others |= {each.id: each for each in await self._of_customer(customer.id, finding, computed)}
        elsewhere = {id for id in others if await self._of_another_deal(id, finding)}
        kept = tuple(each for each in others.values() if each.id not in elsewhere)
        return Seen(
            finding=finding,
            computed=computed,
            said=said,
            customer_id=known.id if known else None,
            others=tuple(each for each in kept if each.id not in {one.id for one in said}),
        )

    async def _said(self, finding: Finding) -> tuple[Invoice, ...]:
        """Return the invoices that carry our reference, or that a person said are the deal's."""
        deal, link = finding.deal, await self.records.links.deal(finding.deal, self.connection)
        known = {"customer_id": link.customer_id, "invoice_id": link.invoice_id}
        found = {each.id: each for each in await patiently(lambda: self.billing.invoices_of(deal, **known))}
        named = set(await self.records.payments.invoices_of(deal, self.connection))
        if link.adopted and link.invoice_id:
            named.add(link.invoice_id)
        for id in sorted(named - found.keys()):
            try:
                found[id] = await patiently(lambda id=id: self.billing.read_invoice(id))  # type: ignore[misc]
            except NotFound:
                continue
        return tuple(found.values())

    async def _of_customer(self, id: str, finding: Finding, computed: Computed) -> tuple[Invoice, ...]:
        date_of = self.clock.date_of
        since, until = between(computed, date_of(finding.at), date_of(self.now))
        return await patiently(lambda: self.billing.invoices_of_customer(id, since=since, until=until))

    async def _of_another_deal(self, invoice_id: str, finding: Finding) -> bool:
        of = await self.records.links.deal_of_invoice(invoice_id, self.connection)
        known = of or (await self.records.payments.known(invoice_id, self.connection)).deal
        return known is not None and known != finding.deal

    async def _compared(self, seen: Seen, invoice: Invoice) -> Comparison:
        lines = await patiently(lambda: self.billing.invoiced_lines(invoice.id))
        due_on = self.rules.due_on(invoice.issued_on, seen.computed.terms) if invoice.issued_on else None
        made = Made(invoice=invoice, lines=lines, customer_id=seen.customer_id, due_on=due_on)
        return compare(seen.computed, made)

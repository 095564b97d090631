"""Whose invoice it is, where neither our records nor the invoice itself say."""

from collections.abc import Awaitable, Callable

from activities.payment.books import MoneyBooks
from raccord.domain.desk.question import Answer, Ask, Choice
from raccord.domain.payment.candidates import MOST, DealCandidate, Reason, deals_for, deals_showing, numbered
from raccord.domain.payment.questions import NEVER, whose_invoice
from raccord.domain.payment.status import received
from raccord.domain.values.deal import DealRef
from raccord.domain.values.invoice import Invoice
from workflows.payment_received.steps import Reading, Writing
from workflows.steps import Stopped


class Whose:
    """`writing` is None in shadow: what was found is not remembered, and nobody is asked."""

    def __init__(
        self, reading: Reading, writing: Writing | None, ask: Callable[[Ask], Awaitable[Answer]]
    ) -> None:
        self._reading = reading
        self._writing = writing
        self._ask = ask

    async def found(self, books: MoneyBooks) -> DealRef | None:
        """Return the deal that shows the invoice, or that a person names; None: it is of no deal.

        Nobody is asked about money that has not come, nor where nothing speaks for a deal.
        """
        invoice = books.money.invoice
        if books.known.of_no_deal or books.of_no_deals:
            return None
        showing = await self._reading.deals_showing(invoice.number) if invoice.number else ()
        if len(showing) == 1:
            return await self._is_of(showing[0])
        if received(books.money).amount <= 0:
            return None
        candidates = await self._candidates(books, showing)
        if not candidates:
            return None
        if len(candidates) == 1 and Reason.SHOWN in candidates[0].reasons:
            return await self._is_of(candidates[0].deal.ref)
        ask = whose_invoice(books.money, candidates)
        if self._writing is None:
            raise Stopped(ask)
        return await self._said(invoice, await self._ask(ask))

    async def _candidates(self, books: MoneyBooks, showing: tuple[DealRef, ...]) -> tuple[DealCandidate, ...]:
        if showing:
            return deals_showing(tuple([await self._reading.deal(each) for each in showing[:MOST]]))
        if not books.companies:
            return ()
        invoice, theirs = books.money.invoice, await self._reading.deals_of(books.companies)
        return numbered(invoice, theirs) or deals_for(invoice, theirs)

    async def _said(self, invoice: Invoice, answer: Answer) -> DealRef | None:
        writing = self._writing
        if writing is None or answer.choice is Choice.RETRY:
            return None
        if answer.choice is Choice.SKIP or answer.option == NEVER:
            never = answer.option == NEVER
            await writing.belongs(None, customer_id=invoice.customer_id, never=never)
            return None
        return await self._is_of(self._reading.deal_named(answer.option))

    async def _is_of(self, deal: DealRef) -> DealRef:
        if self._writing:
            await self._writing.belongs(deal)
        return deal

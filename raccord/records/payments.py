"""What is remembered of each invoice's money, and the news of it that nobody was told yet."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from raccord.domain.payment.news import News
from raccord.domain.payment.standing import Known, Standing
from raccord.domain.values.deal import DealRef
from raccord.records.database import Database, insert_if_absent
from raccord.records.tables import deal_links, news, payment_states
from raccord.records.work import Work
from raccord.sealing import CannotUnseal, KeyRing, UnknownKey

_CONTEXT = b"news"
MOST_NEWS = 500
"""Told at once: they fit well into what Temporal takes as one payload."""


class Payments:
    """An index: what an invoice's money is stands in the billing system. `billing` names its connection."""

    def __init__(self, database: Database, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys

    def known(self, invoice_id: str, billing: str) -> Work[Known]:
        """Return what is remembered of an invoice."""
        wanted = select(payment_states).where(_invoice(invoice_id, billing))

        def work(tx: Connection) -> Known:
            row = tx.execute(wanted).one_or_none()
            if row is None:
                return Known()
            return Known(
                standing=Standing.model_validate_json(row.standing) if row.standing else None,
                deal=DealRef(connection=row.crm, id=row.deal) if row.deal else None,
                of_no_deal=row.of_no_deal,
                shown=DealRef(connection=row.shown_crm, id=row.shown_deal) if row.shown_deal else None,
            )

        return self._database.reading(work)

    def belongs(self, invoice_id: str, billing: str, deal: DealRef | None) -> Work[None]:
        """Remember whose an invoice is, in place of what was known; None: it is of no deal."""
        whose = {
            "crm": deal.connection if deal else "",
            "deal": deal.id if deal else "",
            "of_no_deal": deal is None,
        }
        return self._put(invoice_id, billing, whose)

    def united(self, invoice_id: str, billing: str, deal: DealRef) -> Work[None]:
        """Remember that an invoice's deal was united into this one, which shows what that one showed."""
        whose = {"crm": deal.connection, "deal": deal.id, "of_no_deal": False}
        return self._put(invoice_id, billing, whose | _shown(deal))

    def settle(self, invoice_id: str, billing: str, standing: Standing, deal: DealRef | None) -> Work[None]:
        """Remember an invoice's money as it is shown now, and on which deal."""
        now = {"standing": standing.model_dump_json(), "final": standing.final}
        return self._put(invoice_id, billing, now | _shown(deal))

    def invoices_of(self, deal: DealRef, billing: str) -> Work[tuple[str, ...]]:
        """Return the invoices that somebody said are this deal's."""
        its = and_(
            payment_states.c.crm == deal.connection,
            payment_states.c.deal == deal.id,
            payment_states.c.billing == billing,
        )
        wanted = select(payment_states.c.invoice_id).where(its).order_by(payment_states.c.invoice_id)
        return self._database.reading(lambda tx: tuple(tx.scalars(wanted)))

    def of_other_deals(
        self, invoice_ids: Collection[str], deal: DealRef, billing: str
    ) -> Work[frozenset[str]]:
        """Return those of these invoices that somebody said are another deal's than this one's."""
        states = payment_states.c
        another = or_(states.crm != deal.connection, states.deal != deal.id)
        its = and_(states.billing == billing, states.invoice_id.in_(invoice_ids), states.deal != "", another)
        wanted = select(states.invoice_id).where(its)
        return self._database.reading(lambda tx: frozenset(tx.scalars(wanted)))

    def unsettled(self, billing: str) -> Work[tuple[str, ...]]:
        """Return the deals' issued invoices whose money was not seen yet, or is still expected."""
        states, links = payment_states.c, deal_links.c
        final = select(states.invoice_id).where(states.billing == billing, states.final)
        issued = [
            select(column).where(links.billing == billing, number.is_not(None), column.is_not(None))
            for column, number in ((links.invoice_id, links.number), (links.deposit_id, links.deposit_number))
        ]
        waiting = select(states.invoice_id).where(states.billing == billing, states.deal != "", ~states.final)

        def work(tx: Connection) -> tuple[str, ...]:
            settled = set(tx.scalars(final))
            found = {str(id) for wanted in (*issued, waiting) for id in tx.scalars(wanted)}
            return tuple(sorted(found - settled))

        return self._database.reading(work)

    def note(self, found: News) -> Work[None]:
        """Keep news to be told; the same once, told or not."""
        row = {
            "at": found.at,
            "told_at": None,
            "sealed": self._keys.seal(found.model_dump_json().encode(), context=_CONTEXT),
        }

        def work(tx: Connection) -> None:
            insert_if_absent(tx, news, key=found.key, **row)

        return self._database.writing(work)

    def news(self) -> Work[tuple[News, ...]]:
        """Return the news that nobody was told, the oldest first and `MOST_NEWS` at most."""
        waiting = select(news.c.sealed).where(news.c.told_at.is_(None))
        oldest = waiting.order_by(news.c.at, news.c.key).limit(MOST_NEWS)

        def work(tx: Connection) -> tuple[News, ...]:
            return tuple(found for row in tx.scalars(oldest) if (found := self._readable(row)))

        return self._database.reading(work)

    def untold(self) -> Work[bool]:
        """Whether there is news that nobody was told."""
        waiting = select(news.c.key).where(news.c.told_at.is_(None)).limit(1)
        return self._database.reading(lambda tx: tx.scalar(waiting) is not None)

    def told_news(self, keys: tuple[str, ...], at: datetime) -> Work[None]:
        """Note which news were told; only their keys are kept."""
        told = update(news).where(news.c.key.in_(keys)).values(told_at=at, sealed=b"")

        def work(tx: Connection) -> None:
            tx.execute(told)

        return self._database.writing(work)

    def _readable(self, sealed: bytes) -> News | None:
        try:
            return News.model_validate_json(self._keys.unseal(sealed, context=_CONTEXT))
        except (UnknownKey, CannotUnseal):
            return None

    def _put(self, invoice_id: str, billing: str, values: dict[str, Any]) -> Work[None]:
        ids = {"invoice_id": invoice_id, "billing": billing}
        whose = {"crm": "", "deal": "", "of_no_deal": False}
        fresh = whose | _shown(None) | {"standing": "", "final": False}
        changed = values | {"updated_at": datetime.now(UTC)}

        def work(tx: Connection) -> None:
            if not insert_if_absent(tx, payment_states, **ids, **(fresh | changed)):
                tx.execute(update(payment_states).where(_invoice(invoice_id, billing)).values(**changed))

        return self._database.writing(work)


def _shown(deal: DealRef | None) -> dict[str, Any]:
    return {"shown_crm": deal.connection if deal else "", "shown_deal": deal.id if deal else ""}


def _invoice(invoice_id: str, billing: str) -> ColumnElement[bool]:
    return and_(payment_states.c.invoice_id == invoice_id, payment_states.c.billing == billing)

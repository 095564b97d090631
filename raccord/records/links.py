"""Which CRM record belongs to which record of the billing system.

An index only: each link can be rebuilt from our references in the vendors.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import TypedDict, Unpack

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    exists,
    literal,
    or_,
    select,
    union,
    update,
)

from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef
from raccord.domain.values.document import DocumentOf
from raccord.records.database import Database, insert_if_absent
from raccord.records.tables import claims, customer_links, deal_links
from raccord.records.work import Work


class DealLink(Value):
    """What is remembered about a deal's invoice. The default is a deal never seen."""

    revision: int = 1
    """Rises when a draft had to be replaced, so that its idempotency key is never used again."""
    customer_id: str | None = None
    invoice_id: str | None = None
    number: str | None = None
    deposit_id: str | None = None
    """The issued invoice of the deal's deposit; `invoice_id` goes on to the balance."""
    deposit_number: str | None = None
    delivered: bool = False
    adopted: bool = False
    """A person said that the invoice, which is not of our making, is this deal's."""
    settled: str | None = None
    """Content hash of the deal when its flow had done all there was to do; None when something is open."""
    merged_into: str | None = None
    """Id of the deal that the CRM united it into."""
    updated_at: datetime | None = None


class DealChange(TypedDict, total=False):
    """The fields of a `DealLink` that a step may set."""

    revision: int
    customer_id: str | None
    invoice_id: str | None
    number: str | None
    deposit_id: str | None
    deposit_number: str | None
    delivered: bool
    adopted: bool
    settled: str | None
    merged_into: str | None


class LinkConflict(Exception):
    """One identity would belong to two customers of the billing system; a person has to choose."""

    def __init__(self, identity: str, billing: str, *, linked: str, offered: str) -> None:
        super().__init__(
            f"Customer {identity} is already {linked} in {billing}, and now {offered} is said to be it. "
            "Merge the two in the billing system, or correct the link."
        )
        self.linked = linked
        self.offered = offered


class Links:
    def __init__(self, database: Database) -> None:
        self._database = database

    def customer(self, identity: str, billing: str) -> Work[str | None]:
        """Return the id of a customer in the billing system, by our identity of it."""
        wanted = select(customer_links.c.customer_id).where(_customer(identity, billing))
        return self._database.reading(lambda tx: tx.scalar(wanted))

    def identities(self, customer_id: str, billing: str) -> Work[tuple[str, ...]]:
        """Return our identities of a customer of the billing system; several after companies were united."""
        known = and_(customer_links.c.customer_id == customer_id, customer_links.c.billing == billing)
        wanted = select(customer_links.c.identity).where(known).order_by(customer_links.c.identity)
        return self._database.reading(lambda tx: tuple(tx.scalars(wanted)))

    def link_customer(
        self, identity: str, billing: str, customer_id: str, crm_company: str, *, replacing: str | None = None
    ) -> Work[None]:
        """Remember a customer; repeating it changes nothing, the first CRM company included.

        `replacing` is a linked customer that the billing system has since deleted. Raises
        `LinkConflict` when the identity is any other customer already.
        """
        row = {"customer_id": customer_id, "crm_company": crm_company, "linked_at": datetime.now(UTC)}
        stored = select(customer_links.c.customer_id).where(_customer(identity, billing))

        def work(tx: Connection) -> None:
            if replacing and replacing != customer_id:
                gone = and_(_customer(identity, billing), customer_links.c.customer_id == replacing)
                tx.execute(delete(customer_links).where(gone))
            insert_if_absent(tx, customer_links, identity=identity, billing=billing, **row)
            linked = tx.scalars(stored).one()
            if linked != customer_id:
                raise LinkConflict(identity, billing, linked=linked, offered=customer_id)

        return self._database.writing(work)

    def deal(self, deal: DealRef, billing: str) -> Work[DealLink]:
        """Return what is remembered about a deal; the default for one never seen."""
        wanted = select(deal_links).where(_deal(deal, billing))

        def work(tx: Connection) -> DealLink:
            row = tx.execute(wanted).one_or_none()
            return DealLink() if row is None else DealLink.model_validate(row._asdict())

        return self._database.reading(work)

    def united_with(self, deal: DealRef, billing: str) -> Work[tuple[str, ...]]:
        """Return the ids of the deals that were found merged into this one; not every CRM lists them."""
        lost = and_(
            deal_links.c.crm == deal.connection,
            deal_links.c.billing == billing,
            deal_links.c.merged_into == deal.id,
        )
        wanted = select(deal_links.c.deal).where(lost).order_by(deal_links.c.deal)
        return self._database.reading(lambda tx: tuple(tx.scalars(wanted)))

    def invoiced_deals(self, crm: str) -> Work[frozenset[str]]:
        """Return the ids of the deals of a CRM that have an issued invoice."""
        issued = or_(deal_links.c.number.is_not(None), deal_links.c.deposit_number.is_not(None))
        wanted = select(deal_links.c.deal).where(deal_links.c.crm == crm, issued)
        return self._database.reading(lambda tx: frozenset(tx.scalars(wanted)))

    def companies_of(self, customer_id: str, billing: str) -> Work[tuple[str, ...]]:
        """Return the CRM's companies, `<connection>:<id>`, that are this customer of the billing system."""
        known = and_(customer_links.c.customer_id == customer_id, customer_links.c.billing == billing)
        wanted = select(customer_links.c.crm_company).where(known).distinct()
        return self._database.reading(lambda tx: tuple(sorted(tx.scalars(wanted))))

    def deal_of_invoice(self, invoice_id: str, billing: str) -> Work[DealRef | None]:
        """Return the deal that an invoice is linked with."""
        its = or_(deal_links.c.invoice_id == invoice_id, deal_links.c.deposit_id == invoice_id)
        wanted = select(deal_links.c.crm, deal_links.c.deal).where(its, deal_links.c.billing == billing)

        def work(tx: Connection) -> DealRef | None:
            row = tx.execute(wanted.limit(1)).one_or_none()
            return None if row is None else DealRef(connection=row.crm, id=row.deal)

        return self._database.reading(work)

    def deals_of_number(self, number: str, billing: str) -> Work[tuple[DealRef, ...]]:
        """Return the deals that an invoice of this number, or of this id, is linked with."""
        links = deal_links.c
        named = (links.number, links.deposit_number, links.invoice_id, links.deposit_id)
        its = or_(*(column == number for column in named))
        wanted = select(links.crm, links.deal).where(its, links.billing == billing).order_by(links.deal)

        def work(tx: Connection) -> tuple[DealRef, ...]:
            return tuple(DealRef(connection=row.crm, id=row.deal) for row in tx.execute(wanted))

        return self._database.reading(work)

    def settled(self, crm: str, deals: Collection[str]) -> Work[dict[str, datetime]]:
        """Return when these deals' flows noted that nothing is left to do, aware; not of those with more."""
        of_crm = and_(deal_links.c.crm == crm, deal_links.c.settled.is_not(None))
        wanted = select(deal_links.c.deal, deal_links.c.updated_at).where(
            of_crm, deal_links.c.deal.in_(deals)
        )
        return self._database.reading(lambda tx: {row.deal: row.updated_at for row in tx.execute(wanted)})

    def without_document(self, billing: str, *, most: int) -> Work[tuple[DocumentOf, ...]]:
        """Return issued invoices whose PDF nobody has looked for to the end, the oldest first."""
        issued = union(
            _numbered(deal_links.c.invoice_id, deal_links.c.number, billing),
            _numbered(deal_links.c.deposit_id, deal_links.c.deposit_number, billing),
        ).subquery()
        looked_for = claims.c.key == literal(f"document/{billing}/") + issued.c.invoice_id
        wanted = select(issued).where(~exists().where(looked_for)).order_by(issued.c.updated_at).limit(most)

        def work(tx: Connection) -> tuple[DocumentOf, ...]:
            return tuple(
                DocumentOf(
                    billing=billing,
                    deal=DealRef(connection=row.crm, id=row.deal),
                    invoice_id=row.invoice_id,
                    number=row.number,
                )
                for row in tx.execute(wanted)
            )

        return self._database.reading(work)

    def update_deal(self, deal: DealRef, billing: str, **changed: Unpack[DealChange]) -> Work[None]:
        """Set the given fields and leave the others."""
        now, fresh = datetime.now(UTC), DealLink()
        ids = {"crm": deal.connection, "deal": deal.id, "billing": billing}
        defaults = {
            "revision": fresh.revision,
            "delivered": fresh.delivered,
            "adopted": fresh.adopted,
            "updated_at": now,
        }

        def work(tx: Connection) -> None:
            insert_if_absent(tx, deal_links, **ids, **defaults)
            tx.execute(update(deal_links).where(_deal(deal, billing)).values(**changed, updated_at=now))

        return self._database.writing(work)


def _customer(identity: str, billing: str) -> ColumnElement[bool]:
    return and_(customer_links.c.identity == identity, customer_links.c.billing == billing)


def _numbered(invoice_id: Column[str], number: Column[str], billing: str) -> Select[tuple[str, ...]]:
    """Select the deals that have this invoice issued."""
    return select(
        deal_links.c.crm,
        deal_links.c.deal,
        invoice_id.label("invoice_id"),
        number.label("number"),
        deal_links.c.updated_at,
    ).where(deal_links.c.billing == billing, number.is_not(None), invoice_id.is_not(None))


def _deal(deal: DealRef, billing: str) -> ColumnElement[bool]:
    return and_(
        deal_links.c.crm == deal.connection, deal_links.c.deal == deal.id, deal_links.c.billing == billing
    )

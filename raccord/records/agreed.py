"""What both sides of each linked pair said when they last agreed, and which links there are.

`customer_id` is the billing customer's, `billing` the name of its connection, `company` the CRM's company as
`<connection>:<id>`: all opaque. What was said is sealed.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, update

from raccord.domain.contact.agreed import Agreement, Linked
from raccord.domain.values.base import Value
from raccord.domain.values.details import Field, Side
from raccord.records.database import Database, insert_if_absent
from raccord.records.tables import agreed, customer_links
from raccord.records.work import Work
from raccord.sealing import KeyRing

_CONTEXT = b"agreed"


class Touched(Value):
    """A pair by its billing connection, its customer there, and its company as `<connection>:<id>`."""

    billing: str
    customer_id: str
    crm_company: str


class Said(Value):
    """What a record says of a field since we wrote it, as `essence` writes it."""

    side: Side
    field: Field
    text: str


class Agreed:
    def __init__(self, database: Database, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys

    def of(self, customer_id: str, billing: str) -> Work[tuple[Linked, ...]]:
        """Return the companies of a customer, by their ids, with what is remembered of each pair."""
        its = and_(customer_links.c.customer_id == customer_id, customer_links.c.billing == billing)
        since = func.min(customer_links.c.linked_at, type_=customer_links.c.linked_at.type)
        companies = select(customer_links.c.crm_company, since.label("since")).where(its)
        companies = companies.group_by(customer_links.c.crm_company).order_by(customer_links.c.crm_company)

        def work(tx: Connection) -> tuple[Linked, ...]:
            return tuple(
                Linked(
                    company=row.crm_company,
                    since=row.since,
                    shared=self._shared(tx, row.crm_company, customer_id, billing),
                    agreed=self._agreed(tx, _pair(customer_id, billing, row.crm_company)),
                )
                for row in tx.execute(companies)
            )

        return self._database.reading(work)

    def agree(
        self, customer_id: str, billing: str, company: str, found: Mapping[Field, Agreement]
    ) -> Work[None]:
        """Remember what a pair agreed on, field by field, in place of what was known."""
        now = datetime.now(UTC)

        def work(tx: Connection) -> None:
            for field, each in found.items():
                self._put(tx, (customer_id, billing, company), field, each, now)

        return self._database.writing(work)

    def wrote(self, customer_id: str, billing: str, company: str, said: Collection[Said]) -> Work[None]:
        """Tell the other pairs of a record what we made it say: to them it is no edit."""
        now = datetime.now(UTC)

        def work(tx: Connection) -> None:
            for each in said:
                record = agreed.c.customer_id == customer_id
                pair = agreed.c.crm_company != company
                if each.side is Side.CRM:
                    record, pair = agreed.c.crm_company == company, agreed.c.customer_id != customer_id
                others = and_(record, pair, agreed.c.billing == billing, agreed.c.field == each.field.value)
                for row in tx.execute(select(agreed).where(others)).all():
                    known = self._unsealed(row.sealed).saying(each.side, each.text)
                    self._put(tx, (row.customer_id, billing, row.crm_company), each.field, known, now)

        return self._database.writing(work)

    def moved(self, customer_id: str, billing: str, company: str, survivor: str) -> Work[None]:
        """Let a customer belong to the company that its own was merged into, of which nothing is agreed."""
        link = and_(customer_links.c.customer_id == customer_id, customer_links.c.billing == billing)
        moved = update(customer_links).where(link, customer_links.c.crm_company == company)
        now = datetime.now(UTC)

        def work(tx: Connection) -> None:
            tx.execute(moved.values(crm_company=survivor, linked_at=now))
            tx.execute(delete(agreed).where(_pair(customer_id, billing, company)))

        return self._database.writing(work)

    def touched(
        self, connection: str, companies: Collection[str], customers: Collection[str]
    ) -> Work[tuple[Touched, ...]]:
        """Return the pairs that have one of these companies or customers of a connection, by ids there."""
        named = [f"{connection}:{each}" for each in companies]
        linked = customer_links.c
        wanted = select(linked.billing, linked.customer_id, linked.crm_company).distinct()
        its = and_(linked.billing == connection, linked.customer_id.in_(list(customers)))
        ordered = wanted.where(or_(linked.crm_company.in_(named), its)).order_by(linked.customer_id)

        def work(tx: Connection) -> tuple[Touched, ...]:
            rows = tx.execute(ordered).all() if named or customers else ()
            return tuple(Touched.model_validate(row._asdict()) for row in rows)

        return self._database.reading(work)

    def customers(self, billing: str) -> Work[tuple[str, ...]]:
        """Return every linked customer, by id."""
        wanted = select(customer_links.c.customer_id).where(customer_links.c.billing == billing).distinct()
        return self._database.reading(lambda tx: tuple(sorted(tx.scalars(wanted))))

    def _put(
        self, tx: Connection, pair: tuple[str, str, str], field: Field, found: Agreement, now: datetime
    ) -> None:
        customer_id, billing, company = pair
        ids = {"billing": billing, "customer_id": customer_id, "crm_company": company, "field": field.value}
        said = {"at": now, "sealed": self._keys.seal(found.model_dump_json().encode(), context=_CONTEXT)}
        if not insert_if_absent(tx, agreed, **ids, **said):
            its = and_(_pair(customer_id, billing, company), agreed.c.field == field.value)
            tx.execute(update(agreed).where(its).values(**said))

    def _agreed(self, tx: Connection, pair: ColumnElement[bool]) -> dict[Field, Agreement]:
        rows = tx.execute(select(agreed.c.field, agreed.c.sealed).where(pair).order_by(agreed.c.field))
        return {Field(row.field): self._unsealed(row.sealed) for row in rows}

    def _unsealed(self, sealed: bytes) -> Agreement:
        return Agreement.model_validate_json(self._keys.unseal(sealed, context=_CONTEXT))

    def _shared(self, tx: Connection, company: str, customer_id: str, billing: str) -> bool:
        others = and_(
            customer_links.c.crm_company == company,
            customer_links.c.billing == billing,
            customer_links.c.customer_id != customer_id,
        )
        return tx.scalar(select(customer_links.c.identity).where(others).limit(1)) is not None


def _pair(customer_id: str, billing: str, company: str) -> ColumnElement[bool]:
    return and_(
        agreed.c.customer_id == customer_id, agreed.c.billing == billing, agreed.c.crm_company == company
    )

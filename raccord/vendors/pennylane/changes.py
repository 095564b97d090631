"""What changed: changelogs of four weeks (pennylane page, sections 2 and 4), and credit notes by their date.

No webhook tells of payments or customers. The lists name what changed, whatever of it did and whoever did it.
"""

from datetime import UTC, datetime, timedelta

from pydantic import ValidationError

from raccord.connectors.http.reading import Wire
from raccord.domain.values.clock import DAY, BusinessClock
from raccord.domain.values.correction import Corrected, CorrectedInvoices
from raccord.domain.values.details import ChangedRecords
from raccord.domain.values.payment import ChangedMoney
from raccord.vendors.pennylane.api import CUSTOMERS, INVOICES, PAGE_SIZE, Filter, PennylaneApi
from raccord.vendors.pennylane.invoices import PATH, Invoices
from raccord.vendors.pennylane.standing import CREDIT_NOTES, ISSUED, is_other
from raccord.vendors.pennylane.wire import Change, Document, DocumentList

_KEPT = timedelta(weeks=4) - timedelta(hours=1)
"""A longer look back is refused; an hour less, as clocks differ."""
_MOST = 1000
_DELETED = "delete"


class _Entries(Wire):
    """A page of a changelog, each entry still as it came: one that is unreadable hides no other."""

    items: tuple[dict[str, object], ...]
    has_more: bool = False
    next_cursor: str | None = None


class Changes:
    def __init__(self, api: PennylaneApi, invoices: Invoices, clock: BusinessClock) -> None:
        self._api = api
        self._invoices = invoices
        self._clock = clock

    async def money(self, since: datetime, until: datetime | None) -> ChangedMoney:
        """Return the invoices that changed; one answer's worth, the oldest change first."""
        changes, unreadable, more = await self._read("customer_invoices", INVOICES, since)
        ids, seen_to = _between(changes, until, more=more)
        ids = await self._without_others(ids)
        return ChangedMoney(invoices=ids, unreadable=unreadable, seen_to=seen_to)

    async def customers(self, since: datetime, until: datetime | None) -> ChangedRecords:
        began = datetime.now(UTC)
        changes, _, more = await self._read("customers", CUSTOMERS, since)
        ids, seen_to = _between(changes, until, more=more)
        return ChangedRecords(ids=ids, seen_to=seen_to or until or began, more=seen_to is not None)

    async def corrected(self, since: datetime) -> CorrectedInvoices:
        """Name the invoices of the credit notes dated since; a day more, as their date is no instant."""
        day = (self._clock.date_of(since) - DAY).isoformat()
        filters: list[Filter] = [*ISSUED, CREDIT_NOTES, ("date", "gteq", day)]
        notes = self._invoices.each("list the credit notes", filters)
        credited = [each.credited_invoice.id async for each in notes if each.credited_invoice]
        return CorrectedInvoices(
            invoices=tuple(Corrected(invoice_id=str(id)) for id in dict.fromkeys(credited))
        )

    async def _without_others(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        """Leave out estimates and orders, which the list has too; of a credit note, name its invoice.

        One that does not show is named: whoever reads it learns more.
        """
        documents: dict[str, Document] = {}
        for first in range(0, len(ids), PAGE_SIZE):
            listed = self._api.all(
                "tell invoices from other documents",
                INVOICES,
                PATH,
                DocumentList,
                filters=[("id", "in", list(ids[first : first + PAGE_SIZE]))],
                sort="id",
            )
            documents |= {str(each.id): each async for each in listed}
        named = (_invoice_of(id, documents.get(id)) for id in ids)
        return tuple(dict.fromkeys(each for each in named if each))

    async def _read(self, of: str, needs: str, since: datetime) -> tuple[list[Change], int, bool]:
        """Return the first answer's worth of changes, how many are unreadable, and whether there are more."""
        begin = max(since.astimezone(UTC), datetime.now(UTC) - _KEPT)
        stamp = begin.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        params: dict[str, str | int] = {"start_date": stamp, "limit": _MOST}
        what, changes, unreadable = f"list the changes of {of.replace('_', ' ')}", list[Change](), 0
        while True:
            page = await self._api.get(what, needs, f"/changelogs/{of}", _Entries, params)
            for each in page.items:
                try:
                    changes.append(Change.model_validate(each))
                except ValidationError:
                    unreadable += 1
            further = changes and changes[-1].processed_at > begin
            if not page.has_more or not page.next_cursor or further:
                return changes, unreadable, page.has_more
            # A thousand changes of one moment; the start beside a cursor is refused (section 2).
            params = {"cursor": page.next_cursor, "limit": _MOST}


def _invoice_of(id: str, document: Document | None) -> str | None:
    if document is None or not is_other(document.status, document.credited_invoice, document.currency_amount):
        return id
    return str(document.credited_invoice.id) if document.credited_invoice else None


def _between(
    changes: list[Change], until: datetime | None, *, more: bool
) -> tuple[tuple[str, ...], datetime | None]:
    """Return what changed before an instant and is still there, by its last change; and how far it goes."""
    last: dict[int, Change] = {}
    for each in changes:
        if until is None or each.processed_at < until:
            last.pop(each.id, None)
            last[each.id] = each
    ids = tuple(str(id) for id, change in last.items() if change.operation != _DELETED)
    reached = changes[-1].processed_at if more and changes else None
    # Once a change is later than what was asked for, all of that is named.
    return ids, None if reached and until and reached >= until else reached

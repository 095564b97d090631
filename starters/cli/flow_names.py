"""What our records call the subjects of flows; no vendor is asked."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from pydantic import ValidationError

from raccord.domain.values.invoice import Invoice
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.records.audit import AuditRow, Kind
from raccord.records.database import RecordsUnavailable
from raccord.records.records import Records
from raccord.sealing import CannotUnseal, KeyRing, UnknownKey
from raccord.settings.configuration import Configuration

_ISSUED = "billing.finalise"
_LONG_AGO = timedelta(days=366)
"""Of what was issued before, no flow is among the latest ones but by chance."""


async def names_known(configuration: Configuration, keys: KeyRing) -> Mapping[Subject, str]:
    """Return what each subject is called that our records know by a name; nothing where they do not answer.

    A deal by its name where a question or a look in shadow told it, else by its invoice.
    """
    records = Records.open(configuration.settings.records_url, keys)
    try:
        await records.migrate()
        return await _names(records, configuration.billing.name)
    except (RecordsUnavailable, UnknownKey, CannotUnseal):
        # A list without names is better than none.
        return {}
    finally:
        await records.close()


async def _names(records: Records, billing: str) -> dict[Subject, str]:
    now = datetime.now(UTC)
    issued = await records.audit.stated_between((_ISSUED,), now - _LONG_AGO, now)
    verdicts = await records.findings.verdicts()
    asked = await records.waiting.list(open_only=False)
    names = dict(_of_issued(issued, billing))
    names |= {each.deal.subject: each.name for each in verdicts if each.name}
    return names | {each.question.subject: each.question.name for each in asked if each.question.name}


def _of_issued(rows: Iterable[AuditRow], billing: str) -> Iterator[tuple[Subject, str]]:
    """Name an invoice and its deal by its number and its buyer, and the buyer."""
    for row in rows:
        if row.kind is not Kind.OUTCOME:
            continue
        try:
            invoice = Invoice.model_validate(row.detail)
        except ValidationError:
            continue
        buyer = invoice.buyer.name if invoice.buyer else ""
        name = " · ".join(filter(None, (invoice.number, buyer)))
        connection, _, deal = row.object.partition(":")
        for subject, called in (
            (Subject(kind=SubjectKind.DEAL, connection=connection, id=deal), name),
            (Subject(kind=SubjectKind.INVOICE, connection=billing, id=invoice.id), name),
            (Subject(kind=SubjectKind.CUSTOMER, connection=billing, id=invoice.customer_id), buyer),
        ):
            if called:
                yield subject, called

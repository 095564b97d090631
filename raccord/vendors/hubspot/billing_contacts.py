"""Who receives a company's invoices, as labels of associations say."""

from collections.abc import Iterable

from raccord.domain.values.base import fold
from raccord.vendors.hubspot.records import Records, unless_gone
from raccord.vendors.hubspot.translation import creation
from raccord.vendors.hubspot.wire import Association

MOST_PEOPLE = 100
"""Contacts of a deal that are read, the oldest first, and as many billing contacts; companies too."""
_BILLING_CONTACT = (930, 931)
"""Company to contact and back (HubSpot docs: associations v4, type ids)."""


class BillingContacts:
    """The billing contacts of one HubSpot account: by its own label, or one that the settings name."""

    def __init__(self, records: Records, labels: Iterable[str]) -> None:
        self._records = records
        self._labels = {fold(label) for label in labels}

    def marks(self, link: Association) -> bool:
        return link.has(*_BILLING_CONTACT) or link.called(self._labels)

    async def of(self, company_id: str) -> tuple[str, ...]:
        """Return the ids of a company's billing contacts, the oldest first."""
        people = await unless_gone(self._records.associated("companies", company_id, "contacts"))
        return oldest([each.to_object_id for each in people or () if self.marks(each)])


def oldest(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(ids, key=creation)[:MOST_PEOPLE])

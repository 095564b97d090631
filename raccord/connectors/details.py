"""What keeping customers in step needs of either side: a CRM's companies, a billing system's customers."""

from datetime import datetime
from typing import Protocol

from raccord.domain.values.details import ChangedRecords, Changes, Field, Sight


class DetailsReader(Protocol):
    """Reading the details of a CRM's company or a billing customer. `Transient` may be retried."""

    @property
    def keeps(self) -> frozenset[Field]:
        """The fields that a record of this side can keep, by the vendor and the settings."""
        ...

    async def read_details(self, record_id: str) -> Sight:
        """Read a record as it lives now, with who edited each field last; of a merged one the survivor.

        One that is deleted is `gone` and no exception.
        """
        ...

    async def details_changed(self, since: datetime, *, until: datetime | None) -> ChangedRecords:
        """Name the records that changed since an aware instant, whatever of them did, oldest first.

        As far back as the vendor remembers; its search lag applies. It pages through one answer's worth.
        """
        ...


class DetailsWriter(DetailsReader, Protocol):
    """Writing them. `AmbiguousWrite`: it may have happened; writing the same again is harmless."""

    async def write_details(self, record_id: str, changes: Changes, *, key: str) -> None:
        """Write the fields that `changes` names, and nothing else.

        It looks itself: what stands there already is not written, and where a field says neither that nor
        what was expected, nothing is written and it is a `Permanent` of code `look_again`. Where a vendor
        takes more than one request, each may be the last, and none leaves the record without a number that
        it had and shall have. `Permanent` names the field that is refused.
        """
        ...

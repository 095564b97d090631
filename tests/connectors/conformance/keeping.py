"""What a vendor's tests bring so that the suite for keeping customers in step runs for it.

`tests/vendors/<vendor>/keeping.py` holds `KEEPING`.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

from raccord.domain.values.address import Address
from raccord.domain.values.details import Details, Field
from tests.connectors.conformance.cases import Case
from tests.connectors.conformance.lab import Lab

BEFORE = Details(
    name="Ateliers Réunis",
    email="compta@ateliers.example",
    phone="+33 1 23 45 67 89",
    address=Address(line1="1 rue de la Paix", postal_code="75002", city="Paris", country="FR"),
    siren="732829320",
    vat_number="FR44732829320",
)
AFTER = Details(
    name="L'Été « 日本 » & fils",
    email="factures@ete.example",
    phone="+32 2 123 45 67",
    address=Address(line1="2 rue Neuve", line2="Boîte 3", postal_code="1000", city="Bruxelles", country="BE"),
    siren="552100554",
    vat_number="BE0428759497",
)
ALL = frozenset((Field.NAME, Field.EMAIL, Field.PHONE, Field.ADDRESS, Field.SIREN, Field.VAT_NUMBER))


class Keeping(ABC):
    """One side's records, as a person there makes and edits them."""

    vendor: ClassVar[str]
    case: ClassVar[Case]
    edits_to_write: ClassVar[int]
    """Requests that write when every field changes at once."""

    @abstractmethod
    async def make(self, lab: Lab, details: Details) -> str: ...

    @abstractmethod
    async def edit(self, lab: Lab, record: str, field: Field, value: str) -> None:
        """Change a field that is one text."""

    async def edit_in(self, _: int, /, lab: Lab, record: str, field: Field, value: str) -> None:
        """Change a field so many seconds from now, where two changes of one second have no order."""
        await self.edit(lab, record, field, value)

    @abstractmethod
    async def delete(self, lab: Lab, record: str) -> None: ...

    @abstractmethod
    async def numbers(self, lab: Lab, record: str) -> list[str]:
        """Return every number that the record has, sorted."""

"""The PDF of an issued invoice: a copy of convenience, since the billing system is the archive."""

import hashlib
import re

from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 100


class DocumentOf(Value):
    """Whose PDF it is."""

    billing: str
    deal: DealRef
    invoice_id: str
    number: str

    @property
    def key(self) -> str:
        """Names it in our records."""
        return f"document/{self.billing}/{self.invoice_id}"

    @property
    def file_name(self) -> str:
        """The number as a file is named anywhere; a number that had to be changed keeps a mark of its own."""
        plain = _UNSAFE.sub("_", self.number).strip("._-")[:_LONGEST_NAME]
        if plain and plain == self.number:
            return f"{plain}.pdf"
        return f"{plain or 'invoice'}-{hashlib.sha256(self.number.encode()).hexdigest()[:8]}.pdf"

    @property
    def ref(self) -> str:
        """The mark by which its note is found again in the CRM."""
        return f"raccord.pdf.{self.invoice_id}"


class KeptDocument(Value):
    """A PDF that lies in our folder."""

    of: DocumentOf
    sha256: str
    size: int
    """In bytes."""


class DocumentRemark(Value):
    """Why a step about a PDF came to nothing; `again`: asking later may help."""

    reason: str
    again: bool = False

"""An e-mail to a customer, as it leaves: addressed, worded, and named once for all its attempts."""

import hashlib

from raccord.domain.values.base import OneLine, Value


class Mail(Value):
    """One e-mail. Its `key` derives from the business and names it whatever becomes of an attempt.

    Addresses are bare and valid. `html` is empty where there is plain text alone.
    """

    key: str
    to: tuple[str, ...]
    subject: OneLine
    text: str
    html: str = ""
    language: str = ""

    @property
    def name(self) -> str:
        """What stands before the `@` of its Message-ID: opaque, and the same for every attempt."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:32]

    @property
    def content_hash(self) -> str:
        """The same for the same words to the same people."""
        said = "\x00".join((*self.to, self.subject, self.text, self.html))
        return hashlib.sha256(said.encode()).hexdigest()

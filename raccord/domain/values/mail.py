"""An e-mail to a customer, as it leaves: addressed, worded, and named once for all its attempts."""

import hashlib
import re
from typing import Annotated

from pydantic import AfterValidator, Field, computed_field

from raccord.domain.values.base import OneLine, Value
from raccord.domain.values.email import NamedAddress

_MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")


def _message_id(text: str) -> str:
    if not _MESSAGE_ID.fullmatch(text):
        raise ValueError(f"{text!r} is no Message-ID, such as <1f3a@hexalab.fr>")
    return text


MessageId = Annotated[str, AfterValidator(_message_id)]
"""The name of a mail that left, in its angle brackets (RFC 5322, section 3.6.4)."""


class Attachment(Value):
    """A PDF that goes with a mail. Its bytes are in no dump: what is remembered of it is name and hash."""

    name: OneLine
    """As the reader's computer would save it: `facture-F-2026-0042.pdf`."""
    content: bytes = Field(exclude=True, repr=False)

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no property under another decorator
    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class Picture(Value):
    """A PNG that stands in the page of a mail, where it is named `cid:<cid>`. Its bytes are in no dump."""

    name: OneLine
    """As the reader's computer would save it: `flow_EUR.png`."""
    content: bytes = Field(exclude=True, repr=False)

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no property under another decorator
    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def cid(self) -> str:
        """What the page calls it (RFC 2392): the same for the same picture."""
        return f"{self.sha256[:32]}@raccord"


class Mail(Value):
    """One e-mail. Its `key` derives from the business and names it whatever becomes of an attempt.

    Addresses of `to` and `cc` are bare and valid. `html` is empty where there is plain text alone.
    """

    key: str
    to: tuple[str, ...]
    subject: OneLine
    text: str
    html: str = ""
    language: str = ""
    cc: tuple[str, ...] = ()
    sender: NamedAddress = ""
    """Who writes: `Hexalab <compta@hexalab.fr>` or the address alone; empty for the mail server's own."""
    reply_to: NamedAddress = ""
    """Where answers go, written alike; empty for the mail server's own setting."""
    follows: tuple[MessageId, ...] = ()
    """The mails whose thread it continues, the oldest first."""
    attachments: tuple[Attachment, ...] = ()
    pictures: tuple[Picture, ...] = ()
    """Of its page; a mail of plain text has none."""
    declinable: bool = True
    """Whether its reader may ask for no more of the kind: a welcome, but no demand for payment."""

    @property
    def name(self) -> str:
        """What stands before the `@` of its Message-ID: opaque, and the same for every attempt."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:32]

    @property
    def content_hash(self) -> str:
        """The same for the same words and files, from the same sender to the same people."""
        return hashlib.sha256(self.model_dump_json(exclude={"key"}).encode()).hexdigest()

"""What a connector may raise, and nothing else.

ConnectorError
├── Transient        network or vendor down             retry
├── RateLimited      the vendor said when to come back  retry then, quietly
├── AmbiguousWrite   it may have happened               look first, then retry
├── Auth             credentials no longer work         retry slowly, alert once
│   └── Forbidden    they work, but lack a permission   the same
├── Permanent        understood and refused             a person repairs, the same step resumes
└── Poison           an answer we cannot read           set aside, visible

A connector catches its client's exceptions at its own edge and raises one of these `from` the
original. A message says what failed, for which object, and what to do; never a secret, never a
whole body.
"""

from datetime import timedelta
from typing import ClassVar

DUE_DATE_PAST, VAT_RATE_MISSING = "due_date_past", "vat_rate_missing"
"""Codes of a `Permanent` that every vendor's connector uses, because a flow acts on them: make a new order
with a due date of today on; look for the VAT rate again, and create it."""
RECIPIENT, MAIL_TOO_LARGE = "recipient", "mail_too_large"
"""The same of every mailer: write to another address; send the mail without its attachments."""


class ConnectorError(Exception):
    """Base of everything a connector raises. `str()` is a sentence for a person."""

    name: ClassVar[str]

    def __init__(self, message: str, *, request_id: str | None = None) -> None:
        super().__init__(message)
        self.request_id = request_id
        """The vendor's own id of the failed request, to quote to its support."""


class Transient(ConnectorError):
    """Nothing happened on the other side, or it was a read.

    `elsewhere`: a refusal not in the vendor's own words; a proxy made it, or nobody knows the path.
    """

    name = "Transient"

    def __init__(self, message: str, *, elsewhere: bool = False, request_id: str | None = None) -> None:
        super().__init__(message, request_id=request_id)
        self.elsewhere = elsewhere


class RateLimited(ConnectorError):
    """The vendor asks to come back later; nothing happened."""

    name = "RateLimited"

    def __init__(self, message: str, *, retry_after: timedelta, request_id: str | None = None) -> None:
        super().__init__(message, request_id=request_id)
        self.retry_after = retry_after


class AmbiguousWrite(ConnectorError):
    """A write left and its outcome is unknown.

    `answered` is true when the vendor itself answered with a server error: the request is then
    over, and a vendor that stores answers would replay this one under the same idempotency key.
    `retry_after` is how long its look-ups may still miss what the request created.
    """

    name = "AmbiguousWrite"

    def __init__(
        self,
        message: str,
        *,
        answered: bool = False,
        retry_after: timedelta | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, request_id=request_id)
        self.answered = answered
        self.retry_after = retry_after


class Auth(ConnectorError):
    """Credentials are refused or lack a permission; the message names it.

    `retry_after` is set where a person's one click ends it and asking again costs little, such as an
    invitation into a channel; otherwise it is asked again in minutes.
    """

    name = "Auth"

    def __init__(
        self, message: str, *, retry_after: timedelta | None = None, request_id: str | None = None
    ) -> None:
        super().__init__(message, request_id=request_id)
        self.retry_after = retry_after


class Forbidden(Auth):
    """The credentials are accepted but not allowed to do this; a read may have another answer ready."""


class Permanent(ConnectorError):
    """The vendor understood the request and refused it; repeating it is pointless.

    `code` is the vendor's own error code, `field` the parameter it names, where it does.
    """

    name = "Permanent"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        field: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, request_id=request_id)
        self.code = code
        self.field = field


class NotFound(Permanent):
    """The object does not exist (any more)."""


class Poison(ConnectorError):
    """An answer or event that does not have the shape its vendor documents."""

    name = "Poison"

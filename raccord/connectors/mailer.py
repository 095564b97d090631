"""What the flows need from e-mail."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeAlias

from raccord.connectors.capabilities import MailerCapabilities
from raccord.connectors.connection import Check
from raccord.domain.values.mail import Mail

Handover: TypeAlias = Callable[[], Awaitable[str]]
"""Hands the mail over and returns what the server said to it.

`AmbiguousWrite`: it may have left, and nobody can ask. Every other error: it was not taken; `Permanent`
with the code `MAIL_TOO_LARGE` where it would be without its attachments.
"""


class Mailer(Protocol):
    """A mail server that takes what we send. What left cannot be looked up: at most once is all there is."""

    @property
    def capabilities(self) -> MailerCapabilities: ...

    def message_id(self, mail: Mail) -> str:
        """Return what the mail is called, in its angle brackets; the same for all its attempts."""
        ...

    def addressed(self, mail: Mail) -> AbstractAsyncContextManager[Handover]:
        """Come to where the server has taken the sender and every recipient, and nothing has left yet.

        Raises `Permanent` with the code `RECIPIENT`, naming the address that is refused, or with
        `MAIL_TOO_LARGE`; `RateLimited` when it is to be tried later (as greylisting asks), `Transient`, and
        `Auth` for what concerns every mail: login, encryption, a sender that is not ours.
        """
        ...

    async def check(self) -> tuple[Check, ...]:
        """Check encryption, login and whether the server takes the sender; sends nothing."""
        ...

    async def check_senders(self, senders: tuple[str, ...]) -> tuple[Check, ...]:
        """Check whether the server takes these senders beside its own, a line each; sends nothing."""
        ...

    async def probe(self) -> None:
        """Log in and leave; raises what any call would."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...

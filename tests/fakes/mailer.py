"""A mail server in memory, as `raccord.connectors.mailer` describes one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from raccord.connectors.capabilities import MailerCapabilities, Uniqueness
from raccord.connectors.connection import Check
from raccord.connectors.errors import RECIPIENT, Permanent
from raccord.connectors.mailer import Handover
from raccord.domain.values.mail import Mail
from tests.fakes.switches import Switches


class FakeMailer(Switches):
    """Every mail that arrived, the oldest first. It refuses whom it is told to refuse."""

    capabilities = MailerCapabilities(
        uniqueness=Uniqueness.NONE, requests_per_second=1000, requests_per_activity=1
    )

    def __init__(self) -> None:
        super().__init__()
        self.arrived: list[Mail] = []
        self.refused: set[str] = set()

    def message_id(self, mail: Mail) -> str:
        return f"<{mail.name}@mailer.example>"

    @asynccontextmanager
    async def addressed(self, mail: Mail) -> AsyncIterator[Handover]:
        await self._call("addressed")
        for address in (*mail.to, *mail.cc):
            if address in self.refused:
                raise Permanent(f"The server does not take mail for {address}.", code=RECIPIENT)

        async def hand_over() -> str:
            await self._call("hand_over")
            self.arrived.append(mail)
            return "250 OK"

        yield hand_over

    async def check_senders(self, senders: tuple[str, ...]) -> tuple[Check, ...]:
        return tuple(Check.ok(f"sender {each}", each) for each in senders)

"""The `Mailer` port by SMTP: one session a mail, which is handed over once."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parseaddr

from aiosmtplib import SMTP, SMTPException

from raccord.connectors.capabilities import MailerCapabilities, Uniqueness
from raccord.connectors.connection import Check, CheckState, ConnectionSettings, in_its_words, of_vendor
from raccord.connectors.errors import ConnectorError
from raccord.connectors.mailer import Handover, Mailer
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.mail import Mail
from raccord.domain.values.message import Text, message
from raccord.vendors.smtp.errors import (
    at_the_handover,
    before_anything_left,
    of_a_copy,
    too_large,
    unencrypted,
    without_login,
)
from raccord.vendors.smtp.letter import copied, letter, message_id, plain_address, recipients, sender_of
from raccord.vendors.smtp.settings import Encryption, SmtpSettings

_HANDOVER = 60.0
"""Seconds for the mail itself: many servers look through it before they answer (RFC 5321, 4.5.3.2, allows
them ten minutes)."""
_Meaning = Callable[[Exception, str, str], ConnectorError]
_FAILURES = (SMTPException, OSError, TimeoutError, UnicodeError)


def connect(name: str, settings: ConnectionSettings, _clock: BusinessClock) -> Mailer:
    """Build the port. Raises `TypeError` for the settings of another vendor."""
    return SmtpMailer(name, of_vendor(settings, SmtpSettings))


class SmtpMailer:
    """One mail server and one sender."""

    def __init__(self, name: str, settings: SmtpSettings) -> None:
        self._name = name
        self._settings = settings

    @property
    def capabilities(self) -> MailerCapabilities:
        return MailerCapabilities(
            uniqueness=Uniqueness.NONE,
            requests_per_second=self._settings.mails_per_second,
            requests_per_activity=1.0,
        )

    def message_id(self, mail: Mail) -> str:
        return message_id(mail, self._settings)

    @asynccontextmanager
    async def addressed(self, mail: Mail) -> AsyncIterator[Handover]:
        settings = self._settings
        message = letter(mail, settings, datetime.now(UTC)).as_bytes()
        async with self._session() as server:
            if refusal := too_large(server, len(message), settings.host):
                raise refusal
            with self._nothing_left():
                await server.mail(sender_of(mail, settings).addr_spec)
                for address in recipients(mail):
                    await server.rcpt(address)
            for address in copied(mail):
                with self._nothing_left(of_a_copy):
                    await server.rcpt(address)

            async def hand_over() -> str:
                try:
                    answer = await server.data(message, timeout=_HANDOVER)
                except _FAILURES as error:
                    raise at_the_handover(error, settings.host) from error
                return " ".join(answer.message.split())

            yield hand_over

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[SMTP]:
        """Open an encrypted session, logged in as the settings say. Raises connector errors."""
        settings = self._settings
        server = SMTP(
            hostname=settings.host,
            port=settings.port,
            timeout=settings.timeout.total_seconds(),
            use_tls=settings.encryption is Encryption.TLS,
            start_tls=False,
            # What a server is told of whom it talks to; the machine's own name is nobody's business.
            local_hostname=plain_address(settings.sender_address).partition("@")[2],
            tls_context=None if settings.encryption is Encryption.NONE else self._trusting(),
        )
        try:
            with self._nothing_left():
                await server.connect()
                await server.ehlo()
            await self._encrypted(server)
            await self._logged_in(server)
            yield server
        finally:
            await _left(server)

    def _trusting(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self._settings.ca_file)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    async def _encrypted(self, server: SMTP) -> None:
        if self._settings.encryption is not Encryption.STARTTLS:
            return
        if not server.supports_extension("starttls"):
            raise unencrypted(self._name, self._settings.host)
        with self._nothing_left():
            await server.starttls()
            await server.ehlo()

    async def _logged_in(self, server: SMTP) -> None:
        settings = self._settings
        if not settings.username or settings.password is None:
            return
        if not server.supports_extension("auth") or not server.supported_auth_methods:
            raise without_login(self._name, settings.host)
        with self._nothing_left():
            await server.login(settings.username, settings.password.get_secret_value())

    @contextmanager
    def _nothing_left(self, meaning: _Meaning = before_anything_left) -> Iterator[None]:
        """Turn the client's exceptions into ours while the mail itself has not left."""
        try:
            yield
        except _FAILURES as error:
            raise meaning(error, self._name, self._settings.host) from error

    async def check(self) -> tuple[Check, ...]:
        settings = self._settings
        encrypted = (
            message("smtp.no_encryption") if settings.encryption is Encryption.NONE else settings.encryption
        )
        remedy = message("smtp.correct")
        found = await self._takes(message("check.sender"), settings.sender, remedy=remedy)
        return (
            (found,)
            if found.state is CheckState.FAIL
            else (Check.ok(message("check.encryption"), encrypted), found)
        )

    async def check_senders(self, senders: tuple[str, ...]) -> tuple[Check, ...]:
        remedy = message("smtp.allow")
        return tuple(
            [await self._takes(message("smtp.sender", address=each), each, remedy=remedy) for each in senders]
        )

    async def _takes(self, name: Text, sender: str, *, remedy: Text) -> Check:
        """Whether the server lets us send as somebody: it says so before it is given a mail."""
        address = plain_address(parseaddr(sender)[1])
        try:
            async with self._session() as server:
                with self._nothing_left():
                    await server.mail(address)
                    await server.rset()
        except ConnectorError as error:
            return Check.fail(name, in_its_words(error), expected=sender, remedy=remedy)
        return Check.ok(name, sender)

    async def probe(self) -> None:
        async with self._session():
            pass

    async def close(self) -> None:
        """Nothing is held open between two mails."""


async def _left(server: SMTP) -> None:
    """Say goodbye where that is possible; the mail is taken or not by then."""
    with suppress(*_FAILURES):
        async with asyncio.timeout(1):
            await server.quit()
    server.close()

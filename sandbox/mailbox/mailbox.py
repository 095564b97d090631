"""An SMTP server on loopback that keeps every message instead of passing it on."""

import asyncio
import hashlib
import smtplib
import ssl
import warnings
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

_LOOPBACK = "127.0.0.1"
_CLIENT_TIMEOUT = 10


@dataclass(frozen=True)
class Manners:
    """How strict the server is. A 4xx asks to come again, a 5xx not to (RFC 5321, section 4.2)."""

    tls: ssl.SSLContext | None = None
    """With it STARTTLS is offered and needed (RFC 3207), or the whole way is encrypted (`implicit`)."""
    implicit: bool = False
    login: tuple[str, str] | None = None
    """User and password that everybody needs (RFC 4954)."""
    greylisted: int = 0
    """How often each recipient is put off with 451 before it is taken, as greylisting does (RFC 6647)."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """What is answered to an address, as sender or recipient, in place of 250."""
    judgement: str = ""
    """What is answered to every mail, once it was read."""
    largest: int = 32 * 1024 * 1024
    """Bytes of a mail that is taken at most: said in the greeting (RFC 1870, section 3); a larger one is
    answered with 552 after it was read (RFC 1870, section 6.2)."""
    silent: bool = False
    """Whether a mail is kept and the connection dropped without an answer."""


@dataclass
class _Door:
    """Where mails to an address wait."""

    opened: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: int = 0

    async def passed(self) -> None:
        self.waiting += 1
        try:
            await self.opened.wait()
        finally:
            self.waiting -= 1


class Mailbox:
    """Whatever is sent to it stays readable until `reset`. It needs no TLS and no login, unless told to.

    `port` 0 means any free port; the real one is known after `start`.
    """

    def __init__(self, *, port: int = 0, manners: Manners | None = None) -> None:
        self._wanted_port = port
        self.manners = manners or Manners()
        self._put_off: Counter[str] = Counter()
        self._doors: dict[str, _Door] = {}
        self._server: asyncio.Server | None = None
        self._messages: list[dict[str, Any]] = []

    @property
    def port(self) -> int:
        """The port it listens on; raises RuntimeError while it does not."""
        if self._server is None:
            raise RuntimeError("The mailbox is not started.")
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def start(self) -> None:
        manners = self.manners
        self._server = await asyncio.get_running_loop().create_server(
            self._protocol, _LOOPBACK, self._wanted_port, ssl=manners.tls if manners.implicit else None
        )

    async def stop(self) -> None:
        """Stop listening; what was received stays readable."""
        if self._server:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def send(self, message: EmailMessage) -> None:
        """Send to this mailbox over SMTP, as a vendor's mail server would; returns once it is received."""
        await asyncio.to_thread(_send, message, self.port)

    def messages(self) -> list[dict[str, Any]]:
        """Oldest first: `from` (str) and `to` (list) are the envelope's, `date` is ISO 8601 UTC.

        `text` and `html` are None where the message has no such part; `headers` keeps the last of each name;
        each of `attachments` has `name`, `type`, `size` in bytes and `sha256`; each of `pictures` its `cid`
        beside.
        """
        return list(self._messages)

    def reset(self) -> None:
        self._messages.clear()
        self._put_off.clear()
        for address in tuple(self._doors):
            self.let_in(address)

    def hold(self, address: str) -> None:
        """From now on a mail to this address waits once its recipient was named, as at a slow server."""
        self._doors.setdefault(address, _Door())

    def at_the_door(self) -> dict[str, int]:
        """Return how many mails wait now for each address that is held."""
        return {address: door.waiting for address, door in self._doors.items()}

    def let_in(self, address: str) -> None:
        """Answer the mails that wait for an address and hold no more; ValueError if it is not held."""
        if address not in self._doors:
            raise ValueError(f"No mail to {address!r} is held.")
        self._doors.pop(address).opened.set()

    async def handle_MAIL(  # noqa: N802 - aiosmtpd calls it by this name
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if refusal := self.manners.refused.get(address):
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it by this name
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if refusal := self.manners.refused.get(address):
            return refusal
        if door := self._doors.get(address):
            await door.passed()
        if self._put_off[address] < self.manners.greylisted:
            self._put_off[address] += 1
            return "451 4.7.1 Greylisted, please try again later"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it by this name
        self,
        server: SMTP,
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        if self.manners.judgement:
            return self.manners.judgement
        self._messages.append(_readable(envelope))
        if self.manners.silent and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return "250 OK"

    def _protocol(self) -> SMTP:
        # A fixed host name: the default asks the DNS, which can take seconds.
        manners = self.manners
        starttls = manners.tls is not None and not manners.implicit
        with warnings.catch_warnings():
            # aiosmtpd warns of a login in clear, which is a test's own wish.
            warnings.simplefilter("ignore")
            return self._server_of(manners, starttls=starttls)

    def _server_of(self, manners: Manners, *, starttls: bool) -> SMTP:
        return SMTP(
            self,
            hostname="mailbox.sandbox",
            data_size_limit=manners.largest,
            ident="Sandbox mailbox",
            enable_SMTPUTF8=True,
            tls_context=manners.tls if starttls else None,
            require_starttls=starttls,
            authenticator=self._authentic if manners.login else None,
            auth_required=manners.login is not None,
            # With the whole way encrypted, aiosmtpd does not know of it.
            auth_require_tls=starttls or manners.login is None,
        )

    def _authentic(
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,  # noqa: ARG002
        mechanism: str,  # noqa: ARG002
        given: LoginPassword,
    ) -> AuthResult:
        user, password = self.manners.login or ("", "")
        right = given.login == user.encode() and given.password == password.encode()
        return AuthResult(success=right, handled=False)


def _send(message: EmailMessage, port: int) -> None:
    with smtplib.SMTP(_LOOPBACK, port, local_hostname="sandbox", timeout=_CLIENT_TIMEOUT) as client:
        client.send_message(message)


def _readable(envelope: Envelope) -> dict[str, Any]:
    content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
    message = message_from_bytes(content, policy=policy.default)
    return {
        "from": envelope.mail_from,
        "to": list(envelope.rcpt_tos),
        "subject": str(message["subject"] or ""),
        "date": _date(message).isoformat(),
        "text": _part(message, "plain"),
        "html": _part(message, "html"),
        "attachments": [_attachment(part) for part in message.iter_attachments()],
        "pictures": [
            # RFC 2392, section 2: a page names a part of its mail by the part's Content-ID.
            {**_attachment(part), "cid": str(part["content-id"]).strip("<>")}
            for part in message.walk()
            if part["content-id"]
        ],
        "message_id": str(message["message-id"] or "").strip() or None,
        "headers": {name: str(value) for name, value in message.items()},
    }


def _attachment(part: EmailMessage) -> dict[str, Any]:
    content = part.get_payload(decode=True)
    content = content if isinstance(content, bytes) else b""
    return {
        "name": part.get_filename(),
        "type": part.get_content_type(),
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _date(message: EmailMessage) -> datetime:
    header = message["date"]
    date = getattr(header, "datetime", None)
    return date.astimezone(UTC) if date else datetime.now(UTC)


def _part(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part else None

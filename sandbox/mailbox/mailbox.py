"""An SMTP server on loopback that keeps every message instead of passing it on."""

import asyncio
import smtplib
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

_LOOPBACK = "127.0.0.1"
_CLIENT_TIMEOUT = 10


class Mailbox:
    """Whatever is sent to it stays readable until `reset`. It needs no TLS and no login.

    `port` 0 means any free port; the real one is known after `start`.
    """

    def __init__(self, *, port: int = 0) -> None:
        self._wanted_port = port
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
        self._server = await asyncio.get_running_loop().create_server(
            self._protocol, _LOOPBACK, self._wanted_port
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

        `text` and `html` are None where the message has no such part; `headers` keeps the last of each name.
        """
        return list(self._messages)

    def reset(self) -> None:
        self._messages.clear()

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it by this name
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        self._messages.append(_readable(envelope))
        return "250 OK"

    def _protocol(self) -> SMTP:
        # A fixed host name: the default asks the DNS, which can take seconds.
        return SMTP(self, hostname="mailbox.sandbox", ident="Sandbox mailbox", enable_SMTPUTF8=True)


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
        "message_id": str(message["message-id"] or "").strip() or None,
        "headers": {name: str(value) for name, value in message.items()},
    }


def _date(message: EmailMessage) -> datetime:
    header = message["date"]
    date = getattr(header, "datetime", None)
    return date.astimezone(UTC) if date else datetime.now(UTC)


def _part(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part else None

"""The way back from a vendor's page of consent: an address with a code, and the state that was sent there."""

import asyncio
import hmac
import re
from datetime import timedelta
from html import escape
from urllib.parse import parse_qs, urlsplit

from raccord.connectors.connection import LOOPBACK
from raccord.connectors.oauth import OAuthApp
from raccord.domain.values.message import Message, message
from raccord.ports import Place, listen
from raccord.texts import say
from raccord.texts.told import Told

WITHIN = timedelta(minutes=10)
_CODE = re.compile("[A-Za-z_.-]{1,60}")
_READ_WITHIN = 5.0
_LONGEST_HEAD = 16 * 1024


class NotAgreed(Told):
    """Nobody agreed, or what came back is not the answer to what was asked."""


class Declined(NotAgreed):
    """The vendor, or the person, said no."""


def is_here(app: OAuthApp) -> bool:
    """Whether the vendor sends people back to this machine."""
    return urlsplit(app.redirect_url).hostname in LOOPBACK


def code_in(address: str, state: str, *, pasted: bool = True) -> str:
    """Return the code in the address that a person was sent back to. Raises `NotAgreed`.

    The state proves that it answers our own question: a code that somebody else had made would connect us
    to his account (RFC 6749, section 10.12). A refusal without it is believed if it is `pasted`.
    """
    asked = parse_qs(urlsplit(address.strip()).query)
    one = {name: values[0] for name, values in asked.items()}
    given = one.get("state", "")
    ours = hmac.compare_digest(given.encode(), state.encode())
    if "error" in one and (ours or (pasted and not given)):
        said = one["error"] if _CODE.fullmatch(one["error"]) else "?"
        raise Declined(message("connect.refused", said=said))
    if not one.get("code"):
        raise NotAgreed(message("connect.no_code"))
    if not ours:
        raise NotAgreed(message("connect.other_state"))
    return one["code"]


async def listened(app: OAuthApp, state: str, language: str) -> str:
    """Wait at `redirect_url` for whoever agrees. Raises `NotAgreed`, `PortTaken`.

    What does not answer our question is told so and changes nothing: anybody on this machine may call.
    """
    place = urlsplit(app.redirect_url)
    answered: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_READ_WITHIN):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(_answer(head))
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    def _answer(head: bytes) -> bytes:
        method, _, rest = head.decode("latin-1").partition(" ")
        target = rest.partition(" ")[0]
        if method != "GET" or urlsplit(target).path != (place.path or "/"):
            return _page(404, "")
        try:
            code = code_in(target, state, pasted=False)
        except NotAgreed as error:
            if isinstance(error, Declined) and not answered.done():
                answered.set_exception(error)
            return _page(400, error.told(language))
        if not answered.done():
            answered.set_result(code)
        return _page(200, say(message("connect.may_close"), language))

    taken = listen(Place(place.hostname or "", place.port or 80, f"{app.connection}.redirect_url"))
    server = await asyncio.start_server(serve, sock=taken, limit=_LONGEST_HEAD)
    async with server:
        try:
            async with asyncio.timeout(WITHIN.total_seconds()):
                return await answered
        except TimeoutError:
            raise NotAgreed(_too_late()) from None


def _too_late() -> Message:
    return message("connect.too_late", minutes=WITHIN // timedelta(minutes=1))


def _page(status: int, said: str) -> bytes:
    body = f'<!doctype html><meta charset="utf-8"><title>Raccord</title><p>{escape(said)}</p>'.encode()
    head = (
        f"HTTP/1.1 {status} {'OK' if status == 200 else 'No'}\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body

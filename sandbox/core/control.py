"""The control API: what a test or a demo uses to steer the simulators and to look behind their answers."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.core.delivery import Delivery
from sandbox.core.exchanges import ExchangeLog
from sandbox.core.faults import Faults
from sandbox.core.vendor import Vendor

Handler = Callable[[Request], Awaitable[Response]]


class Emails(Protocol):
    """The mailbox, as far as control needs it."""

    def messages(self) -> list[dict[str, Any]]: ...

    def reset(self) -> None: ...

    def hold(self, address: str) -> None: ...

    def at_the_door(self) -> dict[str, int]: ...

    def let_in(self, address: str) -> None: ...


@runtime_checkable
class Chat(Protocol):
    """A vendor whose messages have buttons."""

    def messages(self) -> list[dict[str, Any]]:
        """Every message in order, ready for JSON."""

    async def press(self, wanted: Mapping[str, Any], *, origin: str) -> dict[str, Any]:
        """Press a button of a message and tell what came of it; `origin` is where the sandbox is served."""


class Control:
    """Everything under `/_control/`. Input that makes no sense is answered 400 with a plain sentence."""

    def __init__(
        self,
        *,
        vendors: Sequence[Vendor],
        log: ExchangeLog,
        faults: Faults,
        delivery: Delivery,
        emails: Emails,
    ) -> None:
        self._vendors = {vendor.name: vendor for vendor in vendors}
        self._log = log
        self._faults = faults
        self._delivery = delivery
        self._emails = emails
        self._events: list[dict[str, Any]] = []

    def routes(self) -> list[Route]:
        """Paths relative to `/_control`."""
        return [
            Route("/reset", _plain(self._reset), methods=["POST"]),
            Route("/faults", _plain(self._faults_of), methods=["GET", "POST", "DELETE"]),
            Route("/requests", _plain(self._requests), methods=["GET"]),
            Route("/state/{vendor}", _plain(self._state), methods=["GET"]),
            Route("/webhooks/{vendor}", _plain(self._webhooks), methods=["GET", "PUT"]),
            Route("/deliveries", _plain(self._deliveries), methods=["GET"]),
            Route("/events", _plain(self._events_of), methods=["GET", "POST"]),
            Route("/emails", _plain(self._emails_of), methods=["GET"]),
            Route("/emails/door", _plain(self._door), methods=["GET", "POST", "DELETE"]),
            Route("/messages", _plain(self._messages), methods=["GET"]),
            Route("/press", _plain(self._press), methods=["POST"]),
        ]

    async def _reset(self, _: Request) -> Any:
        self._delivery.reset()
        for vendor in self._vendors.values():
            vendor.reset()
        self._emails.reset()
        self._events.clear()
        self._faults.clear()
        self._log.reset()
        return {"ok": True}

    async def _faults_of(self, request: Request) -> Any:
        match request.method:
            case "POST":
                rule = self._faults.add(await _object(request), vendors=frozenset(self._vendors))
                return rule.as_json()
            case "DELETE":
                wanted = request.query_params.get("id")
                self._faults.clear(None if wanted is None else _number(wanted, "id"))
        return self._faults.listing()

    async def _requests(self, request: Request) -> Any:
        query = request.query_params
        return self._log.entries(
            vendor=query.get("vendor"),
            committed=_flag(query.get("committed")),
            since=_number(query.get("since", "0"), "since"),
        )

    async def _state(self, request: Request) -> Any:
        return self._vendor(request).state()

    async def _webhooks(self, request: Request) -> Any:
        vendor = self._vendor(request)
        if request.method == "PUT":
            self._delivery.configure(vendor.name, await _object(request))
        return self._delivery.target(vendor.name).as_json()

    async def _deliveries(self, _: Request) -> Any:
        return self._delivery.attempts()

    async def _events_of(self, request: Request) -> Any:
        """Take an event as an automation tool does, believing it or not; or tell what was taken."""
        if request.method == "POST":
            body = (await request.body()).decode("utf-8", "replace")
            self._events.append({"headers": dict(request.headers), "body": body})
            return {"ok": True}
        return self._events

    async def _emails_of(self, _: Request) -> Any:
        return self._emails.messages()

    async def _door(self, request: Request) -> Any:
        """Hold mails to an address, let them in, or tell how many wait at each address that is held."""
        match request.method:
            case "POST":
                self._emails.hold(_text(await _object(request), "address"))
            case "DELETE":
                self._emails.let_in(_text(request.query_params, "address"))
        return self._emails.at_the_door()

    async def _messages(self, _: Request) -> Any:
        return [message for chat in self._chats() for message in chat.messages()]

    async def _press(self, request: Request) -> Any:
        wanted = dict(await _object(request))
        named = _text(wanted, "vendor")
        chat = self._vendors.get(named)
        if not isinstance(chat, Chat):
            raise ValueError(f"{named!r} has no messages with buttons here.")  # noqa: TRY004 - becomes a 400
        del wanted["vendor"]
        return await chat.press(wanted, origin=f"{request.url.scheme}://{request.url.netloc}")

    def _chats(self) -> list[Chat]:
        return [vendor for vendor in self._vendors.values() if isinstance(vendor, Chat)]

    def _vendor(self, request: Request) -> Vendor:
        name = request.path_params["vendor"]
        if name not in self._vendors:
            raise ValueError(f"There is no vendor {name!r} here, only {', '.join(sorted(self._vendors))}.")
        return self._vendors[name]


def _plain(answer: Callable[[Request], Awaitable[Any]]) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            return JSONResponse(await answer(request))
        except ValueError as error:
            return JSONResponse({"message": str(error)}, status_code=400)

    return handle


async def _object(request: Request) -> Mapping[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise ValueError("The body is not JSON.") from error
    if not isinstance(body, dict):
        raise ValueError("The body must be a JSON object.")  # noqa: TRY004 - becomes a 400, like its neighbours
    return body


def _text(given: Mapping[str, Any], name: str) -> str:
    text = given.get(name)
    if isinstance(text, str) and text:
        return text
    raise ValueError(f"{name!r} is a text that is not empty.")


def _flag(text: str | None) -> bool | None:
    if text in (None, "true", "false"):
        return None if text is None else text == "true"
    raise ValueError("'committed' is true or false.")


def _number(text: str, name: str) -> int:
    if text.isdecimal():
        return int(text)
    raise ValueError(f"'{name}' is a whole number.")

"""A billing account of any number of customers who owe: `python -m bench.debtors PORT SANDBOX`.

`<customer>-n7` is the seventh like a customer of the simulator: what the simulator says of that one, asked
once, is said of it, with ids and addresses of its own. So ten thousand customers cost the simulator nothing.
What names none of these is the simulator's.
"""

import re
import sys
from pathlib import Path

import httpx
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from starters.embedded.processes import Process

_ROOT = Path(__file__).parents[1]


LIKE = "@n"
"""In the e-mail address of a customer that is like another one: `compta@n7.example.fr`."""
_ID = re.compile(rb'"((?:cus|in)_[A-Za-z0-9]+)"')
_NUMBER = re.compile(r"-n\d+")


def like(id: str, number: int) -> str:
    """Return the id of the customer of a number that is like one of the simulator's."""
    return f"{id}-n{number}"


def said_of(number: str, answer: bytes) -> bytes:
    """Return what is said of a customer, of the one like it; `number` is how its ids end: `-n7`."""
    named = _ID.sub(lambda id: b'"' + id[1] + number.encode() + b'"', answer)
    return named.replace(b"@", f"{LIKE}{number[2:]}.".encode())


class Debtors:
    """The account as an ASGI application. `sandbox`: the simulators' address, without a slash at the end."""

    def __init__(self, port: int, sandbox: str) -> None:
        self._here = f"http://127.0.0.1:{port}"
        self._sandbox = sandbox
        self._http = httpx.AsyncClient()
        self._known: dict[str, Response] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        target = str(request.url).removeprefix(str(request.base_url))
        await (await self._answer(request, target))(scope, receive, send)

    async def _answer(self, request: Request, target: str) -> Response:
        if number := _NUMBER.search(target):
            found = await self._once(request, target.replace(number[0], ""))
            return Response(
                said_of(number[0], bytes(found.body)), found.status_code, media_type=found.media_type
            )
        return await (self._once if "/pdf" in target else self._simulated)(request, target)

    async def _once(self, request: Request, target: str) -> Response:
        if target not in self._known:
            self._known[target] = await self._simulated(request, target)
        return self._known[target]

    async def _simulated(self, request: Request, target: str) -> Response:
        headers = {k: v for k, v in request.headers.items() if k not in {"host", "accept-encoding"}}
        found = await self._http.request(
            request.method, f"{self._sandbox}/{target}", headers=headers, content=await request.body()
        )
        # What the account's answers link to comes from here as well.
        body = found.content.replace(self._sandbox.encode(), self._here.encode())
        return Response(body, found.status_code, media_type=found.headers.get("content-type"))


def debtors(port: int, sandbox: str, *, log: Path) -> Process:
    """Describe the account's server as a process of its own."""
    command = [sys.executable, "-m", "bench.debtors", str(port), sandbox]
    return Process("debtors", command, log=log, environment={"PYTHONPATH": str(_ROOT)})


def _serve(port: str, sandbox: str) -> None:
    account = Debtors(int(port), sandbox)
    uvicorn.run(account, port=int(port), http="h11", lifespan="off", log_level="warning", access_log=False)


if __name__ == "__main__":
    _serve(*sys.argv[1:])

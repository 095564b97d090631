"""An ASGI application that does nothing: `python -m bench.empty PORT`."""

import sys
from pathlib import Path

import uvicorn
from starlette.types import Receive, Scope, Send

from starters.embedded.processes import Process

_ROOT = Path(__file__).parents[1]


async def empty(_: Scope, receive: Receive, send: Send) -> None:
    """Read the request and answer 200 without a body."""
    while (await receive()).get("more_body"):
        continue
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


def empty_server(port: int, *, log: Path) -> Process:
    """Describe the application's server as a process of its own."""
    command = [sys.executable, "-m", "bench.empty", str(port)]
    return Process("empty", command, log=log, environment={"PYTHONPATH": str(_ROOT)})


if __name__ == "__main__":
    uvicorn.run(
        empty, port=int(sys.argv[1]), http="h11", lifespan="off", log_level="warning", access_log=False
    )

"""Answers as a fault lets them out: altered, or in pieces."""

import asyncio
import json
from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.types import Send

from sandbox.core.faults import Effect

_PIECES = 20
_UNHEARD_OF = "unheard_of"


def id_of(answer: Response) -> str | None:
    try:
        content = json.loads(bytes(answer.body))
    except ValueError:
        return None
    id_ = content.get("id") if isinstance(content, dict) else None
    # Some vendors count their records.
    return str(id_) if isinstance(id_, str | int) else None


def with_field(answer: Response, effect: Effect) -> Response | None:
    """The same JSON without a field, or with a value in it that nobody documents; None when it has none."""
    try:
        content = json.loads(bytes(answer.body))
    except ValueError:
        return None
    if not _altered(content, effect):
        return None
    return JSONResponse(content, status_code=answer.status_code)


def _altered(content: Any, effect: Effect) -> int:
    """Change every such field, at any depth; how many there were."""
    found = isinstance(content, dict) and effect.text in content
    if found and effect.kind == "without":
        del content[effect.text]
    elif found:
        content[effect.text] = _UNHEARD_OF
    inside = content.values() if isinstance(content, dict) else content
    return found + sum(_altered(each, effect) for each in inside if isinstance(each, dict | list))


async def send_slowly(answer: Response, send: Send, *, seconds: float, part: float) -> None:
    """Send an answer in pieces, evenly over some time; the connection stays open when `part` is below 1."""
    body = bytes(answer.body)
    headers = [(name, value) for name, value in answer.raw_headers if name != b"content-length"]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
    size = max(1, len(body) // _PIECES)
    starts = range(0, int(len(body) * part), size)
    for start in starts:
        await asyncio.sleep(seconds / len(starts))
        piece = body[start : start + size]
        await send({"type": "http.response.body", "body": piece, "more_body": start + size < len(body)})

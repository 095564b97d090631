"""The file manager (HubSpot docs: files): uploads by a form, read back by id or name."""

import hashlib
import json
from datetime import UTC, datetime
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.policy import HTTP
from itertools import count
from pathlib import PurePosixPath
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.core.vendor import committed
from sandbox.hubspot import asked
from sandbox.hubspot.errors import invalid, not_found
from sandbox.hubspot.records import iso

Part: TypeAlias = "MIMEPart[Any, Any]"
_FIELDS = frozenset(("file", "fileName", "folderPath", "folderId", "options", "charsetHunch"))
_OPTIONS = frozenset(
    ("access", "overwrite", "ttl", "duplicateValidationStrategy", "duplicateValidationScope", "expiresAt")
)
_ACCESS = frozenset(
    ("PUBLIC_INDEXABLE", "PUBLIC_NOT_INDEXABLE", "HIDDEN_INDEXABLE", "HIDDEN_PRIVATE", "PRIVATE")
)


class Files:
    """One account's files, without their contents: what is asked of them is a name, a size and a hash."""

    def __init__(self) -> None:
        self._files: dict[str, dict[str, Any]] = {}
        self._ids = count(182_000_000_001)

    def all(self) -> list[dict[str, Any]]:
        return list(self._files.values())

    async def upload(self, request: Request) -> Response:
        """Store a file; with `overwrite`, in the place of one of its name in that folder."""
        asked.query(request)
        form = _form(request.headers.get("content-type", ""), await request.body())
        if unknown := sorted(form.keys() - _FIELDS):
            raise invalid(f"Unrecognized form field: {unknown[0]}")
        if "file" not in form:
            raise invalid("Missing required form field: file")
        if ("folderPath" in form) == ("folderId" in form):
            raise invalid("Either 'folderPath' or 'folderId' is required.")
        options = _options(form.get("options"))
        uploaded = form["file"].get_payload(decode=True)
        content = uploaded if isinstance(uploaded, bytes) else b""
        name = _text(form.get("fileName")) or form["file"].get_filename() or ""
        path = PurePosixPath("/", _text(form.get("folderPath")).strip("/"), name)
        if not name or len(path.parts) < 2:
            raise invalid("A file needs a name.")
        stored = self._stored(path, content, options)
        committed(request)
        return JSONResponse(stored, status_code=201)

    async def read(self, request: Request) -> Response:
        asked.query(request, "properties")
        found = self._files.get(request.path_params["id"])
        if found is None:
            raise not_found("File not found")
        return JSONResponse(found)

    async def search(self, request: Request) -> Response:
        found = asked.query(request, "name", "limit", "after", "properties")
        limit, name = asked.number(found, "limit", default=10, most=100), asked.one(found, "name")
        files = [each for each in self._files.values() if name in (None, each["name"])]
        return JSONResponse({"results": files[:limit]})

    def _stored(self, path: PurePosixPath, content: bytes, options: dict[str, Any]) -> dict[str, Any]:
        same = next((each for each in self._files.values() if each["path"] == str(path)), None)
        if same and not options.get("overwrite"):
            numbered = sum(
                each["path"].startswith(str(path.with_suffix(""))) for each in self._files.values()
            )
            path, same = path.with_name(f"{path.stem}-{numbered}{path.suffix}"), None
        now = iso(datetime.now(UTC))
        stored: dict[str, Any] = {
            "id": same["id"] if same else str(next(self._ids)),
            "createdAt": same["createdAt"] if same else now,
            "updatedAt": now,
            "archived": False,
            "name": path.stem,
            "extension": path.suffix.removeprefix("."),
            "path": str(path),
            "size": len(content),
            "type": "DOCUMENT",
            "access": options["access"],
            "isUsableInContent": False,
            "fileMd5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        }
        self._files[stored["id"]] = stored
        return stored


def _form(content_type: str, body: bytes) -> dict[str, Part]:
    """The parts of a form by their names."""
    if not content_type.startswith("multipart/form-data"):
        raise invalid("Content-Type must be multipart/form-data")
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    whole = BytesParser(EmailMessage, policy=HTTP).parsebytes(head + body)
    if not whole.is_multipart():
        raise invalid("The form cannot be read")
    return {str(part.get_param("name", header="content-disposition")): part for part in whole.iter_parts()}


def _text(part: "Part | None") -> str:
    payload = part.get_payload(decode=True) if part else b""
    return payload.decode() if isinstance(payload, bytes) else ""


def _options(part: "Part | None") -> dict[str, Any]:
    try:
        options = json.loads(_text(part))
    except ValueError as error:
        raise invalid("options must be JSON") from error
    if not isinstance(options, dict) or options.keys() - _OPTIONS:
        raise invalid("options has unknown fields")
    if options.get("access") not in _ACCESS:
        raise invalid("options.access is required")
    return options

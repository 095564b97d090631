"""A form with one file in it, as `multipart/form-data` (RFC 7578)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    """A file to send. `name` holds nothing that would have to be quoted."""

    name: str
    kind: str
    """Its media type."""
    content: bytes


def multipart(fields: Mapping[str, str], file: File) -> tuple[str, bytes]:
    """Return the media type and the body of a form whose file is called `file`."""
    boundary = secrets.token_hex(16)
    parts = [
        *(
            _part(f'name="{name}"', "text/plain; charset=utf-8", text.encode())
            for name, text in fields.items()
        ),
        _part(f'name="file"; filename="{file.name}"', file.kind, file.content),
    ]
    line = f"--{boundary}\r\n".encode()
    body = b"".join(line + part for part in parts) + f"--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", body


def _part(named: str, kind: str, content: bytes) -> bytes:
    head = f"Content-Disposition: form-data; {named}\r\nContent-Type: {kind}\r\n\r\n"
    return head.encode() + content + b"\r\n"

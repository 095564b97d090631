"""Requests and answers held against Pennylane's OpenAPI, where it is at hand."""

import copy
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft202012Validator

_FILE = Path("shared", "specs", "pennylane", "company-v2.openapi.json")
SPEC = next((found for up in Path(__file__).parents if (found := up / _FILE).is_file()), _FILE)
_NEWER = ("/send_to_pa", "/webhook_subscriptions")
"""What came after the OpenAPI of April 2026 (pennylane.md 11)."""


def check(answer: httpx.Response) -> None:
    """Fail when the OpenAPI has no such answer, or no such request although it was taken.

    Refusals in plain text and what is newer are not in it.
    """
    path = answer.request.url.path.removeprefix("/pennylane")
    if not SPEC.is_file() or any(part in path for part in _NEWER):
        return
    if not answer.headers.get("content-type", "application/json").startswith("application/json"):
        return
    known = _known(answer.request.method.lower(), path)
    if known is None:
        assert answer.status_code in (401, 404, 429), f"{answer.request.method} {path} is not in the OpenAPI"
        return
    if answer.is_success and answer.request.content:
        taken = _request_validator(answer.request.method.lower(), known)
        errors = [each.message for each in taken.iter_errors(json.loads(answer.request.content))]
        assert errors == [], f"taken, although the OpenAPI has no such request: {errors}"
    validator = _validator(answer.request.method.lower(), known, str(answer.status_code))
    if validator is None:
        assert not answer.content or answer.status_code >= 500
        return
    errors = [f"{each.json_path}: {each.message}" for each in validator.iter_errors(answer.json())]
    assert errors == [], errors


@cache
def spec() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SPEC.read_text("utf-8"))
    return found


@cache
def _known(method: str, path: str) -> str | None:
    """How the OpenAPI writes a path: the most literal way."""
    found = [
        known
        for known, operations in spec()["paths"].items()
        if method in operations and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", known), path)
    ]
    return min(found, key=lambda each: each.count("{")) if found else None


@cache
def _request_validator(method: str, known: str) -> Draft202012Validator:
    described = spec()["paths"][known][method]["requestBody"]["content"]["application/json"]
    return Draft202012Validator(_plain(described["schema"]))


@cache
def _validator(method: str, known: str, status: str) -> Draft202012Validator | None:
    """Of an answer's body; None where there is none."""
    described = spec()["paths"][known][method]["responses"].get(status)
    assert described, f"{method} {known} does not answer {status}"
    described = _resolved(described)
    if "content" not in described:
        return None
    return Draft202012Validator(_plain(described["content"]["application/json"]["schema"]))


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        found: Any = spec()
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


def _plain(part: Any) -> Any:
    """As JSON Schema: references put in, `nullable` said as JSON Schema says it."""
    if isinstance(part, list):
        return [_plain(each) for each in part]
    if not isinstance(part, dict):
        return part
    part = copy.copy(_resolved(part))
    nullable = part.pop("nullable", False)
    plain = {name: _plain(value) for name, value in part.items()}
    return {"anyOf": [plain, {"type": "null"}]} if nullable is True else plain

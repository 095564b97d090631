"""Answers held against Pipedrive's own specification, as far as it says anything."""

import copy
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft4Validator

Json = dict[str, Any]
SPECS = Path(__file__).parents[4] / "shared" / "specs" / "pipedrive"
_FILES = {"v1": "pipedrive-v1.subset.openapi.json", "v2": "pipedrive-v2.subset.openapi.json"}


class Contract:
    """What was seen, and what was wrong with it. Without the specification nothing is."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.wrong: list[str] = []

    def check(self, answer: httpx.Response) -> None:
        """Hold a JSON answer against the schema of its path, method and status, where there is one."""
        found = _operation(answer.request.method, answer.request.url.path) if SPECS.is_dir() else None
        if found is None:
            return
        name, operation = found
        self.seen.add(name)
        response = operation["responses"].get(str(answer.status_code), {})
        content = response.get("content", {}).get("application/json")
        if answer.is_success and content is None:
            self.wrong.append(f"{name}: {answer.status_code} is no answer of its")
        if content is None:
            return
        schema = _strict(content["schema"], _with_optional(content.get("example"), operation))
        errors = Draft4Validator(schema).iter_errors(answer.json())
        self.wrong += [f"{name} {answer.status_code}: {error.json_path}: {error.message}" for error in errors]


@cache
def _operations() -> list[tuple[str, str, re.Pattern[str], Json]]:
    found = []
    for version, file in _FILES.items():
        for path, methods in json.loads((SPECS / file).read_text("utf-8"))["paths"].items():
            at = path if path.startswith("/oauth") else f"(?:/api)?/{version}{path}"
            pattern = re.compile("/pipedrive" + re.sub(r"\{\w+\}", "[^/]+", at))
            found += [(m.upper(), f"{m.upper()} {version}{path}", pattern, o) for m, o in methods.items()]
    # `/deals/search` is none of `/deals/{id}`: what names no parameter goes first.
    return sorted(found, key=lambda each: "{" in each[1])


def _operation(method: str, path: str) -> tuple[str, Json] | None:
    for wanted, name, pattern, operation in _operations():
        if wanted == method and pattern.fullmatch(path):
            return name, operation
    return None


def documented() -> set[str]:
    """Every operation that the specification has."""
    return {name for _, name, _, _ in _operations()}


def _with_optional(example: Any, operation: Json) -> Any:
    """The example with what its operation includes on demand, and with the envelope that all share."""
    parameters = [each for each in operation.get("parameters", ()) if each["name"] == "include_fields"]
    named = {n for each in parameters for text in each["schema"].get("enum", ()) for n in text.split(",")}
    said = {"additional_data": None, **(example or {})}
    data = said.get("data")
    if isinstance(data, list):
        return {**said, "data": [*data, dict.fromkeys(named)]}
    return {**said, "data": {**dict.fromkeys(named), **data}} if isinstance(data, dict) else said


def _strict(schema: Json, example: Any) -> Json:
    """The schema in which an object has no other fields than it or its example has; any may be null.

    The document marks few fields as nullable that are: a deal may have no person (pipedrive.md 1).
    """
    merged = _merged(copy.deepcopy(schema))
    if merged.get("type") == "array" or "items" in merged:
        rows = example if isinstance(example, list) else []
        return {"type": ["array", "null"], "items": _strict(merged.get("items", {}), _all_of(rows))}
    if "properties" in merged:
        said = example if isinstance(example, dict) else {}
        known = {name: _strict(each, said.get(name)) for name, each in merged["properties"].items()}
        extra = merged.get("additionalProperties", False)
        beside: Json = {name: {} for name in said if name not in known}
        return {
            "type": ["object", "null"],
            "properties": known | beside,
            "required": merged.get("required", []),
            "additionalProperties": extra,
        }
    plain: Json = {name: merged[name] for name in ("maxLength", "minLength", "maximum") if name in merged}
    if "type" in merged:
        plain["type"] = [merged["type"], "null"]
    if "enum" in merged:
        plain["enum"] = [*merged["enum"], None]
    return plain


def _merged(schema: Json) -> Json:
    """`allOf` in one; of alternatives nothing is known."""
    if "oneOf" in schema or "anyOf" in schema:
        return {}
    for part in schema.pop("allOf", ()):
        part = _merged(part)  # noqa: PLW2901
        properties = {**schema.get("properties", {}), **part.get("properties", {})}
        required = [*schema.get("required", ()), *part.get("required", ())]
        schema = {**part, **schema} | ({"properties": properties, "required": required} if properties else {})
    return schema


def _all_of(rows: list[Any]) -> Any:
    """One example that has the fields of every one."""
    found: Json = {}
    for row in rows:
        found |= row if isinstance(row, dict) else {}
    return found

"""What the token may do. HubSpot docs: tasks need contact scopes, property definitions schema scopes."""

import re

from sandbox.hubspot.kinds import KINDS

_RECORDS = ("deals", "companies", "contacts", "line_items")
_DESCRIBED = ("deals", "companies", "contacts")
ALL = (
    *(f"crm.objects.{kind}.{right}" for kind in _RECORDS for right in ("read", "write")),
    "crm.objects.owners.read",
    "files",
    *(f"crm.schemas.{kind}.{right}" for kind in _DESCRIBED for right in ("read", "write")),
)
_OBJECTS = re.compile(r"/crm/v[34]/(?:objects|associations)/(?P<kind>[^/]+)(?:/.*)?")
_PROPERTIES = re.compile(r"/crm/v3/properties/(?P<kind>[^/]+)(?:/.*)?")


def needed(path: str, *, mutating: bool) -> str | None:
    """The scope for a request, by the object type that its path begins with; None when it needs none."""
    right = "write" if mutating else "read"
    if path.startswith("/crm/v3/owners"):
        return "crm.objects.owners.read"
    if path.startswith("/files/"):
        return "files"
    if path.startswith("/crm/v3/pipelines"):
        return "crm.objects.deals.read"
    if found := _PROPERTIES.fullmatch(path):
        kind = _plural(found["kind"])
        return f"crm.schemas.{kind}.{right}" if kind in _DESCRIBED else None
    if found := _OBJECTS.fullmatch(path):
        kind = _plural(found["kind"])
        return f"crm.objects.{'contacts' if kind in ('tasks', 'notes') else kind}.{right}"
    return None


def _plural(name: str) -> str:
    return next((kind.plural for kind in KINDS.values() if name in (kind.singular, kind.type_id)), name)

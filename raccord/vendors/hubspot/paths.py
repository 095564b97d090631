"""Where each thing is at HubSpot: version 3, and 4 for associations (HubSpot docs: api-reference).

No other module names a path. Version 4 loses support on 2027-03-30, version 3 in September 2027; the dated
ones are `/crm/objects/2026-09/{kind}` with the same suffixes, `/crm/properties/2026-09/{kind}`, owners and
pipelines likewise (HubSpot docs: platform/versioning). They hold writes
to the account's own rules, such as properties that a stage requires, which the undated ones do not.
"""

from urllib.parse import quote

OWNERS = "/crm/v3/owners/"
PIPELINES = "/crm/v3/pipelines/deals"
ACCOUNT = "/account-info/v3/details"
FILES = "/files/v3/files"
FILES_FOUND = f"{FILES}/search"
TOKEN = "/oauth/v2/private-apps/get/access-token-info"  # noqa: S105 - a path
"""What a static token may do (HubSpot docs: private-apps)."""


def records(kind: str) -> str:
    return f"/crm/v3/objects/{kind}"


def record(kind: str, record_id: str) -> str:
    return f"/crm/v3/objects/{kind}/{_id(record_id)}"


def batch(kind: str) -> str:
    return f"/crm/v3/objects/{kind}/batch/read"


def search(kind: str) -> str:
    return f"/crm/v3/objects/{kind}/search"


def links(kind: str, record_id: str, to: str) -> str:
    return f"/crm/v4/objects/{kind}/{_id(record_id)}/associations/{to}"


def links_of_many(kind: str, to: str) -> str:
    return f"/crm/v4/associations/{kind}/{to}/batch/read"


def owner(owner_id: str) -> str:
    return f"{OWNERS}{_id(owner_id)}"


def properties(kind: str) -> str:
    return f"/crm/v3/properties/{kind}"


def property_groups(kind: str) -> str:
    return f"/crm/v3/properties/{kind}/groups"


def _id(text: str) -> str:
    return quote(text, safe="")

"""An account that has sold for a year: every deal of the seed is won, and there is the usual disorder."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sandbox.data import rows
from sandbox.hubspot.crm import Crm
from sandbox.hubspot.kinds import KINDS
from sandbox.hubspot.records import iso

_BETWEEN = timedelta(days=5, hours=3)
_WON = {"default": "closedwon", "118524563": "218934003"}
_GONE = "64492921"
_SELLERS = ("64492917", "64492918", "64492919", "64492920")
_HIS = ("38990100030", "38990100042")
_TWINS: Mapping[str, Mapping[str, str]] = {
    "9100001": {"of": "9000001", "name": "MENUISERIE KERJEAN SARL", "billing_email": ""},
    "9100002": {"of": "9000009", "name": "Cycles Ducase", "siren": "", "siret": "", "vat_number": ""},
    "9100003": {"of": "9000018", "name": "Brasserie Houyoux"},
    "9100004": {"of": "9000012", "name": "Domaine de la Garrigue", "vat_number": ""},
}
"""Records that somebody made a second time, by what is different on them."""


def won(deal: Mapping[str, Any], place: int, now: datetime) -> dict[str, str]:
    """Return a seeded deal's properties once it is won, the later ones longer ago."""
    properties = dict(deal["properties"])
    pipeline = properties.get("pipeline") or "default"
    owner = _GONE if deal["id"] in _HIS else _SELLERS[place % len(_SELLERS)]
    closed = iso(now - _BETWEEN * place)
    return {**properties, "hubspot_owner_id": owner, "dealstage": _WON[pipeline], "closedate": closed}


def disorder(crm: Crm, created: datetime) -> None:
    """Add a salesperson who left, and companies that are there twice."""
    stamps = {"createdAt": iso(created), "updatedAt": iso(created), "archived": True, "type": "PERSON"}
    crm.owners[_GONE] = {
        "id": _GONE,
        "userId": None,
        "userIdIncludingInactive": 70112237,
        "email": "hugo.petit@hexalab.example",
        "firstName": "Hugo",
        "lastName": "Petit",
        "teams": [],
        **stamps,
    }
    known = {each["id"]: each["properties"] for each in rows("companies")}
    for id, changes in _TWINS.items():
        values = {**known[changes["of"]], **{name: text for name, text in changes.items() if name != "of"}}
        fit = {name: text for name, text in values.items() if name in crm.schemas["companies"].properties}
        crm.load(KINDS["companies"], id, fit, created=created)

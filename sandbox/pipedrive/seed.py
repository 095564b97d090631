"""Fills the account with the seeded records, the dirty ones as dirty as they are."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.data import rows
from sandbox.pipedrive.account import Account
from sandbox.pipedrive.checks import ADDRESS
from sandbox.pipedrive.contacts import ORGANIZATIONS, PERSONS
from sandbox.pipedrive.deals import DEALS
from sandbox.pipedrive.fields import Field
from sandbox.pipedrive.lines import NEW, total
from sandbox.pipedrive.products import values_of
from sandbox.pipedrive.records import By, Record, stamp
from sandbox.pipedrive.settings import INTEGRATION, PipedriveSettings

Json = dict[str, Any]
_AGE = timedelta(days=20)
_STAGES = {
    "appointmentscheduled": "Rendez-vous planifié",
    "qualifiedtobuy": "Besoin qualifié",
    "presentationscheduled": "Démonstration faite",
    "contractsent": "Devis envoyé",
}
_RENEWALS = ("À renouveler", "Proposition envoyée")
_TYPES = (("call", "Appel"), ("meeting", "Réunion"), ("task", "Tâche"), ("deadline", "Échéance"))
_CUSTOM = {
    "organization": {
        "siren": ("SIREN", "varchar"),
        "siret": ("SIRET", "varchar"),
        "vat_number": ("N° de TVA", "varchar"),
        "billing_email": ("E-mail de facturation", "varchar"),
        "payment_terms_days": ("Délai de paiement (jours)", "double"),
    },
    "deal": {
        "purchase_order": ("Bon de commande", "varchar"),
        "service_date": ("Date de prestation", "date"),
        "language": ("Langue", "varchar"),
    },
}


def load(account: Account) -> None:
    """Users, pipelines and fields; then organizations, persons, and deals with their lines."""
    made = datetime.now(UTC) - _AGE
    by = By(INTEGRATION, "app", "", made)
    _load_frame(account, made)
    owners = {owner["id"]: owner["userId"] for owner in rows("owners")}
    companies = {
        row["id"]: _company(account, row, place, by) for place, row in enumerate(rows("companies"), 1)
    }
    people = {
        row["id"]: _person(account, row, place, companies, by)
        for place, row in enumerate(rows("contacts"), 1)
    }
    products: dict[str, Record] = {}
    for place, deal in enumerate(rows("deals"), 1):
        owner = owners[deal["properties"]["hubspot_owner_id"]]
        links: Json = {
            "owner_id": owner,
            "org_id": next((companies[each["id"]] for each in deal["companies"]), None),
            "person_id": next((people[each] for each in deal["contacts"]), None),
        }
        record = _deal(account, deal["properties"], place, links, by)
        for line in deal["lines"]:
            _line(account, record, line["properties"], products, by)


def _load_frame(account: Account, made: datetime) -> None:
    at = stamp(made)
    account.users[INTEGRATION] = _user(INTEGRATION, "Raccord", "raccord@hexalab.example", admin=True)
    for owner in rows("owners"):
        name = f"{owner['firstName']} {owner['lastName']}"
        account.users[owner["userId"]] = _user(owner["userId"], name, owner["email"], admin=False)
    stamps = {"add_time": at, "update_time": at, "is_deleted": False}
    for id_, name in enumerate(("Ventes", "Renouvellements"), 1):
        odds = {"order_nr": id_, "is_deal_probability_enabled": True}
        account.pipelines.append({"id": id_, "name": name, **odds, **stamps})
    for place, name in enumerate((*_STAGES.values(), *_RENEWALS)):
        pipeline = 1 if place < len(_STAGES) else 2
        stage = {"deal_probability": 100, "is_deal_rot_enabled": False, "days_to_rotten": None}
        account.stages.append(
            {"id": place + 1, "order_nr": place + 1, "name": name, "pipeline_id": pipeline, **stage, **stamps}
        )
    old = at.replace("T", " ").removesuffix("Z")
    for id_, (key, name) in enumerate(_TYPES, 1):
        look = {"icon_key": key, "color": "FFFFFF", "order_nr": id_, "is_custom_flag": False}
        row = {"id": id_, "name": name, "key_string": key, "active_flag": True, **look}
        account.activity_types.append({**row, "add_time": old, "update_time": old})
    for kind, fields in _CUSTOM.items() if account.settings.custom_fields else ():
        for place, (name, type_) in enumerate(fields.values()):
            code = code_of(account.settings, kind, name)
            account.fields[kind][code] = Field(12_451 + place, name, code, type_, custom=True)


def code_of(settings: PipedriveSettings, kind: str, name: str) -> str:
    """As good as random: another one in every company (pipedrive.md 1)."""
    return hashlib.sha256(f"{settings.company} {kind} {name}".encode()).hexdigest()[:40]


def _user(id_: int, name: str, email: str, *, admin: bool) -> Json:
    return {
        "id": id_,
        "name": name,
        "default_currency": "EUR",
        "locale": "fr_FR",
        "lang": 5,
        "email": email,
        "phone": None,
        "activated": True,
        "last_login": "2026-11-02 08:00:00",
        "created": "2024-09-02 08:00:00",
        "modified": "2024-09-02 08:00:00",
        "has_created_company": admin,
        "access": [
            {"app": "global", "admin": admin, "permission_set_id": f"5a4d0000-0000-4000-8000-{id_:012}"}
        ],
        "active_flag": True,
        "timezone_name": "Europe/Paris",
        "timezone_offset": "+01:00",
        "role_id": 1,
        "icon_url": None,
        "is_deleted": False,
    }


def _company(account: Account, row: Json, place: int, by: By) -> int:
    said = row["properties"]
    values = {"name": said["name"], "owner_id": by.user, "address": _address(said), "website": said["domain"]}
    custom = _custom(account, "organization", said)
    return account.load("organization", place, {**ORGANIZATIONS.blank, **values}, custom, by).id


def _address(said: Json) -> Json:
    number, _, route = said.get("address", "").partition(" ")
    town = " ".join(filter(None, (said.get("zip"), said.get("city"))))
    parts = {
        "value": ", ".join(filter(None, (said.get("address"), town, said.get("country")))),
        "street_number": number if number.isdecimal() else None,
        "route": route if number.isdecimal() else said.get("address"),
        "postal_code": said.get("zip"),
        "locality": said.get("city"),
        "admin_area_level_1": said.get("state"),
        "country": said.get("country"),
    }
    return {name: parts.get(name) for name in ADDRESS}


def _person(account: Account, row: Json, place: int, companies: dict[str, int], by: By) -> int:
    said = row["properties"]
    values = {
        "name": f"{said['firstname']} {said['lastname']}",
        "first_name": said["firstname"],
        "last_name": said["lastname"],
        "owner_id": by.user,
        "org_id": companies[row["company"]],
        "emails": _reached(said.get("email")),
        "phones": _reached(said.get("phone")),
    }
    return account.load("person", place, {**PERSONS.blank, **values}, {}, by).id


def _reached(text: str | None) -> list[Json]:
    return [{"value": text, "primary": True, "label": "work"}] if text else []


def _deal(account: Account, said: Json, place: int, links: Json, by: By) -> Record:
    stage = list(_STAGES).index(said["dealstage"]) + 1 if said["dealstage"] in _STAGES else len(_STAGES) + 1
    values = {
        "title": said["dealname"],
        "value": _number(said["amount"]),
        "currency": said["deal_currency_code"],
        "stage_id": stage,
        "pipeline_id": account.stages[stage - 1]["pipeline_id"],
        "expected_close_date": said["closedate"][:10],
        "creator_user_id": links["owner_id"],
        **links,
    }
    custom = _custom(account, "deal", said)
    return account.load("deal", place, {**DEALS.blank, **values}, custom, by)


def _line(account: Account, deal: Record, said: Json, products: dict[str, Record], by: By) -> None:
    """A line has a quantity and a tax whatever anybody thought of: 1, and none."""
    product = products.get(said["name"])
    if product is None:
        product = products[said["name"]] = _product(account, said, len(products) + 1, by)
    percentage = said.get("hs_discount_percentage")
    values = {
        **NEW,
        "deal_id": deal.id,
        "product_id": product.id,
        "name": said["name"],
        "item_price": _number(said["price"]),
        "quantity": _number(said.get("quantity", "1")),
        "tax": _number(said.get("vat_rate", "0")),
        "tax_method": "exclusive",
        "currency": deal["currency"],
        "comments": said.get("description"),
        "discount": _number(percentage or said.get("discount", "0")),
        "discount_type": "amount" if "discount" in said else "percentage",
        "order_nr": int(said["hs_position_on_quote"]) + 1,
    }
    values["sum"] = total(values, account.settings)
    account.load("deal_product", len(account.records["deal_product"]) + 1, values, {}, by)


def _product(account: Account, said: Json, place: int, by: By) -> Record:
    given = {
        "name": said["name"],
        "code": said.get("hs_sku"),
        "tax": _number(said.get("vat_rate", "0")),
        "price": _number(said["price"]),
        "currency": said["hs_line_item_currency_code"],
    }
    values = values_of(given, place, owner=by.user)
    return account.load("product", place, values, {}, by)


def _custom(account: Account, kind: str, said: Json) -> Json:
    if not account.settings.custom_fields:
        return {}
    found = {}
    for key, (name, type_) in _CUSTOM[kind].items():
        if said.get(key):
            value = _number(said[key]) if type_ == "double" else said[key]
            found[code_of(account.settings, kind, name)] = value
    return found


def _number(text: str) -> int | float:
    """A text that is no number elsewhere is one here: a field of numbers takes nothing else."""
    try:
        value = float(text.replace(" ", "").replace("\u202f", "").replace("\u00a0", "").replace(",", "."))
    except ValueError:
        return 0
    return int(value) if value.is_integer() else value

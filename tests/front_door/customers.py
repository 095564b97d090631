"""Linked customers whom people edit on both sides, and what the rules say becomes of each field."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from raccord.domain.values.details import Side
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.records.audit import HAPPENED
from raccord.temporal.flows import CONTACT_SYNC, Changed, wake
from tests.front_door.judge import by_a_person
from tests.front_door.stack import Lane

NEWEST, ASKED = ("email", "phone", "town"), ("name", "number")
FIELDS = (*NEWEST, *ASKED)
CRM_NAMES = {
    "name": "name",
    "email": "billing_email",
    "phone": "phone",
    "town": "city",
    "number": "vat_number",
}
BILLING_NAMES = {"name": "name", "email": "email", "phone": "phone", "town": "address[city]"}
AUDIT_NAMES = {"name": "name", "email": "email", "phone": "phone", "town": "address", "number": "vat_number"}
_SAME_WRITE = dict.fromkeys(("address", "address2", "zip", "state", "country"), "town")
WRONG = {"email": "compta (a) nulle part", "number": "BE0600610341"}
"""What people type that cannot be right."""
CONFLICT, INVALID = "contact_conflict", "contact_invalid"


def belgian(number: int) -> str:
    """Return a VAT number with its right check digits, from up to seven digits."""
    base = 10_000_000 - number
    return f"BE0{base:07}{97 - base % 97:02}"


@dataclass
class Kept:
    """One field of a pair: what each side says, what each said when they last agreed, who typed last."""

    name: str
    said: dict[Side, str]
    agreed: dict[Side, str] = field(default_factory=dict)
    latest: Side = Side.CRM
    doubt: str = ""
    """Why a person is asked, as the question's cause."""

    def __post_init__(self) -> None:
        self.agree()

    def agree(self) -> None:
        self.agreed, self.doubt = dict(self.said), ""

    def types(self, side: Side, text: str) -> None:
        self.said[side], self.latest = text, side

    def right(self, side: Side) -> bool:
        return self.said[side] != WRONG.get(self.name)

    def carried(self) -> Side | None:
        """Do what nobody has to be asked about; return whose value goes over."""
        edited = [side for side in Side if self._edited(side)]
        if not edited or _alike(*self.said.values()):
            self.agree()
            return None
        if len(edited) > 1 and self.name in ASKED:
            self.doubt = CONFLICT
            return None
        origin = self.latest if len(edited) > 1 else edited[0]
        if not self.right(origin):
            self.doubt = INVALID
            return None
        return origin

    def _edited(self, side: Side) -> bool:
        return bool(self.said[side]) and not _alike(self.said[side], self.agreed[side])


def _alike(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


@dataclass(frozen=True)
class Write:
    """One overwritten field of one record, as the audit must tell it."""

    record: str
    field: str
    old: str
    new: str
    origin: str


@dataclass
class Customer:
    """A company and a billing customer that are linked, as the model has them."""

    company: str
    customer: str
    fields: dict[str, Kept]
    overwritten: list[Write] = field(default_factory=list)

    @property
    def doubts(self) -> set[str]:
        return {each.doubt for each in self.fields.values() if each.doubt}

    def record(self, side: Side) -> str:
        return f"hubspot:{self.company}" if side is Side.CRM else f"stripe:{self.customer}"

    def settle(self) -> None:
        for each in self.fields.values():
            if origin := each.carried():
                self.carry(each, origin)

    def carry(self, kept: Kept, origin: Side) -> None:
        """Write the value of one side on the other, unless it says so already."""
        old, new = kept.said[origin.other], kept.said[origin]
        self.overwritten.append(Write(self.record(origin.other), kept.name, old, new, origin.value))
        kept.said[origin.other] = new
        kept.agree()


async def linked(lane: Lane, number: int) -> Customer:
    """Make a company and its customer, who say the same, linked as flow 1 links them."""
    said = {
        "name": f"Atelier {number}",
        "email": f"compta@atelier-{number}.example",
        "phone": f"+32 2 555 {number:04}",
        "town": "Bruxelles",
        "number": belgian(number),
    }
    place = {"address": "1 rue du Canal", "zip": "1000", "country": "Belgique", "siren": ""}
    company = await lane.account.company(**place, **{CRM_NAMES[name]: text for name, text in said.items()})
    form = {BILLING_NAMES[name]: text for name, text in said.items() if name in BILLING_NAMES}
    tax_id = {"tax_id_data[0][type]": "eu_vat", "tax_id_data[0][value]": said["number"]}
    made = await lane.account.stripe_post("/v1/customers", **PLACE, **form, **tax_id)
    async with lane.records() as records:
        await records.links.link_customer(f"acted-{number}", "stripe", made["id"], f"hubspot:{company}")
    subject = Subject(kind=SubjectKind.CUSTOMER, connection="stripe", id=made["id"])
    why = Changed(key="linked", thorough=True)
    await (await wake(lane.client, CONTACT_SYNC, subject, why)).result()
    fields = {name: Kept(name, dict.fromkeys(Side, text)) for name, text in said.items()}
    return Customer(company, made["id"], fields)


PLACE = {"address[line1]": "1 rue du Canal", "address[postal_code]": "1000", "address[country]": "BE"}
"""What an edit of the town says with it: which parts of an address an update leaves is unconfirmed."""


async def as_shown(lane: Lane, its: Customer) -> dict[str, dict[Side, str]]:
    """Return what both vendors say of a customer, by field."""
    here = await lane.account.crm.values("companies", its.company, *CRM_NAMES.values())
    there = await lane.account.billing.call("GET", f"/v1/customers/{its.customer}")
    numbers = [value for kind, value in await lane.account.billing.numbers(its.customer) if kind == "eu_vat"]
    billing = {name: there[name] or "" for name in ("name", "email", "phone")}
    billing |= {"town": there["address"]["city"] or "", "number": " and ".join(numbers)}
    return {name: {Side.CRM: here[CRM_NAMES[name]] or "", Side.BILLING: billing[name]} for name in CRM_NAMES}


def written(requests: Iterable[dict[str, Any]]) -> Counter[tuple[str, str]]:
    """Count by record and field what we committed; a name that is none of ours stands as it is.

    A request that is repeated with its key is one. The old number's end is a part of the new one's write.
    """
    seen: set[str] = set()
    found: Counter[tuple[str, str]] = Counter()
    for each in requests:
        if not each["committed"] or by_a_person(each) or each["vendor"] == "slack":
            continue
        key = each["headers"].get("idempotency-key", "")
        if key not in seen and each["method"] != "DELETE":
            found.update({(_record(each), name): 1 for name in _names(each)})
        seen |= {key} if key else set()
    return found


def _record(request: dict[str, Any]) -> str:
    parts = request["path"].split("/")
    return f"stripe:{parts[3]}" if request["vendor"] == "stripe" else f"hubspot:{parts[-1]}"


def _names(request: dict[str, Any]) -> set[str]:
    """Return which of our fields a write changes."""
    if request["vendor"] == "hubspot":
        known = {name: ours for ours, name in CRM_NAMES.items()} | _SAME_WRITE
        return {known.get(name, name) for name in json.loads(request["body"])["properties"]}
    if request["path"].endswith("/tax_ids"):
        return {"number"}
    names = [name for name, _ in parse_qsl(request["body"], keep_blank_values=True)]
    return {"town" if name.startswith("address[") else name for name in names}


def overwrites(rows: Iterable[dict[str, Any]]) -> Counter[Write]:
    """Return the overwrites that the audit tells of: what was intended and then happened.

    An attempt whose end was lost on its way is repeated with its key: both are told, and are one overwrite.
    """
    intended: dict[str, dict[str, Any]] = {}
    over: set[str] = set()
    found: Counter[Write] = Counter()
    for row in rows:
        if row["kind"] == "intent" and row["effect"] == "contact.write":
            intended[row["key"]] = row
        elif row["verdict"] in HAPPENED and (intent := intended.pop(row["key"], None)):
            found.update(() if row["key"] in over else _overwritten(intent))
            over.add(row["key"])
    return found


def _overwritten(intent: dict[str, Any]) -> Iterator[Write]:
    names = {audit: ours for ours, audit in AUDIT_NAMES.items()}
    for name, value in intent["after"]["fields"].items():
        if name != "country_text":
            yield Write(
                record=intent["object"],
                field=names.get(name, name),
                old=_city(intent["before"].get(name)),
                new=_city(value),
                origin=intent["after"]["origin"],
            )


def _city(value: Any) -> str:
    return str(value["city"] if isinstance(value, dict) else value or "")

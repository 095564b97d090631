"""Salespeople in Pipedrive."""

import json
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

import httpx

from sandbox.core.operator import Operator
from sandbox.data import rows
from sandbox.pipedrive.person import PipedrivePerson
from starters.demo.cast.roles import Crm, Json, Record, Shown

_NUMBER = "Facture - numéro"
_STATE, _PAID, _DUE, _PAID_ON = (
    f"Paiement - {each}" for each in ("état", "montant reçu", "reste dû", "date")
)
_SIRET, _VAT_NUMBER, _EMAIL = "SIRET", "N° de TVA", "E-mail de facturation"
_WORDS = {"Payée": "paid", "Payée en partie": "partly_paid"}
"""What scenarios bring a deal to, as its field has it; any other state is shown as it is spelt there."""


class Pipedrive(Crm):
    name, title = "pipedrive", "Pipedrive"
    section = """
[pipedrive]
base_url = "http://127.0.0.1:$sandbox/pipedrive"
company_id = 8087566
user_id = 70112299
"""
    secrets = {
        "RACCORD_PIPEDRIVE__API_TOKEN": "5a4db0c000000000000000000000000000000000",
        "RACCORD_PIPEDRIVE__WEBHOOK_SECRET": "sandbox-pipedrive-webhook-0000",
    }
    pilots = ("70112233", "70112234", "70112235")
    later = {"address": "5 place de la Mairie"}
    has_fields = False
    tells_values = True

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.person = PipedrivePerson(http)

    async def ready(self, operator: Operator) -> None:
        # A deal's value is then net of VAT, as `[invoice] amount_basis` has it.
        await operator.settings(self.name, rate_limits=False, sum_with_tax=False)

    def id_of(self, deal: str) -> str:
        """Ids of Pipedrive's are counted: the seeded deals have the first ones, in their order."""
        return str(1 + next(place for place, row in enumerate(rows("deals")) if row["id"] == deal))

    def is_about(self, deal: str, body: str) -> bool:
        told = json.loads(body)["meta"]
        return (told["entity"], str(told["entity_id"])) == ("deal", self.id_of(deal))

    async def title_of(self, deal: str) -> str:
        return str((await self._deal(deal))["title"])

    async def win(self, deal: str, *, at: datetime | None = None) -> None:
        await self.person.win(int(self.id_of(deal)), at=int(at.timestamp()) if at else None)

    async def correct_amount(self, deal: str, amount: str) -> None:
        await self.person.edit("deal", int(self.id_of(deal)), value=float(amount))

    async def shown(self, deal: str) -> Shown:
        found = (await self._deal(deal))["custom"]
        state = (found.get(_STATE) or {"label": ""})["label"]
        return Shown(
            number=found.get(_NUMBER) or "",
            status=_WORDS.get(state, state),
            paid=_minor(found.get(_PAID)),
            due=_minor(found.get(_DUE)),
            paid_on=found.get(_PAID_ON) or "",
        )

    async def gross(self, deal: str) -> int:
        return sum(map(_line_minor, await self.person.lines(int(self.id_of(deal)))))

    async def won(self) -> list[tuple[datetime, int]]:
        found = (await self.person.call("GET", "/api/v2/deals?status=won&limit=500"))["data"]
        return [
            (datetime.fromisoformat(each["won_time"]).astimezone(UTC), _minor(each["value"]) or 0)
            for each in found
        ]

    async def tasks(self, deal: str) -> list[str]:
        return [each["subject"] for each in await self.person.tasks(int(self.id_of(deal)))]

    async def company_of(self, deal: str) -> str:
        return str((await self._deal(deal))["org_id"])

    def company(self, id_: str) -> Record:
        return Record("organizations", id_)

    async def name_and_email(self, company: str) -> tuple[str, str]:
        found = await self.person.shown("organization", int(company))
        return found["name"], found["custom"].get(_EMAIL) or ""

    async def edit_company(self, company: str, **said: str) -> None:
        own, custom = dict[str, object](), dict[str, str]()
        for detail, text in said.items():
            match detail:
                case "name":
                    own["name"] = text
                case "address":
                    now = (await self.person.shown("organization", int(company)))["address"]
                    own["address"] = {
                        "value": f"{text}, {now['postal_code']} {now['locality']}, {now['country']}"
                    }
                case "siret":
                    custom[_SIRET] = text
                case "vat_number":
                    custom[_VAT_NUMBER] = text
                case _:
                    raise LookupError(f"organizations have no {detail} here")
        if own:
            await self.person.edit("organization", int(company), **own)
        if custom:
            await self.person.set_fields("organization", int(company), **custom)

    async def _deal(self, deal: str) -> Json:
        return await self.person.shown("deal", int(self.id_of(deal)))


def _minor(said: object) -> int | None:
    """Read a number, or the amount of a field of money."""
    return int(Decimal(str(said)) * 100) if said not in (None, "") else None


def _line_minor(line: Json) -> int:
    price, quantity = Decimal(str(line["item_price"])), Decimal(str(line["quantity"]))
    off = Decimal(str(line["discount"]))
    gross = quantity * price
    net = _cents((gross * (100 - off) / 100 if line["discount_type"] == "percentage" else gross - off) * 100)
    return net + _cents(Decimal(net) * Decimal(str(line["tax"])) / 100)


def _cents(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))

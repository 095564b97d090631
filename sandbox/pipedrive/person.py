"""A salesperson in Pipedrive's own pages."""

from collections.abc import Sequence
from typing import Any

import httpx

from sandbox.core.person import Person, json_of

Json = dict[str, Any]
CAMILLE, THOMAS = 70112233, 70112234
_FIELDS = {"deal": "dealFields", "organization": "organizationFields", "person": "personFields"}
_PLURALS = {"deal": "deals", "organization": "organizations", "person": "persons", "activity": "activities"}


class PipedrivePerson(Person):
    """Makes, wins, edits, merges and deletes records. A kind is Pipedrive's: deal, organization, person, ...

    Custom fields are named as people see them; LookupError when no field has such a name, or two have it.
    """

    vendor = "pipedrive"

    def __init__(self, http: httpx.AsyncClient, *, actor: int = CAMILLE) -> None:
        super().__init__(http, actor=str(actor))

    async def create(self, kind: str, **values: Any) -> int:
        """Create a record; return its id."""
        made = await self.call("POST", f"/api/v2/{_PLURALS[kind]}", json=values)
        return int(made["data"]["id"])

    async def edit(self, kind: str, record: int, **values: Any) -> None:
        await self.call("PATCH", f"/api/v2/{_PLURALS[kind]}/{record}", json=values)

    async def edit_many(self, kind: str, records: Sequence[int], **values: Any) -> None:
        """Tick several records in a list and change all of them."""
        headers = {"X-Sandbox-Source": "bulk"}
        for record in records:
            await self.call("PATCH", f"/api/v2/{_PLURALS[kind]}/{record}", json=values, headers=headers)

    async def edit_by_program(self, kind: str, record: int, **values: Any) -> None:
        """Another program changes a record with this person's token."""
        headers = {"X-Sandbox-Source": "api"}
        await self.call("PATCH", f"/api/v2/{_PLURALS[kind]}/{record}", json=values, headers=headers)

    async def set_fields(self, kind: str, record: int, **named: Any) -> None:
        """Change custom fields by their names; an option by its label."""
        fields = await self._fields(kind)
        values = {_code(fields, name): _value(fields, name, value) for name, value in named.items()}
        await self.edit(kind, record, custom_fields=values)

    async def win(self, deal: int, *, at: int | None = None) -> None:
        """Mark a deal as won: now, or at Unix seconds `at`."""
        headers = {} if at is None else {"X-Sandbox-At": str(at)}
        await self.call("PATCH", f"/api/v2/deals/{deal}", json={"status": "won"}, headers=headers)

    async def lose(self, deal: int, reason: str | None = None) -> None:
        await self.edit("deal", deal, status="lost", lost_reason=reason)

    async def reopen(self, deal: int) -> None:
        await self.edit("deal", deal, status="open")

    async def archive(self, deal: int, *, archived: bool = True) -> None:
        await self.edit("deal", deal, is_archived=archived)

    async def delete(self, kind: str, record: int) -> None:
        await self.call("DELETE", f"/console/{_PLURALS[kind]}/{record}")

    async def restore(self, kind: str, record: int) -> None:
        """Take a record out of the bin."""
        await self.call("POST", f"/console/{_PLURALS[kind]}/{record}/restore")

    async def merge(self, kind: str, kept: int, merged: int) -> None:
        """Merge the second record into the first, which is left."""
        await self.call("POST", f"/console/{_PLURALS[kind]}/{merged}/merge", json={"into": kept})

    async def lines(self, deal: int) -> list[Json]:
        found: list[Json] = (await self.call("GET", f"/api/v2/deals/{deal}/products?limit=500"))["data"]
        return found

    async def add_line(self, deal: int, name: str, price: float, quantity: float = 1, **values: Any) -> int:
        """Put a product on a deal, one that is new where none has that name; return the line's id."""
        found = (await self.call("GET", "/api/v2/products?limit=500"))["data"]
        product = next((each["id"] for each in found if each["name"] == name), None)
        if product is None:
            made = await self.call("POST", "/console/products", json={"name": name, "price": price})
            product = made["data"]["id"]
        body = {"product_id": product, "item_price": price, "quantity": quantity, **values}
        return int((await self.call("POST", f"/api/v2/deals/{deal}/products", json=body))["data"]["id"])

    async def edit_line(self, deal: int, line: int, **values: Any) -> None:
        await self.call("PATCH", f"/console/deals/{deal}/products/{line}", json=values)

    async def remove_line(self, deal: int, line: int) -> None:
        await self.call("DELETE", f"/console/deals/{deal}/products/{line}")

    async def discount(
        self, deal: int, amount: float, *, kind: str = "percentage", words: str = "Remise"
    ) -> str:
        """Give a discount on the whole deal, of `kind` percentage or amount; return its id."""
        body = {"description": words, "amount": amount, "type": kind}
        return str((await self.call("POST", f"/console/deals/{deal}/discounts", json=body))["data"]["id"])

    async def note(self, content: str, **links: int) -> int:
        """Write a note on a record: `deal_id`, `org_id` or `person_id`."""
        body = {"content": content, **links}
        return int((await self.call("POST", "/api/v1/notes", json=body))["data"]["id"])

    async def finish(self, activity: int) -> None:
        """Tick a task off."""
        await self.edit("activity", activity, done=True)

    async def add_field(self, kind: str, name: str, type_: str = "varchar", *options: str) -> str:
        """Make a custom field; return its code."""
        body: Json = {"field_name": name, "field_type": type_}
        if options:
            body["options"] = [{"label": label} for label in options]
        return str((await self.call("POST", f"/api/v2/{_FIELDS[kind]}", json=body))["data"]["field_code"])

    async def rename_field(self, kind: str, name: str, to: str) -> None:
        code = _code(await self._fields(kind), name)
        await self.call("PATCH", f"/console/{_FIELDS[kind]}/{code}", json={"field_name": to})

    async def remove_field(self, kind: str, name: str) -> None:
        code = _code(await self._fields(kind), name)
        await self.call("DELETE", f"/console/{_FIELDS[kind]}/{code}")

    async def switch_activity_type(self, key: str, *, on: bool) -> None:
        await self.call("PATCH", f"/console/activityTypes/{key}", json={"active": on})

    async def consent(self, page: str, *, agrees: bool = True) -> str:
        """Open an app's page of consent and press a button; return the address that leads back to the app."""
        headers = {"X-Sandbox-Actor": self._actor, "X-Sandbox-Consent": "yes" if agrees else "no"}
        answer = await self._http.get(page, headers=headers)
        return answer.headers["location"]

    async def uninstall(self) -> None:
        """Remove the app from the company."""
        await self.call("DELETE", "/console/app")

    async def midnight(self) -> None:
        """The server's day ends: the company has all its tokens again."""
        await self.call("POST", "/console/midnight")

    async def shown(self, kind: str, record: int) -> Json:
        """Return a record as its page shows it, deleted or not: `custom` has the custom values by name."""
        state: Json = json_of(await self._http.get("/_control/state/pipedrive"))
        found: Json = next(each for each in state[kind] if each["id"] == record)
        return found

    async def tasks(self, deal: int) -> list[Json]:
        """Return the deal's activities, done ones too."""
        found: list[Json] = (await self.call("GET", f"/api/v2/activities?deal_id={deal}"))["data"]
        return found

    async def _fields(self, kind: str) -> list[Json]:
        found = (await self.call("GET", f"/api/v2/{_FIELDS[kind]}?limit=500"))["data"]
        return [each for each in found if each["is_custom_field"]]


def _field(fields: list[Json], name: str) -> Json:
    found = [each for each in fields if each["field_name"] == name]
    if len(found) != 1:
        raise LookupError(f"{len(found)} fields are called {name!r}")
    return found[0]


def _code(fields: list[Json], name: str) -> str:
    return str(_field(fields, name)["field_code"])


def _value(fields: list[Json], name: str, value: Any) -> Any:
    options = {option["label"]: option["id"] for option in _field(fields, name)["options"] or ()}
    return options.get(value, value) if isinstance(value, str) else value

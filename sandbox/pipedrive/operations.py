"""Every call that there is, with its price in tokens and the scopes that allow it (spec v1 and v2).

API v1 has what API v2 lacks; its twins of v2 are out of support since 2026-08-01 (pipedrive.md 0): here they
are gone. What people do in Pipedrive's pages beyond the API lies under `/console`.
"""

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from sandbox.pipedrive import (
    activities,
    catalogue,
    console,
    contacts,
    deals,
    filters,
    lines,
    products,
    schema,
    search,
)
from sandbox.pipedrive.activities import ACTIVITIES
from sandbox.pipedrive.call import Call
from sandbox.pipedrive.contacts import ORGANIZATIONS, PERSONS
from sandbox.pipedrive.deals import DEALS
from sandbox.pipedrive.errors import Json
from sandbox.pipedrive.webhooks import WebhooksApi

Run = Callable[[Call], Json | Awaitable[Json]]
_PARTS = {"id": r"\d+"}


@dataclass(frozen=True)
class Operation:
    """`cost` in tokens; `scopes` one of which an OAuth grant needs; `status` of a success."""

    method: str
    path: re.Pattern[str]
    run: Run
    cost: int = 0
    scopes: tuple[str, ...] = ()
    status: int = 200
    search: bool = False

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @property
    def for_people(self) -> bool:
        return self.path.pattern.startswith("/console")


def operations(webhooks: WebhooksApi) -> tuple[Operation, ...]:
    return (*_v2(), *_v1(webhooks), *_console())


_DEALS = ("deals:read", "deals:full")
_CONTACTS = ("contacts:read", "contacts:full")
_ACTIVITIES = ("activities:read", "activities:full")
_LINES = ("products:read", "products:full", *_DEALS)
_DEAL_FIELDS = ("deal-fields:full", "admin")
_CONTACT_FIELDS = ("contact-fields:full", "admin")


def _v2() -> Iterator[Operation]:
    yield _op("GET", "/v2/deals/search", search.deals, 20, (*_DEALS, "search:read"), search=True)
    yield _op(
        "GET", "/v2/organizations/search", search.organizations, 20, (*_CONTACTS, "search:read"), search=True
    )
    yield _op("GET", "/v2/persons/search", search.persons, 20, (*_CONTACTS, "search:read"), search=True)
    yield _op("GET", "/v2/itemSearch/field", search.by_field, 20, ("search:read",), search=True)
    yield _op("GET", "/v2/deals/archived", deals.archived, 20, _DEALS)
    yield _op("GET", "/v2/deals/products", lines.of_deals, 10, _LINES)
    yield _op("GET", "/v2/deals/installments", lines.installments, 10, _DEALS)
    yield _op("GET", "/v2/deals", deals.list_, 10, _DEALS)
    yield _op("POST", "/v2/deals", deals.create, 5, ("deals:full",))
    yield _op("GET", "/v2/deals/{id}", DEALS.read, 1, _DEALS)
    yield _op("PATCH", "/v2/deals/{id}", deals.update, 5, ("deals:full",))
    yield _op("GET", "/v2/deals/{id}/products", lines.of_deal, 10, _LINES)
    yield _op("POST", "/v2/deals/{id}/products", lines.add, 5, ("products:full", "deals:full"), status=201)
    yield _op("GET", "/v2/deals/{id}/discounts", lines.discounts, 10, _DEALS)
    for name, entity, list_, reading in (
        ("organizations", ORGANIZATIONS, ORGANIZATIONS.list, _CONTACTS),
        ("persons", PERSONS, contacts.persons, _CONTACTS),
    ):
        yield _op("GET", f"/v2/{name}", list_, 10, reading)
        yield _op("POST", f"/v2/{name}", entity.create, 5, reading[1:])
        yield _op("GET", f"/v2/{name}/{{id}}", entity.read, 1, reading)
        yield _op("PATCH", f"/v2/{name}/{{id}}", entity.update, 5, reading[1:])
    yield _op("GET", "/v2/activities", activities.listed, 10, _ACTIVITIES)
    yield _op("POST", "/v2/activities", activities.create, 5, ("activities:full",))
    yield _op("GET", "/v2/activities/{id}", ACTIVITIES.read, 1, _ACTIVITIES)
    yield _op("PATCH", "/v2/activities/{id}", activities.update, 5, ("activities:full",))
    yield _op("GET", "/v2/pipelines", catalogue.pipelines, 5, (*_DEALS, "admin"))
    yield _op("GET", "/v2/stages", catalogue.stages, 5, (*_DEALS, "admin"))
    yield _op("GET", "/v2/products", products.list_, 10, ("products:read", "products:full"))
    yield _op("GET", "/v2/products/{id}", products.read, 1, ("products:read", "products:full"))
    yield from _fields("dealFields", (*_DEALS, *_DEAL_FIELDS), _DEAL_FIELDS)
    for name in ("organizationFields", "personFields"):
        yield from _fields(name, (*_CONTACTS, *_CONTACT_FIELDS), _CONTACT_FIELDS)
    yield _op("GET", "/v2/(?P<fields>activityFields)", schema.fields, 10, ("admin",))
    at = "/v2/(?P<fields>dealFields)/{code}"
    yield _op("PATCH", at, schema.change, 5, ("deals:full", *_DEAL_FIELDS))
    yield _op("POST", f"{at}/options", schema.add_options, 5, ("deals:full", *_DEAL_FIELDS))
    yield _op("PATCH", f"{at}/options", schema.change_options, 5, ("deals:full", *_DEAL_FIELDS))


def _fields(name: str, reading: tuple[str, ...], writing: tuple[str, ...]) -> Iterator[Operation]:
    at = f"/v2/(?P<fields>{name})"
    yield _op("GET", at, schema.fields, 10, reading)
    yield _op("POST", at, schema.create, 5, writing)
    yield _op("GET", f"{at}/{{code}}", schema.one_field, 1, reading)


def _v1(webhooks: WebhooksApi) -> Iterator[Operation]:
    notes = ("deals:full", "contacts:full")
    writing = (*notes, "activities:full")
    reading = ("deals:read", "activities:read", "contacts:read", *writing)
    yield _op("GET", "/v1/filters", filters.list_, 20, reading)
    yield _op("POST", "/v1/filters", filters.create, 10, writing)
    yield _op("GET", "/v1/filters/{id}", filters.read, 2, reading)
    yield _op("PUT", "/v1/filters/{id}", filters.update, 10, writing)
    yield _op("DELETE", "/v1/filters/{id}", filters.delete, 6, writing)
    yield _op("GET", "/v1/webhooks", webhooks.list, 10, ("admin",))
    yield _op("POST", "/v1/webhooks", webhooks.create, 10, ("admin",), status=201)
    yield _op("DELETE", "/v1/webhooks/{id}", webhooks.delete, 6, ("admin",))
    yield _op("GET", "/v1/users", catalogue.users, 20, ("users:read",))
    yield _op("GET", "/v1/users/me", catalogue.me, 2)
    yield _op("GET", "/v1/users/{id}", catalogue.user, 2, ("users:read",))
    yield _op("GET", "/v1/activityTypes", catalogue.activity_types, 20, (*_ACTIVITIES, "admin"))
    yield _op("GET", "/v1/currencies", catalogue.currencies, 20)
    kinds = "(?P<kind>deals|organizations|persons)"
    yield _op("GET", f"/v1/{kinds}/{{id}}/changelog", catalogue.changelog, 20, ("recents:read",))
    yield _op("GET", "/v1/notes", activities.notes, 20, ("deals:read", "contacts:read", *notes))
    yield _op("POST", "/v1/notes", activities.create_note, 10, notes)


def _console() -> Iterator[Operation]:
    at = "/console/(?P<kind>deals|organizations|persons|activities|notes|products)/{id}"
    yield _op("DELETE", at, console.delete)
    yield _op("POST", f"{at}/restore", console.restore)
    yield _op("POST", f"{at}/merge", console.merge)
    yield _op("POST", "/console/products", products.create)
    yield _op("PATCH", "/console/deals/{id}/products/{other}", lines.edit)
    yield _op("DELETE", "/console/deals/{id}/products/{other}", lines.remove)
    yield _op("POST", "/console/deals/{id}/discounts", lines.add_discount)
    yield _op("DELETE", "/console/deals/{id}/discounts/{other}", lines.remove_discount)
    yield _op("POST", "/console/deals/{id}/installments", lines.add_installment)
    fields = "/console/(?P<fields>dealFields|organizationFields|personFields)/{code}"
    yield _op("PATCH", fields, schema.change)
    yield _op("DELETE", fields, schema.remove)
    yield _op("DELETE", f"{fields}/options/{{other}}", schema.remove_option)
    yield _op("PATCH", "/console/activityTypes/{key}", console.activity_type)


def _op(
    method: str,
    path: str,
    run: Run,
    cost: int = 0,
    scopes: tuple[str, ...] = (),
    *,
    status: int = 200,
    search: bool = False,
) -> Operation:
    pattern = re.sub(r"\{(\w+)\}", lambda found: f"(?P<{found[1]}>{_PARTS.get(found[1], '[^/]+')})", path)
    return Operation(method, re.compile(pattern), run, cost, scopes, status, search)

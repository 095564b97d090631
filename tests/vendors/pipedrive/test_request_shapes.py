"""Every request that the port makes, held against Pipedrive's own description."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from raccord.domain.values.details import Changes, Details, Field
from raccord.vendors.pipedrive import hooks
from raccord.vendors.pipedrive.connector import PipedriveCrm
from tests.connectors.conformance.lab import Lab
from tests.connectors.conformance.samples import FIELDS, MONEY, task
from tests.vendors.pipedrive.account import Account

SPECS = Path(__file__).parents[4] / "shared" / "specs" / "pipedrive"
needs_specs = pytest.mark.skipif(
    not SPECS.is_dir(), reason="the vendors' machine-readable specifications are not part of this repository"
)
SHAPES = 30
"""How many kinds of requests the port makes, at least."""


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for version in ("v1", "v2"):
        found = json.loads((SPECS / f"pipedrive-{version}.subset.openapi.json").read_text())
        for path, methods in found["paths"].items():
            for method, operation in methods.items():
                pattern = re.sub(r"\{[^}]+\}", "[^/]+", path)
                yield method.upper(), f"/api/{version}{pattern}", operation


async def everything(crm: PipedriveCrm, account: Account, lab: Lab) -> None:
    """Use each method of the port."""
    deal = await account.deal()
    await account.sell(deal, 1, 100, 20)
    await account.win(deal)
    company = (await crm.read_deal(deal)).companies[0].id
    await crm.read_company(company)
    await crm.write_invoice(deal, FIELDS)
    await crm.write_payment(deal, MONEY)
    await crm.deals_showing(FIELDS.number)
    await crm.deals_of_company(company)
    await crm.complete_task(await crm.create_task(task(deal)))
    await crm.find_task(deal, "x")
    seen = await crm.read_details(company)
    to = seen.details.model_copy(update={"name": "Autre", "siren": "552100554"})
    fields = frozenset((Field.NAME, Field.SIREN, Field.ADDRESS))
    await crm.write_details(company, Changes(fields=fields, details=to, expected=seen.details), key="w")
    cleared = Details(name="Autre")
    await crm.write_details(company, Changes(fields=fields, details=cleared, expected=to), key="w")
    since = datetime(2026, 1, 1, 1, 2, 3, 456, tzinfo=UTC)
    await crm.details_changed(since, until=datetime.now(UTC))
    for changed_since in (None, since):
        await crm.won_deals(won_from=date(2026, 1, 1), changed_since=changed_since)
    await crm.list_deals(won_from=date(2026, 1, 1), after="")
    await crm.list_whole_deals(won_from=date(2026, 1, 1), after="")
    await crm.list_companies(after="")
    await crm.name_owners(["1"])
    await crm.name_pipelines()
    await crm.describe()
    await crm.check()
    await crm.register_webhooks(lab.inbox.url, flows=())
    await crm.check_webhooks(lab.inbox.url, flows=())


@needs_specs
async def test_every_request_is_one_that_pipedrive_describes(
    crm: PipedriveCrm, account: Account, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "callable_from_outside", lambda _: True)
    await everything(crm, account, lab)
    known = list(operations())
    shapes: set[str] = set()
    wrong: list[str] = []
    for request in await lab.switches.requests(vendor="pipedrive"):
        if "x-sandbox-actor" in request["headers"]:
            continue
        said = f"{request['method']} {request['path']}"
        matching = [o for o in known if o[0] == request["method"] and re.fullmatch(o[1], request["path"])]
        if not matching:
            wrong.append(said)
            continue
        # A path that is written out comes before one with an id.
        method, path, operation = min(matching, key=lambda each: each[1].count("[^/]+"))
        shapes.add(f"{method} {path}")
        given = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"}
        wrong += [f"{said}?{name}" for name, _ in request["query"] if name not in given]
        if request["body"]:
            (content,) = operation["requestBody"]["content"].values()
            wrong += [f"{said}: {each}" for each in odd(json.loads(request["body"]), content["schema"])]
    assert sorted(set(wrong)) == []
    assert len(shapes) >= SHAPES, sorted(shapes)


def odd(sent: Any, schema: dict[str, Any], at: str = "") -> Iterator[str]:
    """Yield what a body has that its schema does not, and what it lacks."""
    if isinstance(sent, list):
        for each in sent:
            yield from odd(each, schema.get("items", {}), f"{at}[]")
    elif isinstance(sent, dict) and (known := properties(schema)):
        yield from (f"{at}.{name}" for name in sent if name not in known)
        yield from (f"{at} lacks {name}" for name in schema.get("required", ()) if name not in sent)
        for name, value in sent.items():
            yield from odd(value, known.get(name, {}), f"{at}.{name}")


def properties(schema: dict[str, Any]) -> dict[str, Any]:
    found = dict(schema.get("properties", {}))
    for part in (*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())):
        found |= properties(part)
    return found

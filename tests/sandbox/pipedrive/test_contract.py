"""Every call of the specification that the simulator has, answered as the specification says."""

import pytest

from tests.sandbox.pipedrive.bench import CAMILLE, DEAL, Pipedrive
from tests.sandbox.pipedrive.contract import SPECS, documented


@pytest.mark.skipif(not SPECS.is_dir(), reason="Pipedrive's specification is not part of this repository")
async def test_every_call_of_the_specification_is_answered_as_it_says(pipedrive: Pipedrive) -> None:
    contract, call = pipedrive.contract, pipedrive.call
    contract.seen.clear()
    option = {"field_name": "x", "field_type": "enum", "options": [{"label": "a"}]}
    for kind in ("deal", "organization", "person"):
        code = (await call("POST", f"/v2/{kind}Fields", json=option))["data"]["field_code"]
        await call("GET", f"/v2/{kind}Fields?include_fields=ui_visibility,required_fields&limit=500")
        await call("GET", f"/v2/{kind}Fields/{code}")
        if kind == "deal":
            await call("PATCH", f"/v2/dealFields/{code}", json={"field_name": "y"})
            [made] = (await call("POST", f"/v2/dealFields/{code}/options", json=[{"label": "b"}]))["data"]
            await call("PATCH", f"/v2/dealFields/{code}/options", json=[{**made, "label": "c"}])
    for plural, name in (
        ("deals", "title"),
        ("organizations", "name"),
        ("persons", "name"),
        ("activities", "subject"),
    ):
        made = (await call("POST", f"/v2/{plural}", json={name: "Un"}))["data"]["id"]
        await call("PATCH", f"/v2/{plural}/{made}", json={name: "Autre"})
        await call("GET", f"/v2/{plural}/{made}")
        await call("GET", f"/v2/{plural}?limit=500")
        if plural != "activities":
            await call("GET", f"/v1/{plural}/{made}/changelog")
            await call("GET", f"/v2/{plural}/search?term=Autre")
    await pipedrive.person.win(DEAL)
    await pipedrive.person.archive(DEAL)
    await pipedrive.person.discount(DEAL, 10)
    await pipedrive.person.call(
        "POST", "/console/deals/2/installments", json={"amount": 1, "billing_date": "2026-12-01"}
    )
    body = {"product_id": 1, "item_price": 1, "quantity": 1}
    await call("POST", f"/v2/deals/{DEAL}/products", json=body)
    for path in ("archived", "products?deal_ids=1", "installments?deal_ids=2", "1/products", "1/discounts"):
        await call("GET", f"/v2/deals/{path}")
    for path in ("activityFields", "pipelines", "stages", "products", "products/1"):
        await call("GET", f"/v2/{path}")
    await call("GET", "/v2/itemSearch/field?entity_type=deal&field=title&term=Autre")
    await call("POST", "/v1/notes", json={"content": "x", "deal_id": DEAL})
    for path in ("notes", "users", "users/me", f"users/{CAMILLE}", "activityTypes", "currencies", "webhooks"):
        await call("GET", f"/v1/{path}")
    conditions = {"glue": "and", "conditions": [{"glue": glue, "conditions": []} for glue in ("and", "or")]}
    named = {"name": "x", "type": "deals", "conditions": conditions}
    saved = (await call("POST", "/v1/filters", json=named))["data"]["id"]
    await call("PUT", f"/v1/filters/{saved}", json={"conditions": conditions})
    for path in ("filters", f"filters/{saved}?include_field_code=true"):
        await call("GET", f"/v1/{path}")
    await call("DELETE", f"/v1/filters/{saved}")
    hook = await pipedrive.hook()
    await call("DELETE", f"/v1/webhooks/{hook['id']}")
    auth = ("sandbox-pipedrive-client", "sandbox-pipedrive-client-secret-0000")
    form = {"grant_type": "refresh_token", "refresh_token": "sandbox-pipedrive-refresh-0000"}
    contract.check(await pipedrive.http.post("/pipedrive/oauth/token", data=form, auth=auth))
    assert documented() == contract.seen
    assert contract.wrong == []

"""What a token may not read costs what it is about, and nothing else."""

from tests.vendors.hubspot.conftest import Connect
from tests.vendors.hubspot.stub import Reply, Stub

FORBIDDEN = Reply({"status": "error", "category": "MISSING_SCOPES", "message": "scopes are missing"}, 403)
OWNER = {"id": "7", "email": "a@a.example", "firstName": "A", "lastName": "B", "archived": False}
WON = {"id": "won", "label": "Gagné", "metadata": {"isClosed": "true", "probability": "1.0"}}
PIPELINES = {"results": [{"id": "default", "label": "Ventes", "stages": [WON]}]}
SIRET = {"name": "siret_client", "label": "SIRET", "type": "string", "fieldType": "text"}


def served(stub: Stub) -> None:
    stub.on("GET /account-info/v3/details", {"portalId": 144000001, "accountType": "DEVELOPER_TEST"})
    stub.on("GET /crm/v3/pipelines/deals", PIPELINES)
    stub.on("GET /crm/v3/owners/", {"results": [OWNER]})
    for kind in ("companies", "deals", "line_items"):
        stub.on(f"GET /crm/v3/properties/{kind}", {"results": [SIRET]})
        stub.on(f"POST /crm/v3/objects/{kind}/search", {"total": 0, "results": []})


async def test_owners_that_may_not_be_read_leave_the_pipelines(stub: Stub, connect: Connect) -> None:
    served(stub)
    stub.on("GET /crm/v3/owners/", FORBIDDEN)
    found = await connect().describe()
    assert [line.name for line in found.pipelines if line.won] == ["Ventes"]
    assert (found.owners, len(found.unread)) == ((), 1)


async def test_pipelines_that_may_not_be_read_leave_the_owners(stub: Stub, connect: Connect) -> None:
    served(stub)
    stub.on("GET /crm/v3/pipelines/deals", FORBIDDEN)
    found = await connect().describe()
    assert [each.id for each in found.owners] == ["7"]
    assert (found.pipelines, len(found.unread)) == ((), 1)


async def test_a_kind_that_may_not_be_read_is_absent_and_not_without_fields(
    stub: Stub, connect: Connect
) -> None:
    served(stub)
    stub.on("GET /crm/v3/properties/companies", FORBIDDEN)
    found = await connect().describe()
    assert found.fields.keys() == {"deals", "line_items"}
    assert len(found.unread) == 1


async def test_a_property_that_nobody_needs_is_there_whatever_its_type(stub: Stub, connect: Connect) -> None:
    served(stub)
    day = {"name": "service_date", "label": "Date de prestation", "type": "date", "fieldType": "date"}
    stub.on("GET /crm/v3/properties/deals", {"results": [day]})
    assert {each.setting: each.there for each in (await connect().describe()).spares} == {
        "mapping.deals.service_date": True,
        "mapping.deals.purchase_order": False,
    }

from functools import partial
from typing import Any

import pytest

from raccord.connectors.connection import Check, CheckState
from raccord.connectors.crm import VAT_RATES, Crm
from tests.vendors.hubspot.account import ACCOUNT, ROOT
from tests.vendors.hubspot.conftest import TOKEN, Connect
from tests.vendors.hubspot.stub import Asked, Reply, Stub

KINDS = ("deals", "companies", "contacts", "line_items")
READ = (*KINDS, "tasks")
PAYMENT_STATUSES = (
    *("open", "partly_paid", "paid", "overpaid", "refunded"),
    *("partly_refunded", "disputed", "credited", "void", "uncollectible"),
)
PAYMENT_MEANS = ("card", "sepa_debit", "bank_transfer", "outside", "credit_balance", "other")
TYPES = {
    "deals": {
        "billing_invoice_id": "string",
        "billing_invoice_number": "string",
        "billing_invoice_url": "string",
        "billing_status": "enumeration",
        "billing_due_on": "date",
        "billing_amount_net": "number",
        "billing_amount_gross": "number",
        "billing_credit_notes": "string",
        "billing_amount_credited": "number",
        "billing_payment_status": "enumeration",
        "billing_amount_paid": "number",
        "billing_amount_due": "number",
        "billing_paid_on": "date",
        "billing_payment_means": "enumeration",
        "billing_payment_details": "string",
        "service_date": "date",
        "purchase_order": "string",
        "language": "enumeration",
        "payment_terms_days": "number",
    },
    "companies": {
        "siren": "string",
        "siret": "string",
        "vat_number": "string",
        "billing_email": "string",
        "payment_terms_days": "number",
    },
    "line_items": {"vat_rate": "number"},
}


class Set:
    """An account that is set up as documented; tests break one thing."""

    def __init__(self, stub: Stub) -> None:
        self.stub = stub
        self.properties: dict[str, list[dict[str, Any]]] = {
            kind: [{"name": n, "type": t, "fieldType": "x", "options": []} for n, t in types.items()]
            for kind, types in TYPES.items()
        }
        self.property("deals", "billing_status")["options"] = [
            {"value": each} for each in ("issued", "paid", "partially_credited", "credited", "void")
        ]
        self.property("deals", "billing_payment_status")["options"] = [{"value": v} for v in PAYMENT_STATUSES]
        self.property("deals", "billing_payment_means")["options"] = [{"value": v} for v in PAYMENT_MEANS]
        stub.on(f"GET {ACCOUNT}", Reply({"portalId": 144000001, "accountType": "STANDARD"}))
        stub.on(f"GET {ROOT}/v3/owners/", Reply({"results": []}))
        stub.on("GET /files/v3/files/search", Reply({"results": []}))
        for kind in READ:
            stub.on(f"GET {ROOT}/v3/objects/{kind}", Reply({"results": []}))
        for kind in KINDS:
            stub.on(f"GET {ROOT}/v3/properties/{kind}", partial(self._list, kind))

    def _list(self, kind: str, _: Asked) -> Reply:
        return Reply({"results": self.properties[kind]})

    def property(self, kind: str, name: str) -> dict[str, Any]:
        return next(p for p in self.properties[kind] if p["name"] == name)

    def remove(self, kind: str, name: str) -> None:
        self.properties[kind].remove(self.property(kind, name))


@pytest.fixture
def ready(stub: Stub) -> Set:
    return Set(stub)


async def checks(crm: Crm) -> dict[str, Check]:
    return {check.name.removeprefix(""): check for check in await crm.check()}


async def test_an_account_that_is_set_up_has_no_failing_line(connect: Connect, ready: Set) -> None:
    found = await checks(connect(webhook_secret="x" * 20))
    assert {name: c.found for name, c in found.items() if c.state is not CheckState.OK} == {}
    assert len(found) == 1 + 6 + 1 + 1 + 25
    changes = [(a.path, a.json) for a in ready.stub.seen if a.method == "PATCH"]
    nothing: dict[str, Any] = {"properties": {}}
    written = ("companies", "deals", "tasks")
    assert sorted(changes) == [(f"{ROOT}/v3/objects/{kind}/0", nothing) for kind in written]


async def test_a_right_that_only_details_need_is_of_their_flow(crm: Crm, ready: Set) -> None:
    refused = {"status": "error", "category": "MISSING_SCOPES"}
    ready.stub.on(f"PATCH {ROOT}/v3/objects/companies/0", Reply(refused, 403))
    found = (await checks(crm))["details of companies"]
    assert (found.state, found.flow) == (CheckState.FAIL, "contact")
    assert "crm.objects.companies.write" in found.remedy


async def test_an_app_that_may_not_store_files_is_warned_of_it(connect: Connect, ready: Set) -> None:
    ready.stub.on("GET /files/v3/files/search", Reply({"status": "error", "category": "MISSING_SCOPES"}, 403))
    found = (await checks(connect()))["files"]
    assert (found.state, found.expected) == (CheckState.WARN, "files")
    assert "scope files" in found.remedy
    assert "files" not in await checks(connect(files_folder=""))


async def test_an_option_for_credit_notes_that_is_missing_only_warns(crm: Crm, ready: Set) -> None:
    ready.property("deals", "billing_status")["options"] = [{"value": "issued"}, {"value": "paid"}]
    found = (await checks(crm))["mapping.invoice.status"]
    assert (found.state, "credited" in found.found) == (CheckState.WARN, True)


async def test_a_missing_property_that_is_written_fails_with_the_exact_remedy(crm: Crm, ready: Set) -> None:
    ready.remove("deals", "billing_status")
    check = (await checks(crm))["mapping.invoice.status"]
    assert (check.state, check.found) == (CheckState.FAIL, "does not exist")
    for words in ("Settings > Properties > Deal properties", "billing_status", "dropdown", "issued, paid"):
        assert words in check.remedy


@pytest.mark.parametrize(
    ("kind", "name"), [("companies", "siren"), ("line_items", "vat_rate"), ("deals", "language")]
)
async def test_a_missing_property_that_is_only_read_warns(crm: Crm, ready: Set, kind: str, name: str) -> None:
    ready.remove(kind, name)
    assert (await checks(crm))[f"mapping.{kind}.{name}"].state is CheckState.WARN


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("status", {"options": [{"value": "issued"}]}),
        ("due_on", {"type": "datetime"}),
        ("id", {"type": "number"}),
        ("amount_net", {"type": "bool"}),
        ("number", {"modificationMetadata": {"readOnlyValue": True}}),
    ],
)
async def test_a_property_that_cannot_take_the_value_fails(
    crm: Crm, ready: Set, name: str, change: dict[str, Any]
) -> None:
    ready.property(
        "deals", f"billing_{name}" if name not in ("id", "number") else f"billing_invoice_{name}"
    ).update(change)
    check = (await checks(crm))[f"mapping.invoice.{name}"]
    assert check.state is CheckState.FAIL
    assert check.remedy


async def test_a_siren_kept_as_a_number_warns(crm: Crm, ready: Set) -> None:
    ready.property("companies", "siren")["type"] = "number"
    assert (await checks(crm))["mapping.companies.siren"].state is CheckState.WARN


async def test_each_property_shows_a_sample(crm: Crm, ready: Set) -> None:
    rows = [{"id": "1", "properties": {"siren": None}}, {"id": "2", "properties": {"siren": "732829320"}}]
    ready.stub.on(f"GET {ROOT}/v3/objects/companies", Reply({"results": rows}))
    found = await checks(crm)
    assert found["mapping.companies.siren"].found == "siren: e.g. 732829320"
    assert found["mapping.companies.siret"].found == "siret: empty so far"


async def test_a_property_that_is_not_used_is_not_checked(connect: Connect, ready: Set) -> None:
    found = await checks(connect(mapping={"companies": {"siren": ""}}))
    assert "mapping.companies.siren" not in found


@pytest.mark.parametrize("kind", [*KINDS, "owners"])
async def test_a_missing_scope_is_named(crm: Crm, ready: Set, kind: str) -> None:
    path = f"{ROOT}/v3/owners/" if kind == "owners" else f"{ROOT}/v3/objects/{kind}"
    ready.stub.on(f"GET {path}", Reply({"status": "error", "category": "MISSING_SCOPES"}, 403))
    check = (await checks(crm))[kind.replace("_", " ")]
    assert check.state is CheckState.FAIL
    assert f"crm.objects.{kind}.read" in check.remedy


async def test_both_scopes_of_tasks_are_named_under_the_contacts_they_belong_to(crm: Crm, ready: Set) -> None:
    assert (await checks(crm))["tasks"].state is CheckState.OK
    denied = Reply({"status": "error", "category": "MISSING_SCOPES"}, 403)
    ready.stub.on(f"GET {ROOT}/v3/objects/tasks", denied)
    check = (await checks(crm))["tasks"]
    assert check.state is CheckState.FAIL
    assert {"crm.objects.contacts.read", "crm.objects.contacts.write"} <= set(check.remedy.split())


TOKEN_INFO = "/oauth/v2/private-apps/get/access-token-info"
WRITES = {"deals": "crm.objects.deals.write", "tasks": "crm.objects.contacts.write"}


@pytest.mark.parametrize("kind", ["deals", "tasks"])
async def test_a_token_that_may_not_write_fails_with_the_scope_s_name(
    crm: Crm, ready: Set, kind: str
) -> None:
    denied = Reply({"status": "error", "category": "MISSING_SCOPES"}, 403)
    ready.stub.on(f"PATCH {ROOT}/v3/objects/{kind}/0", denied)
    found = await checks(crm)
    assert {k: found[k].state for k in WRITES} == {
        k: CheckState.FAIL if k == kind else CheckState.OK for k in WRITES
    }
    assert WRITES[kind] in found[kind].found
    assert WRITES[kind] in found[kind].remedy


@pytest.mark.parametrize("lacking", [None, "deals", "tasks"])
async def test_what_hubspot_tells_of_the_token_proves_it_without_a_write(
    crm: Crm, ready: Set, lacking: str | None
) -> None:
    scopes = [scope for kind, scope in WRITES.items() if kind != lacking]
    ready.stub.on(f"POST {TOKEN_INFO}", Reply({"hubId": 144000001, "userId": 1, "scopes": scopes}))
    found = await checks(crm)
    for kind, scope in WRITES.items():
        assert found[kind].state is (CheckState.FAIL if kind == lacking else CheckState.OK)
        assert (scope in found[kind].found) is (kind == lacking)
    assert ready.stub.last(f"POST {TOKEN_INFO}").json == {"tokenKey": TOKEN}
    assert {asked.method for asked in ready.stub.seen} == {"GET", "POST"}


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (Reply({"status": "error", "category": "VALIDATION_ERROR"}, 400), CheckState.OK),
        (Reply({"status": "error"}, 503), CheckState.FAIL),
    ],
)
async def test_a_refusal_of_the_empty_change_is_the_proof_and_an_outage_is_none(
    crm: Crm, ready: Set, reply: Reply, state: CheckState
) -> None:
    ready.stub.on(f"PATCH {ROOT}/v3/objects/deals/0", reply)
    assert (await checks(crm))["deals"].state is state


async def test_a_mapped_kind_of_buyer_shows_a_sample(connect: Connect, ready: Set) -> None:
    row = {"id": "1", "properties": {"sorte": "Particulier", "bc": None}}
    ready.stub.on(f"GET {ROOT}/v3/objects/companies", Reply({"results": [row]}))
    ready.properties["companies"].append({"name": "sorte", "type": "enumeration", "options": []})
    mapping = {"companies": {"individual": "sorte", "order_number_required": "bc"}}
    found = await checks(connect(mapping=mapping))
    assert found["mapping.companies.individual"].found == "sorte: e.g. Particulier"
    missing = found["mapping.companies.order_number_required"]
    assert (missing.state, missing.found) == (CheckState.WARN, "does not exist")
    assert "single checkbox" in missing.remedy
    assert not any("individual_values" in name for name in found)


async def test_properties_that_may_not_be_listed_warn_once(crm: Crm, ready: Set) -> None:
    ready.stub.on(f"GET {ROOT}/v3/properties/deals", Reply({"status": "error"}, 403))
    found = await checks(crm)
    assert found["properties of deals"].state is CheckState.WARN
    assert "crm.schemas.deals.read" in found["properties of deals"].found


@pytest.mark.parametrize(
    ("given", "state"),
    [({}, CheckState.OK), ({"account_id": None}, CheckState.WARN), ({"account_id": 5}, CheckState.FAIL)],
)
async def test_the_account_is_compared(
    connect: Connect, ready: Set, given: dict[str, Any], state: CheckState
) -> None:
    check = (await checks(connect(**given)))["account"]
    assert (check.state, check.found) == (state, "144000001, STANDARD")


@pytest.mark.parametrize("status", [403, 404])
async def test_an_account_that_hubspot_does_not_tell_is_no_failure(crm: Crm, ready: Set, status: int) -> None:
    ready.stub.on(f"GET {ACCOUNT}", Reply({"status": "error"}, status))
    assert (await checks(crm))["account"].state is CheckState.WARN


async def test_a_connection_without_webhooks_says_so(crm: Crm, ready: Set) -> None:
    assert (await checks(crm))["webhooks"].state is CheckState.WARN


async def test_an_account_that_is_down_fails_every_line_and_raises_nothing(connect: Connect) -> None:
    found = await checks(connect(base_url="http://127.0.0.1:9"))
    assert {found[kind.replace("_", " ")].state for kind in KINDS} == {CheckState.FAIL}


async def test_lines_without_a_vat_rate_property_say_what_to_do(connect: Connect, ready: Set) -> None:
    ready.remove("line_items", "vat_rate")
    found = (await checks(connect()))[VAT_RATES]
    assert (found.state, found.found) == (CheckState.WARN, "does not exist")
    for words in ("default_rate", "raccord setup", "tax_rates"):
        assert words in found.remedy
    mapped = connect(mapping={"line_items": {"tax_rates": {"7": 20}}})
    assert (await checks(mapped))[VAT_RATES].state is CheckState.OK
    unnamed = connect(mapping={"line_items": {"vat_rate": ""}})
    assert (await checks(unnamed))[VAT_RATES].state is CheckState.WARN

"""`raccord flows list` tells what each flow does and for whom, by what our records know."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from raccord.domain.service.findings import Finding, FindingKind
from raccord.domain.values.deal import DealRef
from raccord.domain.values.invoice import Buyer
from raccord.records.audit import Intent, Verdict
from raccord.records.records import Records
from raccord.temporal.flows import FLOWS
from starters.cli import flows_list
from tests.cli.conftest import Company
from tests.domain.samples import invoice
from tests.records.questions import question

LASTING = timedelta(hours=3, minutes=1)
IDS = (
    "deal-won/hubspot/9001",
    "deal-won/hubspot/9002",
    "deal-won/hubspot/9003",
    "deal-won/hubspot/9004",
    "payment/stripe/in_3",
    "dunning/stripe/cus_3",
    "contact/stripe/cus_9",
)
PATHS = {flow.path: flow.name for flow in FLOWS}


class Temporal:
    namespace = "default"

    async def list_workflows(self, _: str, *, limit: int) -> AsyncIterator[Any]:
        for place, id in enumerate(IDS[:limit]):
            yield SimpleNamespace(
                id=id,
                run_id="r",
                workflow_type=PATHS[id.partition("/")[0]],
                start_time=datetime.now(UTC) - LASTING - timedelta(seconds=place),
                typed_search_attributes={},
            )


async def _remember(records: Records) -> None:
    """A question about 9001, a look in shadow at 9002, an invoice for 9003; nothing of 9004."""
    await records.waiting.open(IDS[0], question())
    seen = DealRef(connection="hubspot", id="9002")
    verdict = Finding(kind=FindingKind.WOULD_INVOICE, deal=seen, name="Audit", at=datetime.now(UTC))
    await records.findings.note(verdict)
    issued = invoice(id="in_3", number="F-1", customer_id="cus_3", buyer=Buyer(name="Acme"))
    intent = Intent(
        key="inv/9003/finalise",
        effect="billing.finalise",
        object="hubspot:9003",
        actor="raccord",
        cause="deal-won/hubspot/9003 run",
        request_hash="",
    )
    await records.audit.intend(intent)
    await records.audit.conclude(intent.key, Verdict.DONE, issued.model_dump(mode="json"))


@pytest.fixture(autouse=True)
def _temporal(monkeypatch: pytest.MonkeyPatch) -> None:
    async def connect(*_: object, **__: object) -> Temporal:
        return Temporal()

    monkeypatch.setattr(flows_list, "connect", connect)


def listed(company: Company, *options: str) -> list[str]:
    done = company.raccord("flows", "list", *options)
    assert done.exit_code == 0, done.output
    return [line.partition("http")[0].strip() for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "fr",
            (
                "facturation Rideaux Canari (9001) il y a 3 heures",
                "facturation Audit (9002) il y a 3 heures",
                "facturation F-1 · Acme (9003) il y a 3 heures",
                "facturation 9004 il y a 3 heures",
                "règlement F-1 · Acme (in_3) il y a 3 heures",
                "relances Acme (cus_3) il y a 3 heures",
                "coordonnées cus_9 il y a 3 heures",
            ),
        ),
        (
            "en",
            (
                "invoicing Rideaux Canari (9001) 3 hours ago",
                "invoicing Audit (9002) 3 hours ago",
                "invoicing F-1 · Acme (9003) 3 hours ago",
                "invoicing 9004 3 hours ago",
                "payment F-1 · Acme (in_3) 3 hours ago",
                "reminders Acme (cus_3) 3 hours ago",
                "contact details cus_9 3 hours ago",
            ),
        ),
    ],
)
def test_a_flow_is_listed_by_what_it_does_and_for_whom(
    company: Company, language: str, expected: tuple[str, ...]
) -> None:
    company.remember(_remember)
    company.speak(language)
    _, *lines = listed(company)
    assert tuple(" ".join(line.split()) for line in lines) == expected


def test_a_machine_reads_the_name_beside_the_ids(company: Company) -> None:
    company.remember(_remember)
    first = json.loads(company.raccord("flows", "list", "--json").stdout)[0]
    assert (first["flow"], first["subject"], first["name"]) == ("DealWon", "hubspot:9001", "Rideaux Canari")


def test_without_readable_records_the_list_has_no_names(company: Company) -> None:
    company.remember(_remember)
    company.change_key()
    assert "9001" in listed(company)[1]
    assert not any("Canari" in line for line in listed(company))


def test_every_kind_of_flow_has_words() -> None:
    assert set(PATHS.values()) == set(flows_list._KINDS)

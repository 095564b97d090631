"""The PDF of an invoice: kept by number, attached once, and given up with a reason."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from activities.documents.keeping import Keeping, KeepingRules
from raccord.connectors.errors import ConnectorError, Forbidden, NotFound, Permanent, Transient
from raccord.domain.rules.modes import Mode
from raccord.domain.rules.timing import Timing
from raccord.domain.values.document import DocumentOf
from tests.workflows.house import REF, House, needs_server

pytestmark = needs_server


async def invoiced(home: House) -> DocumentOf:
    await home.work()
    await home.outcome()
    (found,) = await home.records.links.without_document("stripe", most=10)
    return found


async def kept(home: House, document: DocumentOf) -> dict[str, Any]:
    rules = KeepingRules(keep=True, billing="stripe", crm="hubspot", mode=Mode.LIVE, timing=Timing())
    handle = await home.started("KeepingDocument", Keeping(document=document, rules=rules), id=document.key)
    found: dict[str, Any] = await handle.result()
    return found


def folder(directory: Path) -> list[Path]:
    return sorted((directory / "invoices").iterdir())


async def noted(home: House, effect: str) -> list[dict[str, Any]]:
    return [row["detail"] async for row in home.records.audit.export() if row["effect"] == effect]


async def test_it_is_kept_by_its_number_attached_and_its_hash_recorded(
    at_home: House, tmp_path: Path
) -> None:
    document = await invoiced(at_home)
    assert await kept(at_home, document)
    (file,) = folder(tmp_path)
    content = b"%PDF-1.7 F-0001"
    assert (file.name, file.read_bytes(), file.stat().st_mode & 0o777) == ("F-0001.pdf", content, 0o600)
    assert at_home.crm.files == {"F-0001.pdf": content}
    assert at_home.crm.attached == {REF.id: [document.ref]}
    (detail,) = await noted(at_home, "documents.kept")
    assert detail["kept"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert await at_home.records.links.without_document("stripe", most=10) == ()
    await kept(at_home, document)
    assert at_home.crm.attached == {REF.id: [document.ref]}
    assert (await at_home.records.audit.verify()).ok


@pytest.mark.parametrize("error", [Permanent("what it gave is no PDF."), NotFound("No such invoice.")])
async def test_without_a_pdf_the_reason_is_recorded_and_nobody_looks_again(
    at_home: House, tmp_path: Path, error: Permanent
) -> None:
    document = await invoiced(at_home)
    at_home.billing.fail(error, "read_document")
    assert (await kept(at_home, document))["remark"] == str(error)
    (detail,) = await noted(at_home, "documents.missed")
    assert detail["remark"] == str(error)
    assert at_home.billing.calls["read_document"] == 1
    assert at_home.crm.files == {}
    assert not (tmp_path / "invoices").exists()
    assert await at_home.records.links.without_document("stripe", most=10) == ()


@pytest.mark.parametrize(
    "error", [Forbidden("The scope files is missing."), Transient("No such path.", elsewhere=True)]
)
async def test_a_crm_that_takes_no_files_leaves_the_copy_here(
    at_home: House, tmp_path: Path, error: ConnectorError
) -> None:
    document = await invoiced(at_home)
    at_home.crm.fail(error, "store_file")
    assert (await kept(at_home, document))["remark"] == str(error)
    assert [file.name for file in folder(tmp_path)] == ["F-0001.pdf"]
    assert at_home.crm.calls["store_file"] == 1


async def test_what_may_succeed_later_is_tried_a_few_times_and_then_given_up(at_home: House) -> None:
    document = await invoiced(at_home)
    at_home.billing.fail(Transient("Stripe cannot be reached."), "read_document", times=2)
    assert (await kept(at_home, document))["remark"] == ""
    assert at_home.billing.calls["read_document"] == 3
    other = document.model_copy(update={"invoice_id": "in_9"})
    at_home.billing.fail(Transient("Stripe cannot be reached."), "read_document")
    assert (await kept(at_home, other))["remark"] == "Stripe cannot be reached."
    assert at_home.billing.calls["read_document"] == 8

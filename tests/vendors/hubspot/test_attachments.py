"""PDFs on deals: stored privately, hung on the deal by a note, found again by its mark."""

import json

import pytest

from raccord.connectors.crm import Crm
from raccord.connectors.errors import Forbidden, Transient
from tests.vendors.hubspot.account import ROOT, batch, link, links
from tests.vendors.hubspot.conftest import Connect
from tests.vendors.hubspot.stub import Reply, Stub

FILES, NOTES = "POST /files/v3/files", f"POST {ROOT}/v3/objects/notes"
PDF = b"%PDF-1.7\r\n--not a boundary--\r\n"


async def test_a_pdf_is_stored_privately_under_its_name(crm: Crm, stub: Stub) -> None:
    stub.on(FILES, Reply({"id": "182"}, 201))
    assert await crm.store_file("F-1.pdf", PDF) == "182"
    (asked,) = stub.seen
    assert asked.headers["authorization"].startswith("Bearer ")
    assert asked.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="file"; filename="F-1.pdf"\r\nContent-Type: application/pdf\r\n\r\n' + PDF in asked.body
    assert b'name="folderPath"' in asked.body
    options = asked.body.partition(b'name="options"')[2].split(b"\r\n\r\n")[1].split(b"\r\n")[0]
    assert json.loads(options) == {"access": "PRIVATE", "overwrite": True}


async def test_a_token_without_the_scope_is_told_which(crm: Crm, stub: Stub) -> None:
    stub.on(FILES, Reply({"status": "error", "category": "MISSING_SCOPES", "message": "x"}, 403))
    with pytest.raises(Forbidden, match="scope files"):
        await crm.store_file("F-1.pdf", PDF)


async def test_an_account_that_knows_no_files_is_not_asked_again_and_again(crm: Crm, stub: Stub) -> None:
    stub.on(FILES, Reply({"error": "no such path"}, 404))
    with pytest.raises(Transient) as caught:
        await crm.store_file("F-1.pdf", PDF)
    assert caught.value.elsewhere


async def test_a_note_hangs_the_file_on_the_deal(crm: Crm, stub: Stub) -> None:
    stub.on(NOTES, Reply({"id": "77", "properties": {}}, 201))
    assert await crm.attach_file("42", "182", text="Facture F<1>", ref="raccord.pdf.in_1") == "77"
    asked = stub.seen[0].json
    assert asked["properties"]["hs_attachment_ids"] == "182"
    assert asked["properties"]["hs_note_body"] == "Facture F&lt;1&gt; [raccord.pdf.in_1]"
    (tie,) = asked["associations"]
    assert (tie["to"]["id"], tie["types"][0]["associationTypeId"]) == ("42", 214)


async def test_a_note_is_found_again_by_its_mark(crm: Crm, stub: Stub) -> None:
    bodies = {"9": "Facture F-1 [raccord.pdf.in_1]", "12": "[raccord.pdf.in_1]", "8": "[raccord.pdf.in_11]"}
    stub.on("GET " + links("deals", "42", "notes"), Reply({"results": [link(each, 213) for each in bodies]}))
    rows = [{"id": id_, "properties": {"hs_note_body": body}} for id_, body in bodies.items()]
    stub.on("POST " + batch("notes"), Reply({"results": rows}))
    assert await crm.find_attachment("42", "raccord.pdf.in_1") == "9"
    assert await crm.find_attachment("42", "raccord.pdf.in_2") is None


async def test_without_a_folder_no_files_are_taken(connect: Connect) -> None:
    assert (connect().capabilities.files, connect(files_folder="").capabilities.files) == (True, False)

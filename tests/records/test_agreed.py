"""What both sides of each pair last agreed on."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from raccord.domain.contact.agreed import Agreement, Written
from raccord.domain.values.details import Field, Side
from raccord.records.agreed import Said
from raccord.records.records import Records

AT = datetime(2026, 11, 27, 9, tzinfo=UTC)
SAME = Agreement(crm="a", billing="a")
APART = Agreement(crm="a", billing="b", written=Written(side=Side.CRM, before="c", at=AT))


async def linked(records: Records, company: str = "hubspot:12", customer: str = "cus_1") -> None:
    await records.links.link_customer(f"crm:{company}/{customer}", "stripe", customer, company)


async def test_a_pair_is_remembered_field_by_field(records: Records) -> None:
    await linked(records)
    await records.agreed.agree("cus_1", "stripe", "hubspot:12", {Field.EMAIL: SAME, Field.PHONE: SAME})
    await records.agreed.agree("cus_1", "stripe", "hubspot:12", {Field.PHONE: APART})
    (found,) = await records.agreed.of("cus_1", "stripe")
    assert (found.company, found.agreed) == ("hubspot:12", {Field.EMAIL: SAME, Field.PHONE: APART})
    assert found.since.tzinfo is not None
    assert await records.agreed.of("cus_1", "other") == ()


async def test_a_company_of_several_customers_is_told_as_such(records: Records) -> None:
    await linked(records)
    assert [each.shared for each in await records.agreed.of("cus_1", "stripe")] == [False]
    await linked(records, customer="cus_2")
    assert [each.shared for each in await records.agreed.of("cus_1", "stripe")] == [True]
    found = await records.agreed.touched("hubspot", ("12", "9"), ())
    assert [(each.customer_id, each.crm_company) for each in found] == [
        ("cus_1", "hubspot:12"),
        ("cus_2", "hubspot:12"),
    ]


async def test_what_we_wrote_is_no_edit_to_the_other_pairs_of_the_record(records: Records) -> None:
    for company, customer in (("hubspot:12", "cus_1"), ("hubspot:13", "cus_1"), ("hubspot:12", "cus_2")):
        await linked(records, company, customer)
        await records.agreed.agree(customer, "stripe", company, {Field.EMAIL: SAME})
    said = Said(side=Side.BILLING, field=Field.EMAIL, text="new")
    await records.agreed.wrote("cus_1", "stripe", "hubspot:12", (said,))
    first, second = await records.agreed.of("cus_1", "stripe")
    (third,) = await records.agreed.of("cus_2", "stripe")
    assert [each.agreed[Field.EMAIL].billing for each in (first, second, third)] == ["a", "new", "a"]
    await records.agreed.wrote(
        "cus_1", "stripe", "hubspot:12", (Said(side=Side.CRM, field=Field.EMAIL, text="ours"),)
    )
    (third,) = await records.agreed.of("cus_2", "stripe")
    assert third.agreed[Field.EMAIL].crm == "ours"


async def test_a_merged_company_takes_its_link_along_and_nothing_that_was_agreed(records: Records) -> None:
    await linked(records)
    (before,) = await records.agreed.of("cus_1", "stripe")
    await records.agreed.agree("cus_1", "stripe", "hubspot:12", {Field.EMAIL: SAME})
    await records.agreed.moved("cus_1", "stripe", "hubspot:12", "hubspot:13")
    (found,) = await records.agreed.of("cus_1", "stripe")
    assert (found.company, found.agreed) == ("hubspot:13", {})
    assert found.since > before.since


async def test_which_customers_are_linked(records: Records) -> None:
    await linked(records)
    (found,) = await records.agreed.touched("stripe", (), ("cus_1", "cus_9"))
    assert (found.billing, found.customer_id, found.crm_company) == ("stripe", "cus_1", "hubspot:12")
    assert await records.agreed.touched("hubspot", ("cus_1",), ("12",)) == ()
    assert await records.agreed.customers("stripe") == ("cus_1",)


@pytest.mark.one_database  # SQLite's file is read
async def test_what_was_said_is_sealed(records: Records, tmp_path: Path) -> None:
    await linked(records)
    said = Agreement(crm="anne@acme.fr", billing="anne@acme.fr")
    await records.agreed.agree("cus_1", "stripe", "hubspot:12", {Field.EMAIL: said})
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"cus_1" in stored
    assert b"anne@acme" not in stored

"""What both sides do with the details of customers that are kept in step."""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from raccord.connectors.details import LOOK_AGAIN, DetailsWriter
from raccord.connectors.errors import ConnectorError, NotFound, Permanent
from raccord.domain.values.address import Address
from raccord.domain.values.details import Changes, Details, Field
from tests.connectors.conformance.cases import brought
from tests.connectors.conformance.keeping import AFTER, ALL, BEFORE, Keeping
from tests.connectors.conformance.lab import Lab

MARGIN = timedelta(seconds=5)


@pytest.fixture(params=[pytest.param(module.KEEPING, id=name) for name, module in brought("keeping")])
def side(request: pytest.FixtureRequest) -> Keeping:
    found: Keeping = request.param
    return found


@pytest.fixture
async def port(side: Keeping, lab: Lab) -> AsyncIterator[DetailsWriter]:
    await lab.option(side.vendor, **side.case.quiet)
    async with side.case.open(lab) as port:
        yield port


def changes(*fields: Field, to: Details, expected: Details = BEFORE) -> Changes:
    return Changes(fields=frozenset(fields), details=to, expected=expected)


async def test_a_record_is_read_as_it_was_typed(side: Keeping, lab: Lab, port: DetailsWriter) -> None:
    record = await side.make(lab, BEFORE)
    sight = await port.read_details(record)
    assert (sight.record.id, sight.record.name, sight.gone) == (record, BEFORE.name, False)
    assert sight.details == BEFORE
    assert sight.keeps >= ALL
    assert sight.keeps <= port.keeps
    assert record in sight.url


async def test_every_field_is_written_and_read_back(side: Keeping, lab: Lab, port: DetailsWriter) -> None:
    record = await side.make(lab, BEFORE)
    before = await lab.written(side.vendor)
    await port.write_details(record, changes(*ALL, to=AFTER), key="w/1")
    assert (await port.read_details(record)).details == AFTER
    assert await lab.written(side.vendor) - before == side.edits_to_write


async def test_only_what_is_named_is_written(side: Keeping, lab: Lab, port: DetailsWriter) -> None:
    record = await side.make(lab, BEFORE)
    await port.write_details(record, changes(Field.PHONE, to=AFTER), key="w/1")
    sight = await port.read_details(record)
    assert sight.details == BEFORE.model_copy(update={"phone": AFTER.phone})


async def test_writing_again_writes_nothing(side: Keeping, lab: Lab, port: DetailsWriter) -> None:
    record = await side.make(lab, BEFORE)
    await port.write_details(record, changes(*ALL, to=AFTER), key="w/1")
    written = await lab.written(side.vendor)
    await port.write_details(record, changes(*ALL, to=AFTER), key="w/2")
    assert await lab.written(side.vendor) == written
    assert (await port.read_details(record)).details == AFTER


async def test_an_emptied_value_is_written_too(side: Keeping, lab: Lab, port: DetailsWriter) -> None:
    record = await side.make(lab, BEFORE)
    emptied = BEFORE.model_copy(
        update={"phone": "", "vat_number": "", "siren": "", "email": "", "address": Address()}
    )
    fields = (Field.PHONE, Field.VAT_NUMBER, Field.SIREN, Field.EMAIL, Field.ADDRESS)
    await port.write_details(record, changes(*fields, to=emptied), key="w/1")
    assert (await port.read_details(record)).details == emptied


async def test_an_address_replaces_all_of_the_old_one(side: Keeping, lab: Lab, port: DetailsWriter) -> None:
    record = await side.make(lab, AFTER)
    await port.write_details(record, changes(Field.ADDRESS, to=BEFORE, expected=AFTER), key="w/1")
    assert (await port.read_details(record)).details.address == BEFORE.address


@pytest.mark.parametrize(
    ("field", "theirs"),
    [
        (Field.PHONE, "+33 9 99 99 99 99"),
        (Field.EMAIL, "other@ateliers.example"),
        (Field.SIREN, "443061841"),
        (Field.VAT_NUMBER, "FR27552100554"),
    ],
)
async def test_what_somebody_changed_meanwhile_is_not_written_over(
    side: Keeping, lab: Lab, port: DetailsWriter, field: Field, theirs: str
) -> None:
    record = await side.make(lab, BEFORE)
    await side.edit(lab, record, field, theirs)
    written = await lab.written(side.vendor)
    with pytest.raises(Permanent) as refused:
        await port.write_details(record, changes(*ALL, to=AFTER), key="w/1")
    assert (refused.value.code, refused.value.field) == (LOOK_AGAIN, field)
    assert await lab.written(side.vendor) == written
    details = (await port.read_details(record)).details
    assert details == BEFORE.model_copy(update={field.value: theirs})


async def test_numbers_are_the_same_whatever_stands_between_their_digits(
    side: Keeping, lab: Lab, port: DetailsWriter
) -> None:
    record = await side.make(lab, BEFORE)
    spaced = BEFORE.model_copy(update={"siren": "732 829 320", "vat_number": "FR 44 732829320"})
    wanted = AFTER.model_copy(update={"siren": "552 100 554", "vat_number": "BE 0428.759.497"})
    fields = (Field.SIREN, Field.VAT_NUMBER)
    await port.write_details(record, changes(*fields, to=wanted, expected=spaced), key="w/1")
    written = await lab.written(side.vendor)
    await port.write_details(record, changes(*fields, to=wanted, expected=spaced), key="w/2")
    assert await lab.written(side.vendor) == written


async def test_an_edit_says_when_and_whether_we_did_it(side: Keeping, lab: Lab, port: DetailsWriter) -> None:
    began = datetime.now(UTC) - MARGIN
    record = await side.make(lab, BEFORE)
    await side.edit(lab, record, Field.PHONE, "+33 9 99 99 99 99")
    await port.write_details(record, changes(Field.EMAIL, Field.SIREN, to=AFTER), key="w/1")
    edits = (await port.read_details(record)).edits
    assert {field: edit.ours for field, edit in edits.items() if field in ALL} == {
        field: field in (Field.EMAIL, Field.SIREN) for field in ALL
    }
    for edit in edits.values():
        assert edit.at is not None
        assert began <= edit.at <= datetime.now(UTC) + MARGIN


async def test_a_person_who_edits_after_us_is_the_last(side: Keeping, lab: Lab, port: DetailsWriter) -> None:
    record = await side.make(lab, BEFORE)
    await port.write_details(record, changes(*ALL, to=AFTER), key="w/1")
    await side.edit(lab, record, Field.EMAIL, "person@ateliers.example")
    edits = (await port.read_details(record)).edits
    assert not edits[Field.EMAIL].ours
    assert edits[Field.PHONE].ours


async def test_a_deleted_record_is_gone_and_not_written(side: Keeping, lab: Lab, port: DetailsWriter) -> None:
    record = await side.make(lab, BEFORE)
    await side.delete(lab, record)
    sight = await port.read_details(record)
    assert (sight.gone, sight.details, sight.keeps) == (True, Details(), frozenset())
    with pytest.raises(NotFound):
        await port.write_details(record, changes(Field.PHONE, to=AFTER), key="w/1")


async def test_changed_records_are_named_once_oldest_first(
    side: Keeping, lab: Lab, port: DetailsWriter
) -> None:
    started = datetime.now(UTC) - MARGIN
    first, second, third = [await side.make(lab, BEFORE) for _ in range(3)]
    await side.edit_in(1, lab, third, Field.PHONE, "+33 9 99 99 99 99")
    await side.edit_in(2, lab, first, Field.EMAIL, "other@ateliers.example")
    changed = await port.details_changed(started, until=None)
    ours = [id for id in changed.ids if id in (first, second, third)]
    assert ours == [second, third, first]
    assert changed.seen_to <= datetime.now(UTC)


async def test_nothing_that_changed_before_is_named(side: Keeping, lab: Lab, port: DetailsWriter) -> None:
    record = await side.make(lab, BEFORE)
    changed = await port.details_changed(datetime.now(UTC) + timedelta(seconds=2), until=None)
    assert record not in changed.ids


async def test_a_kill_at_any_request_leaves_every_number_and_is_finished_later(
    side: Keeping, lab: Lab, port: DetailsWriter
) -> None:
    wanted = changes(Field.SIREN, Field.VAT_NUMBER, to=AFTER)
    for request in range(side.edits_to_write):
        record = await side.make(lab, BEFORE)
        await lab.switches.fault(
            vendor=side.vendor,
            method=["POST", "PATCH", "DELETE"],
            when="after",
            effect={"reset": True},
            skip=request,
            # A deletion without an answer may be sent once more.
            times=2,
        )
        with suppress(ConnectorError):
            await port.write_details(record, wanted, key=f"w/{request}")
        left = (await port.read_details(record)).details
        assert left.siren in (BEFORE.siren, AFTER.siren)
        assert left.vat_number in (BEFORE.vat_number, AFTER.vat_number)
        await lab.switches.clear_faults()
        await port.write_details(record, wanted, key=f"w/{request}")
        assert await side.numbers(lab, record) == sorted((AFTER.siren, AFTER.vat_number))

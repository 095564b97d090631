"""Which details are kept in step, as an operator reads them, and what the commands refuse."""

from pathlib import Path

import pytest

from raccord.records.records import Records
from raccord.sealing import KeyRing
from starters.cli.doctor import company as settings
from starters.cli.doctor import stores
from tests.cli.conftest import Company
from tests.settings.written import configuration


def test_doctor_prints_every_field_that_is_kept_and_whose_word_counts(tmp_path: Path) -> None:
    loaded = configuration(tmp_path, '[contact]\nfields = {email = "crm", language = "ask"}')
    (found,) = (each.found for each in settings.rules(loaded) if each.name == "customer details")
    assert found == "email crm, language ask"


async def test_doctor_prints_what_people_answered_for_good(tmp_path: Path) -> None:
    keys = KeyRing.create(tmp_path / "keys.json")
    loaded = configuration(tmp_path, f'database_url = "sqlite:///{tmp_path}/records.db"')
    records = Records.open(loaded.settings.records_url, keys)
    await records.migrate()
    await records.answers.give("contact", "email", "billing", "contact/stripe/cus_1")
    await records.close()
    found = {each.name: each.found async for each in stores.records(loaded, keys)}
    assert found["customer details, as answered"] == "email billing"


@pytest.mark.parametrize("typed", [("diff", "--fix"), ("undo", "1")])
def test_nothing_is_written_in_shadow(company: Company, typed: tuple[str, ...]) -> None:
    done = company.raccord("contacts", *typed)
    assert done.exit_code != 0
    assert "modes.contact vaut shadow" in done.output


def test_a_row_that_is_no_write_of_a_customer_is_refused(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RACCORD_MODES__CONTACT", "live")
    monkeypatch.setenv("RACCORD_INVOICE_DEALS_WON_FROM", "2026-01-01")
    company.remember(lambda records: records.audit.note("a.b", "stripe:cus_1", "raccord", "c", {}))
    for row in ("1", "2"):
        done = company.raccord("contacts", "undo", row)
        assert done.exit_code != 0
        assert "n'est pas une écriture de coordonnées" in done.output

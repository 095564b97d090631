"""The mail that would leave next, read before it does."""

from pathlib import Path

from tests.cli.dunning.conftest import House, account, owed, sent


def test_the_next_mail_is_written_with_its_day(house: House) -> None:
    house.billing.owes(account("cus_1", "Globex", owed("F-1", 12), language="en"))
    house.remember("cus_1", sent(4, ("F-1", 1)))
    said = house.said("preview", "F-1")
    for part in ("F-1", "€1,200.00", "cus_1@example.fr. Next: reminder 2, 30 Nov 09:00."):
        assert part in said
    assert len(house.memory("cus_1").rounds) == 1


def test_another_language_may_be_read(house: House) -> None:
    house.billing.owes(account("cus_1", "Globex", owed("F-1", 12), language="en"))
    english, french = (house.said("preview", "cus_1", "--language", each) for each in ("en", "fr"))
    assert "Facture" in french or "facture" in french
    assert "facture" not in english.casefold()


def test_its_page_is_written_into_a_file(house: House, tmp_path: Path) -> None:
    house.billing.owes(account("cus_1", "Globex <b>", owed("F-1", 12)))
    file = tmp_path / "mail.html"
    assert "is the page of it" in house.said("preview", "cus_1", "--html", str(file))
    page = file.read_text("utf-8")
    assert "<html" in page
    assert "<b>" not in page.partition("<body")[2].replace("<b>1", "")


def test_who_is_silent_has_none_and_hears_why(house: House) -> None:
    house.billing.owes(account("cus_1", "Globex", owed("F-1", 12), email=""))
    said = house.refused("preview", "cus_1")
    assert "no mail to Globex comes next. No reminder leaves by itself: no e-mail address is known." in said


def test_a_template_of_the_company_that_is_wrong_is_told(house: House, tmp_path: Path) -> None:
    (tmp_path / "reminder-firm.fr.txt").write_text("{{ nothing }}\n\nText")
    with house.company.file.open("a") as settings:
        settings.write(f'\n[mail]\ntemplates = "{tmp_path}"\n')
    house.billing.owes(account("cus_1", "Globex", owed("F-1", 20)))
    assert "reminder-firm.fr.txt cannot be filled in" in house.refused("preview", "cus_1")

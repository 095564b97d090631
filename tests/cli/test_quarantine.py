import json

from tests.cli.conftest import Company


def put(company: Company, raw: bytes) -> str:
    return str(company.remember(lambda records: records.quarantine.put("stripe", "not JSON", raw)))


def test_what_is_set_aside_is_listed_with_how_often_it_came(company: Company) -> None:
    assert "La quarantaine est vide." in company.raccord("quarantine", "list").output
    for _ in range(3):
        id = put(company, b"{")
    said = " ".join(company.raccord("quarantine", "list").output.split())
    assert f"{id} stripe not JSON 3 " in said
    (entry,) = json.loads(company.raccord("quarantine", "list", "--json").output)
    assert (entry["source"], entry["count"]) == ("stripe", 3)


def test_raw_bytes_are_printed_and_never_obeyed(company: Company) -> None:
    id = put(company, b'{"name": "Zo\xc3\xa9 [red]",\n \x1b[2J\xff}')
    done = company.raccord("quarantine", "show", id)
    assert done.exit_code == 0, done.output
    assert done.output == '{"name": "Zoé [red]",\n \\x1b[2J\\xff}\n'


def test_an_unknown_number_is_said_to_be_unknown(company: Company) -> None:
    done = company.raccord("quarantine", "show", "7")
    assert done.exit_code == 1
    assert "il n'y a rien en quarantaine sous le numéro 7" in done.stderr
    assert "raccord quarantine list" in done.stderr


def test_without_its_key_the_records_are_said_to_be_unreadable(company: Company) -> None:
    id = put(company, b"{")
    company.change_key()
    done = company.raccord("quarantine", "show", id)
    assert done.exit_code == 1
    assert "le registre ne peut pas être lu" in done.stderr

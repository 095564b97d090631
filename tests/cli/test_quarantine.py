import json
import sqlite3
from contextlib import closing

from raccord.domain.values.message import Message, message
from raccord.texts import LANGUAGES
from tests.cli.conftest import Company
from tests.texts.reading import foreign

NO_JSON = message("quarantine.no_json")


def put(company: Company, raw: bytes, reason: Message = NO_JSON) -> str:
    return str(company.remember(lambda records: records.quarantine.put("stripe", reason, raw)))


def test_what_is_set_aside_is_listed_with_how_often_it_came(company: Company) -> None:
    assert "La quarantaine est vide." in company.raccord("quarantine", "list").output
    for _ in range(3):
        id = put(company, b"{")
    said = " ".join(company.raccord("quarantine", "list").output.split())
    assert f"{id} stripe le contenu n'est pas du JSON en UTF-8 3 " in said
    (entry,) = json.loads(company.raccord("quarantine", "list", "--json").output)
    assert (entry["source"], entry["count"]) == ("stripe", 3)


def test_why_it_was_set_aside_is_said_in_the_reader_s_language(company: Company) -> None:
    fields = ("data.invoice", "data.payment")
    put(company, b"{}", message("quarantine.no_record", type="payment.received", fields=fields))
    put(company, b"[]", message("quarantine.many_flows", count=1_200))
    for language in LANGUAGES:
        company.speak(language)
        said = company.raccord("quarantine", "list").output
        assert foreign(said, language) == ()
        assert "data.invoice, data.payment" in " ".join(said.split())
    assert "it concerns 1,200 flows" in said
    assert "it concerns 1,200 flows" in company.raccord("quarantine", "list", "--json").output


def test_a_reason_that_was_kept_as_words_is_shown_as_it_is(company: Company) -> None:
    put(company, b"{")
    with closing(sqlite3.connect(company.database)) as records, records:
        records.execute("UPDATE quarantine SET reason = 'not JSON'")
    assert " stripe not JSON 1 " in " ".join(company.raccord("quarantine", "list").output.split())


def test_a_reason_that_another_release_gave_is_shown_raw(company: Company) -> None:
    """No KeyError after an upgrade that dropped the sentence, or that took a parameter from who gives it."""
    dropped = message("quarantine.of_another_release", fields=("data.invoice",), why=NO_JSON, count=3)
    put(company, b"{}", dropped)
    put(company, b"[]", message("quarantine.many_flows"))
    said = " ".join(company.raccord("quarantine", "list").output.split())
    assert "stripe quarantine.of_another_release(count=3, fields=['data.invoice']," in said
    assert "why=quarantine.no_json()) 1" in said
    assert "stripe quarantine.many_flows() 1" in said
    reasons = {each["reason"] for each in json.loads(company.raccord("quarantine", "list", "--json").output)}
    assert reasons == {dropped.identity, "quarantine.many_flows()"}


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

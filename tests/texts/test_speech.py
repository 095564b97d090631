"""How messages, numbers and records read in each language."""

import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from raccord.domain.values.message import (
    Moment,
    Number,
    Param,
    Percent,
    Price,
    Quote,
    RecordKind,
    RecordName,
    message,
)
from raccord.domain.values.money import Money
from raccord.texts import say, say_fact, say_field, say_kept, say_param, say_record


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("value", "fr", "en"),
    [
        ("as it is", "as it is", "as it is"),
        (1234, "1 234", "1,234"),
        (Number(number=Decimal("1234.500")), "1 234,5", "1,234.5"),
        (Number(number=Decimal("0.123456789")), "0,123456789", "0.123456789"),
        (Percent(percent=Decimal("5.50")), "5,5 %", "5.5%"),
        (Percent(percent=Decimal("2E+1")), "20 %", "20%"),
        (Money.of_minor(123456, "EUR"), "1 234,56 €", "€1,234.56"),
        (Moment(moment=datetime(2026, 11, 27, 8, 5, tzinfo=UTC)), "27/11 08:05", "27 Nov 08:05"),
        (Quote(quote="No such\n customer."), "« No such customer. »", "“No such customer.”"),
        (message("label.net"), "Total HT", "Total net"),
        (("a", 2), "a, 2", "a, 2"),
    ],
)
def test_a_parameter_is_written_as_its_reader_writes_it(value: Param, fr: str, en: str) -> None:
    assert plain(say_param(value, "fr")) == fr
    assert plain(say_param(value, "en")) == en


def test_a_date_reads_unmistakably_in_both_languages() -> None:
    said = message("service_date.far_away.reason", day=date(2026, 2, 3))
    assert "03/02/2026" in say(said, "fr")
    assert "3 Feb 2026" in say(said, "en")


@pytest.mark.parametrize(
    ("count", "fr", "en"),
    [
        (0, "0 point à régler", "0 points to settle"),
        (1, "1 point à régler", "1 point to settle"),
        (2, "2 points à régler", "2 points to settle"),
    ],
)
def test_each_language_has_its_own_plural(count: int, fr: str, en: str) -> None:
    assert say(message("quality.title", count=count), "fr").endswith(fr)
    assert say(message("quality.title", count=count), "en").endswith(en)


@pytest.mark.parametrize(
    ("record", "fr", "en"),
    [
        (
            RecordName(kind=RecordKind.LINE, id="7", number=2, name="Audit"),
            "ligne 2 « Audit »",
            "line 2 “Audit”",
        ),
        (RecordName(kind=RecordKind.LINE, id="7", number=2), "ligne 2", "line 2"),
        (RecordName(kind=RecordKind.COMPANY, id="12", name="Acme"), "entreprise Acme", "company Acme"),
        (RecordName(kind=RecordKind.COMPANY, id="12"), "entreprise 12", "company 12"),
        (RecordName(kind=RecordKind.DEAL), "affaire", "deal"),
        (RecordName(kind=RecordKind.SETTINGS), "réglages", "settings"),
    ],
)
def test_a_record_is_named_as_people_see_it(record: RecordName, fr: str, en: str) -> None:
    assert plain(say_record(record, "fr")) == fr
    assert say_record(record, "en") == en


@pytest.mark.parametrize("kind", RecordKind)
def test_every_kind_of_record_has_a_name(kind: RecordKind) -> None:
    assert say_record(RecordName(kind=kind), "fr")
    assert say_record(RecordName(kind=kind), "en")


def test_a_vat_rate_is_named_by_its_percentage() -> None:
    rate = RecordName(kind=RecordKind.VAT_RATE, id="5.5")
    assert (say_record(rate, "fr"), say_record(rate, "en")) == ("taux de TVA 5,5\u00a0%", "VAT rate 5.5%")


@pytest.mark.parametrize(
    ("price", "currency", "fr", "en"),
    [
        ("5120.5", "EUR", "5\u202f120,50\u00a0€", "€5,120.50"),
        ("0.0345", "EUR", "0,0345\u00a0€", "€0.0345"),
        ("1200", "JPY", "1\u202f200\u00a0JPY", "¥1,200"),
        ("-2", "EUR", "-2,00\u00a0€", "-€2.00"),
        ("1E+300", "EUR", "1E+300 EUR", "1E+300 EUR"),
    ],
)
def test_a_price_has_the_decimals_of_its_currency_and_its_own(
    price: str, currency: str, fr: str, en: str
) -> None:
    value = Price(price=Decimal(price), currency=currency)
    assert (say_param(value, "fr"), say_param(value, "en")) == (fr, en)


def test_a_setting_s_name_is_not_translated() -> None:
    assert say_field("invoice.footers", "fr") == "invoice.footers"
    assert say_field("zip", "fr") == "code postal"


def test_what_a_person_typed_is_never_read_as_a_parameter() -> None:
    said = message("line.recurring.reason", period="{0.__class__} {period}")
    assert "{0.__class__} {period}" in say(said, "en")


def test_a_missing_parameter_is_an_error() -> None:
    with pytest.raises(KeyError):
        say(message("line.recurring.reason"), "en")


def test_what_another_release_kept_is_raw_inside_a_sentence_of_this_one() -> None:
    dropped = message("of_another_release.title", count=2, day=date(2026, 11, 4))
    raw = dropped.identity
    assert "of_another_release.title(count=2, day=" in raw
    assert say_kept(dropped, "fr") == raw
    assert say_kept((dropped, message("label.net")), "fr") == f"{raw}, Total HT"
    outcome = message("outcome.decided", actor="Anne", answer=dropped)
    assert plain(say_kept(outcome, "fr")) == f"Décidé par Anne : {raw}."
    with pytest.raises(KeyError):
        say(outcome, "fr")


@pytest.mark.parametrize("count", [1, 2])
def test_what_was_kept_has_its_plural_still(count: int) -> None:
    title = message("quality.title", count=count)
    assert say_kept(title, "fr") == say(title, "fr")


def test_a_label_and_its_value_are_spaced_as_the_language_wants() -> None:
    assert say_fact(message("label.net"), "x", "fr") == "Total HT\u00a0: x"
    assert say_fact(message("label.net"), "x", "en") == "Total net: x"


def test_a_reader_of_another_language_gets_english() -> None:
    assert say(message("label.net"), "de") == "Total net"


NO_FILES = """
import builtins, io, os
from datetime import UTC, date, datetime
from decimal import Decimal
import raccord.texts
from raccord.domain.values.message import Percent, message
from raccord.domain.values.money import Money

def refuse(*_, **__):
    raise RuntimeError("a workflow opens no file")

builtins.open = io.open = os.open = refuse
for language in ("fr", "en", "de"):
    for value in (Decimal("1234.5"), date(2026, 1, 2), datetime(2026, 1, 2, tzinfo=UTC),
                  Percent(percent=Decimal("5.5")), Money.of_minor(1, "JPY"),
                  message("quality.title", count=2)):
        raccord.texts.say(message("text.fact", label="a", value=value), language)
"""


def test_a_workflow_can_say_it_because_no_file_is_opened_after_import() -> None:
    done = subprocess.run([sys.executable, "-c", NO_FILES], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

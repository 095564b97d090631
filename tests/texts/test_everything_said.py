"""Every sentence that the product can say, said in every language as its line of code says it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from string import Formatter

import pytest

from raccord.domain.desk.problems import Cause
from raccord.domain.values.message import (
    Day,
    Message,
    Moment,
    Number,
    Param,
    Percent,
    Quote,
    RecordKind,
    RecordName,
    message,
)
from raccord.domain.values.money import Money
from raccord.domain.values.subject import SubjectKind
from raccord.texts import say, say_field, say_record
from raccord.texts.catalog import LANGUAGES, catalog
from tests.texts.reading import CODES, faults
from tests.texts.spoken import Said, everything_said, said_by

SAID = everything_said()
LITERAL = tuple(said for said in SAID if not said.code.endswith("*"))
EURO = Money.of_minor(123456, "EUR")
NESTED = message("label.vat")
INVOICE = RecordName(kind=RecordKind.INVOICE, id="in_1", name="F-1")
ACME = RecordName(kind=RecordKind.COMPANY, id="12", name="Acme")
LIKELY: dict[str, Param] = {
    "count": 2,
    **dict.fromkeys(("gross", "net", "vat", "ours", "theirs", "mine"), EURO),
    **dict.fromkeys(("day", "due_on", "latest"), Day(day=date(2026, 11, 27))),
    **dict.fromkeys(("since", "until"), Moment(moment=datetime(2026, 11, 27, 8, 5, tzinfo=UTC))),
    **dict.fromkeys(("invoice", "invoices"), INVOICE),
    **dict.fromkeys(("company", "customer", "other", "record"), ACME),
    **dict.fromkeys(("companies", "customers"), (ACME, ACME)),
    **dict.fromkeys(("part", "what", "identifier", "title", "label", "answer", "trouble"), NESTED),
    **dict.fromkeys(("missing", "differences"), (NESTED, NESTED)),
    **dict.fromkeys(("lines", "most", "won", "waiting", "changed", "without_invoice", "no_longer_won"), 12),
    **dict.fromkeys(("quantity", "price"), Number(number=Decimal("-2.5"))),
    "rate": Percent(percent=Decimal("5.5")),
    "quote": Quote(quote="404 cus_1"),
    "amounts": (EURO, EURO),
}
"""What is likely to stand for a parameter; any other is a name or a value as somebody typed it."""
TYPED = "Acme 42"
ALIKE = frozenset(
    {
        *("check.all_of", "check.found_and_remedy", "check.id_and_name", "check.lines", "doctor.held_up_by"),
        *("error.no_settings", "settings.in_section"),
        *("credit.before_by", "digest.because", "dunning.because", "inbox.message", "inbox.question"),
        *("week.changes.ended", "week.column.pipeline"),
        *("identifier.siren", "identifier.siret", "field.siren", "field.siret"),
    }
)
"""Sentences that read the same in every language, with parameters that do."""


def _message(said: Said, entry: str, count: int) -> Message:
    given = {name: LIKELY.get(name, TYPED) for name in said.params}
    return Message(code=entry, params=given | ({"count": count} if "count" in given else {}))


def _wanted(entry: str, count: int) -> set[str]:
    forms = [catalog(language).text(entry, count) for language in LANGUAGES]
    return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name}


def test_the_source_is_read_as_a_whole() -> None:
    assert len({said.code for said in LITERAL}) > 200
    assert {said.code for said in SAID} - {said.code for said in LITERAL} == {"cause.*", "label.*", "link.*"}


def test_every_code_that_is_said_has_its_entries_in_every_language() -> None:
    lacking = [
        (said.where, language, entry)
        for said in LITERAL
        for language in LANGUAGES
        for entry in said.entries
        if entry not in catalog(language).codes
    ]
    assert lacking == []


def test_every_line_brings_each_parameter_that_its_sentence_names() -> None:
    lacking = [
        (said.where, entry, lack)
        for said in LITERAL
        for entry in said.entries
        for count in (1, 2)
        if (lack := _wanted(entry, count) - said.params)
    ]
    assert lacking == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_that_is_said_leaves_a_reader_with_a_code_a_gap_or_another_language(language: str) -> None:
    wrong = [
        (said.where, entry, text, found)
        for said in LITERAL
        for entry in said.entries
        for count in (1, 2)
        if (found := faults(text := say(_message(said, entry, count), language), language))
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cause_record_and_subject_has_a_name(language: str) -> None:
    named: dict[str, str] = {kind: say_record(RecordName(kind=kind), language) for kind in RecordKind}
    named |= {cause: say(Message(code=f"cause.{cause}"), language) for cause in Cause}
    named |= {
        f"{part}.{kind}": say(Message(code=f"{part}.{kind}"), language)
        for part in ("label", "link")
        for kind in SubjectKind
    }
    assert {name: found for name, text in named.items() if (found := faults(text, language))} == {}


def test_no_sentence_is_left_in_another_language() -> None:
    alike = {
        entry
        for said in LITERAL
        for entry in said.entries
        if len({say(_message(said, entry, 2), language) for language in LANGUAGES}) == 1
    }
    assert alike == ALIKE


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_field_of_a_record_is_named_and_one_of_a_vendor_is_not(language: str) -> None:
    fields = {code.removeprefix("field.") for code in catalog(language).codes if code.startswith("field.")}
    assert {field: found for field in fields if (found := faults(say_field(field, language), language))} == {}
    assert say_field("hs_tax_rate", language) == "hs_tax_rate"


@pytest.mark.parametrize(
    ("source", "codes"),
    [
        ('message("a.b", x=1)', {("a.b", False, frozenset({"x"}))}),
        ('problem(Cause.VAT, r, "f", "a.b" if c else "a.c", x=1)',
         {("a.b", True, frozenset({"x"})), ("a.c", True, frozenset({"x"}))}),
        ('T = {1: "a.b"}\ndef f(k):\n    return message(T.get(k, "a.c"))',
         {("a.b", False, frozenset()), ("a.c", False, frozenset())}),
        ('def f(code, day):\n    return g(1, code, day=day)\n'
         'def g(n, code, **p):\n    return message(code, n=n, **p)\nf("a.b", 2)',
         {("a.b", False, frozenset({"n", "day"}))}),
        ('class A:\n    def late(self, code):\n        self.say(code)\n'
         '    def b(self):\n        self.late("a.b")',
         {("a.b", False, frozenset())}),
        ('message(f"a.{kind}")', {("a.*", False, frozenset())}),
    ],
)  # fmt: skip
def test_a_code_is_followed_to_where_it_is_written(source: str, codes: set[object]) -> None:
    assert {(said.code, said.problem, said.params) for said in said_by(source, "m.py")} == codes


@pytest.mark.parametrize("source", ["message(made())", "message(unknown)", "def f():\n    message(codes.a)"])
def test_a_code_that_cannot_be_followed_is_an_error(source: str) -> None:
    with pytest.raises(ValueError, match=r"m\.py"):
        said_by(source, "m.py")


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("La facture F-1 est émise.", "fr", ()),
        ("The invoice F-1 est émise.", "fr", ("word the", "word invoice")),
        ("Facture F-1 was issued", "fr", ("word was",)),
        ("The invoice was issued pour Acme", "en", ("word pour",)),
        ("Ajoutez `raccord flows start` ou operations = \"goods\" dans [invoice]", "fr", ()),
        ("quality.title", "fr", ("code quality.title",)),
        ("deal.no_lines", "en", ("code deal.no_lines",)),
        ("{count} points", "fr", ("placeholder {", "placeholder }")),
        ("%(count)s points, None", "en", ("placeholder %(", "placeholder None")),
        (" ", "en", ("empty",)),
    ],
)  # fmt: skip
def test_what_a_reader_should_not_see_is_noticed(text: str, language: str, found: tuple[str, ...]) -> None:
    assert faults(text, language) == found


def test_a_code_that_is_a_stem_counts_as_a_code() -> None:
    assert {"deal.no_lines", "deal.no_lines.reason", "quality.title"} <= CODES

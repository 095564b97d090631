"""The demo's show: each scenario is told as it ends, also one that breaks down."""

from io import StringIO
from typing import cast

import pytest
from rich.console import Console

from raccord.domain.values.message import message
from raccord.texts import say_param
from starters.demo.contacts import changes
from starters.demo.scenario import Finding, LeftOut, Scenario, amount, decimal
from starters.demo.show import Show
from starters.demo.stage import Stage


async def _as_expected(_: Stage) -> Finding:
    return Finding(ok=True, expected="an invoice", found="an invoice")


async def _early(_: Stage) -> Finding:
    invoices = message("demo.count.invoices", count=2)
    return Finding(ok=False, expected=message("demo.unheard.one_invoice"), found=invoices)


async def _broken(_: Stage) -> Finding:
    raise LookupError("no such deal")


async def test_each_is_told_in_a_line_as_it_ends() -> None:
    told: list[str] = []
    both = (Scenario("ordinary", "A deal is won", _as_expected), Scenario("odd", "Something", _broken))
    show = Show(both, told.append, "en")
    await show.play(cast(Stage, None), _nowhere)
    assert [line.split(" (")[0].strip() for line in told] == ["1/2  ✔ ordinary", "2/2  ✘ odd"]
    report = show.report()
    assert not report["ok"]
    assert report["scenarios"][1]["found"] == "LookupError: no such deal"


async def test_a_french_reader_reads_french_and_a_machine_english() -> None:
    told: list[str] = []
    show = Show((Scenario("early", message("demo.says.ordinary"), _early),), told.append, "fr")
    await show.play(cast(Stage, None), _nowhere)
    assert told[0].endswith("0,0 s)")
    page = StringIO()
    Console(file=page, width=200).print(show.table())
    assert "Une affaire est gagnée" in page.getvalue()
    assert "2 factures" in page.getvalue()
    assert "attendu\u00a0: 1 facture" in page.getvalue()
    (found,) = show.report()["scenarios"]
    assert (found["expected"], found["found"]) == ("1 invoice", "2 invoice(s)")


async def test_what_is_left_out_is_shown_and_reported_with_its_reason() -> None:
    left_out = (LeftOut("refund", message("demo.left_out.refund")),)
    show = Show((Scenario("ordinary", "A deal is won", _as_expected),), lambda _: None, "fr", left_out)
    await show.play(cast(Stage, None), _nowhere)
    page = StringIO()
    Console(file=page, width=300).print(show.table())
    assert "Les pages de Pennylane ne disent pas" in page.getvalue()
    report = show.report()
    assert report["ok"]
    (found,) = report["left_out"]
    assert found["name"] == "refund"
    assert found["why"].startswith("Pennylane's pages do not say")


@pytest.mark.parametrize(
    ("minor", "fr", "en"), [(430800, "4308,00", "4308.00"), (5, "0,05", "0.05"), (-150, "-1,50", "-1.50")]
)
def test_an_amount_has_its_cents_in_both_languages(minor: int, fr: str, en: str) -> None:
    assert (say_param(amount(minor), "fr"), say_param(amount(minor), "en")) == (fr, en)


def test_what_is_no_decimal_stays_as_it_is() -> None:
    assert decimal("2880") == "2880"


async def _nowhere() -> Stage:
    raise AssertionError("none of them is played where days are short")


def test_the_fields_that_changed_are_named_in_the_reader_s_language() -> None:
    assert say_param(changes(["address", "phone"]), "fr") == "adresse, téléphone"
    assert say_param(changes(["metadata"]), "fr") == "metadata"
    assert say_param(changes([]), "en") == "nothing"

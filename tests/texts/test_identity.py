"""The identity of a question is what it is about, never how it is worded."""

from decimal import Decimal

import pytest

from raccord.domain.deal_won.approval import approval
from raccord.domain.deal_won.quality import examine
from raccord.domain.deal_won.questions import quality
from raccord.domain.desk.question import Ask
from raccord.texts import say
from raccord.texts.catalog import Catalog
from tests.domain.samples import TODAY, company, deal, line, policy


def asked(price: str = "50.00", siret: str = "1", name: str = "Acme") -> tuple[Ask, Ask]:
    under = policy()
    dirty = deal(companies=(company(siret=siret, name=name),))
    plan = examine(deal(lines=(line(unit_price=Decimal(price)),)), under, TODAY).plan
    assert plan
    problems = examine(dirty, under, TODAY).problems
    return quality(problems), approval(plan, under, recipient=plan.profile.email, today=TODAY)


def test_another_wording_is_no_other_question(monkeypatch: pytest.MonkeyPatch) -> None:
    before = [ask.fingerprint for ask in asked()]
    worded = say(asked()[0].title, "fr")
    monkeypatch.setattr(Catalog, "text", lambda *_: "Corrigé.")
    assert say(asked()[0].title, "fr") != worded
    assert [ask.fingerprint for ask in asked()] == before


def test_another_amount_or_value_is_another_question() -> None:
    cheap, dear = asked(), asked(price="50.01")
    assert cheap[1].fingerprint != dear[1].fingerprint
    assert cheap[0].fingerprint == dear[0].fingerprint
    assert asked(siret="2")[0].fingerprint != cheap[0].fingerprint


def test_a_company_that_is_renamed_does_not_void_an_answer() -> None:
    assert asked(name="Acme SA")[0].fingerprint == asked()[0].fingerprint

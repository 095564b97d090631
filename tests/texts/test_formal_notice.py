"""The formal notice as its debtor reads it, out of the PDF."""

import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from raccord.domain.dunning.formal_notice import FormalNotice, formal_notice_of
from raccord.domain.dunning.memory import Memory
from raccord.domain.rules.dunning import Interest
from raccord.domain.values.account import OwedInvoice
from raccord.domain.values.address import Address
from raccord.domain.values.money import Money
from raccord.texts import LANGUAGES
from raccord.texts.formal_notice import formal_notice_pdf
from raccord.texts.mails import BadTemplate, Templates
from tests.dunning.letters import INTEREST, NOW, POLICY, account, euros, invoice, round_of

OURS = Templates()
LETTERHEAD = ("Hexalab SAS", "1 rue de la Paix", "75002 Paris", "SIREN 732 829 320")
LYON = Address(line1="12 avenue des Œillets", postal_code="69003", city="Lyon", country="FR")
PAST = (
    round_of(datetime(2026, 11, 19, 8, tzinfo=UTC), 1, "in_42"),
    round_of(datetime(2026, 11, 26, 8, tzinfo=UTC), 2, "in_42"),
)
DOLLARS = Money.of_minor(20000, "USD")


def notice(
    *invoices: OwedInvoice, language: str = "fr", interest: Interest | None = None, **of_account: Any
) -> FormalNotice:
    said = invoices or (invoice(due=euros("705.39")),)
    given = {"language": language, "address": LYON} | of_account
    rules = POLICY.rules.model_copy(update={"letterhead": LETTERHEAD, "interest": interest or Interest()})
    policy = POLICY.model_copy(update={"rules": rules})
    return formal_notice_of(said, account(*said, **given), Memory(rounds=PAST), policy, NOW)


def pages(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def read(said: FormalNotice) -> str:
    (page,) = pages(formal_notice_pdf(said, OURS))
    return page


def test_it_says_what_a_formal_notice_must_say() -> None:
    page = read(notice(business=True, siren="552100554"))
    for said in (
        *LETTERHEAD,
        "Acme SAS",
        "12 avenue des Œillets",
        "69003 Lyon",
        "SIREN 552 100 554",
        "Lettre recommandée avec accusé de réception",
        "27 novembre 2026",
        "Objet : Mise en demeure de payer",
        "nos rappels des 19 et 26 novembre 2026",
        "F-2026-0042 13/10/2026 12/11/2026 1 305,39 € 705,39 €",
        "nous vous mettons en demeure de nous payer la somme de 705,39 € dans un délai de 15 jours",
        "nous saisirons la juridiction compétente",
        "article 1344 du code civil",
        "Nom et qualité du signataire :",
        "Signature :",
    ):
        assert said in page


def test_in_english_it_keeps_the_french_words_that_count() -> None:
    german = LYON.model_copy(update={"country": "DE"})
    page = read(notice(invoice(), invoice(43, due=DOLLARS, total=DOLLARS), language="en", address=german))
    for said in (
        "GERMANY",
        "Subject: Formal notice to pay (mise en demeure)",
        "about some of these invoices",
        "F-2026-0043 13 Oct 2026 12 Nov 2026 $200.00 $200.00",
        "formal notice (mise en demeure) to pay us the sum of €1,305.39 and $200.00 within 15 days",
        "the competent court",
    ):
        assert said in page


def test_interest_and_indemnity_stand_apart_from_what_is_owed() -> None:
    page = read(notice(invoice(), business=True, interest=INTEREST))
    for said in (
        "nous payer la somme de 1 305,39 € dans",
        "F-2026-0042, pénalités du 13/11/2026 au 27/11/2026 (15 jours à 12,4 % par an) 6,65 €",
        "F-2026-0042, indemnité forfaitaire de recouvrement 40,00 €",
        "Pénalités et indemnités 46,65 €",
    ):
        assert said in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("business", [None, False])
def test_a_private_person_owes_the_statutory_interest_alone(language: str, business: bool | None) -> None:
    page = read(notice(language=language, business=business, interest=INTEREST))
    assert re.search("taux légal|statutory rate", page)
    assert not re.search("L441|pénalit|penalt|indemni|40", page)


def test_the_same_values_make_the_same_bytes() -> None:
    assert formal_notice_pdf(notice(), OURS) == formal_notice_pdf(notice(), Templates())


def test_forty_invoices_take_a_second_page_with_a_head_of_its_own() -> None:
    found = pages(formal_notice_pdf(notice(*(invoice(100 + place) for place in range(40))), OURS))
    assert len(found) == 2
    assert all("Facture Émise le Échéance Montant TTC Reste dû" in page for page in found)
    assert "Total à régler 52 215,60 €" in found[1]
    assert "2 / 2" in found[1]


@pytest.mark.parametrize("name", ["#let x = 1; *SAS* _é_ $a$", "@label <script> \\ ` ~", "=1+1", "A" * 200])
def test_what_a_debtor_is_called_is_no_markup(name: str) -> None:
    assert name.replace(" ", "") in read(notice(name=name)).replace(" ", "")


def test_an_address_that_nobody_knows_is_left_to_the_person_who_posts_it() -> None:
    assert "[adresse à compléter]" in read(notice(address=Address()))


def test_without_a_letterhead_the_company_is_named() -> None:
    said = formal_notice_of((invoice(),), account(invoice()), Memory(), POLICY, NOW)
    assert read(said).startswith("Hexalab ")


def test_a_company_words_its_own(tmp_path: Path) -> None:
    words = "Mise en demeure\n\nPayez {{ total }}.\n\n{{ invoices }}\n"
    (tmp_path / "formal-notice.fr.txt").write_text(words, "utf-8")
    (page,) = pages(formal_notice_pdf(notice(), Templates(tmp_path)))
    assert "Payez 705,39 €." in page
    assert "juridiction" not in page


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("#let letter = ", r"formal-notice\.typ cannot be set"),
        ('#read("/etc/passwd")', r"formal-notice\.typ cannot be set"),
    ],
)
def test_a_page_that_does_not_work_is_told(tmp_path: Path, source: str, said: str) -> None:
    (tmp_path / "formal-notice.typ").write_text(source, "utf-8")
    with pytest.raises(BadTemplate, match=said):
        formal_notice_pdf(notice(), Templates(tmp_path))

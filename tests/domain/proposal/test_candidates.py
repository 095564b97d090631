"""A field is found by what it is called and by what stands in it, whatever its account calls it."""

from decimal import Decimal

import pytest

from raccord.domain.proposal.candidates import MOST_CANDIDATES, Candidate, candidates
from raccord.domain.values.described import Purpose, SeenField
from tests.domain.proposal.account import COMPANIES, DEALS, LINES, SIRENS, SIRETS, VAT_NUMBERS, field, slot

PHONES = ("0612345678", "01 23 45 67 89", "+33 6 12 34 56 78")


def found(purpose: Purpose, *fields: SeenField, rates: tuple[Decimal, ...] = ()) -> tuple[Candidate, ...]:
    (place,) = slot(purpose).places
    return candidates(slot(purpose), {place.kind: fields}, rates=rates)


def names(purpose: Purpose, *fields: SeenField) -> list[str]:
    return [each.field.name for each in found(purpose, *fields)]


@pytest.mark.parametrize(
    ("purpose", "values"),
    [(Purpose.SIRET, SIRETS), (Purpose.SIREN, SIRENS), (Purpose.VAT_NUMBER, VAT_NUMBERS)],
)
def test_numbers_with_a_key_are_found_whatever_their_field_is_called(
    purpose: Purpose, values: tuple[str, ...]
) -> None:
    there = (field("x_7", *values, label="Champ 7"), field("phone", *PHONES), field("name", "A", "B", "C"))
    assert names(purpose, *there) == ["x_7"]


def test_a_siret_is_no_siren_and_no_vat_number() -> None:
    there = field("x_7", *SIRETS)
    assert names(Purpose.SIREN, there) == []
    assert names(Purpose.VAT_NUMBER, there) == []


def test_fourteen_digits_that_fail_the_key_are_no_siret() -> None:
    """Order numbers, or a telephone with its country twice."""
    assert names(Purpose.SIRET, field("x_7", "12345678901234", "73282932000075")) == []


def test_nine_digits_pass_sirens_key_by_chance() -> None:
    assert names(Purpose.SIREN, field("customer_no", SIRENS[0], "100000001", "100000002")) == []
    assert names(Purpose.SIREN, field("customer_no", *SIRENS[:2])) == []


@pytest.mark.parametrize(
    ("purpose", "name", "label"),
    [
        (Purpose.SIRET, "siret", ""),
        (Purpose.SIRET, "x", "N° SIRET du siège"),
        (Purpose.SIREN, "num_siren", ""),
        (Purpose.VAT_NUMBER, "vat_number", ""),
        (Purpose.VAT_NUMBER, "x", "N° de TVA intracommunautaire"),
        (Purpose.VAT_NUMBER, "tva_intra", ""),
        (Purpose.VAT_NUMBER, "x", "Numéro TVA"),
        (Purpose.VAT_NUMBER, "x", "VAT ID"),
        (Purpose.VAT_RATE, "vat_rate", ""),
        (Purpose.VAT_RATE, "x", "Taux de TVA (%)"),
        (Purpose.VAT_RATE, "tva", ""),
        (Purpose.BILLING_EMAIL, "billing_email", ""),
        (Purpose.BILLING_EMAIL, "x", "E-mail de facturation"),
        (Purpose.BILLING_EMAIL, "x", "Courriel comptabilité fournisseurs"),
        (Purpose.PAYMENT_TERMS, "payment_terms_days", ""),
        (Purpose.PAYMENT_TERMS, "x", "Délai de règlement"),
        (Purpose.PAYMENT_TERMS, "x", "Conditions de paiement"),
        (Purpose.LANGUAGE, "langue_facture", ""),
        (Purpose.LANGUAGE, "x", "Preferred language"),
    ],
)
def test_an_empty_field_is_found_by_either_of_its_names(purpose: Purpose, name: str, label: str) -> None:
    (only,) = found(purpose, field(name, label=label), field("other"), field("amount", "20"))
    assert (only.field.name, only.named, only.well) == (name, True, True)


@pytest.mark.parametrize(
    ("purpose", "name"),
    [
        (Purpose.VAT_NUMBER, "Taux de TVA"),
        (Purpose.VAT_RATE, "N° de TVA"),
        (Purpose.BILLING_EMAIL, "E-mail"),
        (Purpose.BILLING_EMAIL, "Adresse de facturation"),
        (Purpose.PAYMENT_TERMS, "Mode de paiement"),
        (Purpose.PAYMENT_TERMS, "Date de paiement"),
        (Purpose.LANGUAGE, "Slang"),
    ],
)
def test_another_field_of_a_like_name_is_not_meant(purpose: Purpose, name: str) -> None:
    assert names(purpose, field("x", label=name)) == []


@pytest.mark.parametrize(
    ("purpose", "values"),
    [
        (Purpose.VAT_RATE, ("20", "10", "5.5")),
        (Purpose.PAYMENT_TERMS, ("30", "45")),
        (Purpose.BILLING_EMAIL, ("a@b.example",)),
        (Purpose.LANGUAGE, ("fr", "en")),
    ],
)
def test_what_many_fields_look_like_needs_a_name(purpose: Purpose, values: tuple[str, ...]) -> None:
    """A discount may be 10 and 20 too, and anybody's address is one."""
    assert names(purpose, field("x", *values, label="Remise")) == []


def test_a_filled_field_goes_before_an_empty_one_of_the_right_name() -> None:
    """Somebody began with `siret`, and people type it elsewhere."""
    assert names(Purpose.SIRET, field("siret"), field("x_7", *SIRETS)) == ["x_7", "siret"]


def test_a_field_full_of_something_else_comes_last_and_says_so() -> None:
    last, first = field("siret", "n/c", "?", "à demander"), field("siret_2")
    ranked = found(Purpose.SIRET, last, first)
    assert [each.field.name for each in ranked] == ["siret_2", "siret"]
    assert [each.well for each in ranked] == [True, False]


def test_of_two_the_fuller_one_is_likelier() -> None:
    assert names(Purpose.SIRET, field("siret_a", SIRETS[0]), field("siret_b", *SIRETS)) == [
        *("siret_b", "siret_a"),
    ]


def test_a_field_of_numbers_loses_leading_zeros_and_comes_behind_one_of_text() -> None:
    numbers, texts = field("siret", *SIRETS, text=False), field("siret_texte", SIRETS[0])
    ranked = found(Purpose.SIRET, numbers, texts)
    assert [(each.field.name, each.spoilt) for each in ranked] == [("siret_texte", False), ("siret", True)]
    (rate,) = found(Purpose.VAT_RATE, field("vat_rate", "20", text=False))
    assert not rate.spoilt


def test_a_few_samples_stand_for_all_and_the_commonest_oddity_for_the_others() -> None:
    (only,) = found(Purpose.SIRET, field("siret", SIRETS[0], *SIRETS, "n/c", "n/c", "?", SIRETS[0]))
    assert only.samples == SIRETS
    assert only.oddity == "n/c"
    assert (only.filled, len(only.fitting), len(only.odd)) == (8, 5, 3)


@pytest.mark.parametrize(
    "typed", ["20", "20 %", "5,5", "5.5%", "TVA 20 %", "tva: 10", "2.1", "8.5", "0", "20.00"]
)
def test_rates_are_read_as_they_are_typed(typed: str) -> None:
    (only,) = found(Purpose.VAT_RATE, field("vat_rate", typed))
    assert only.fitting == (typed,)


@pytest.mark.parametrize("typed", ["19.6", "0.2", "33", "normal", "20/10"])
def test_what_is_no_rate_of_today_is_odd(typed: str) -> None:
    (only,) = found(Purpose.VAT_RATE, field("vat_rate", typed))
    assert only.oddity == typed


def test_rates_of_the_billing_account_are_rates_too() -> None:
    (only,) = found(Purpose.VAT_RATE, field("vat_rate", "21"), rates=(Decimal(21),))
    assert only.fitting == ("21",)


@pytest.mark.parametrize("typed", ["30", "30 jours fin de mois", "45 FDM", "à réception", "0"])
def test_terms_are_read_as_they_are_typed(typed: str) -> None:
    (only,) = found(Purpose.PAYMENT_TERMS, field("payment_terms", typed))
    assert only.fitting == (typed,)


@pytest.mark.parametrize("typed", ["365000", "-3", "virement", "F-2026-12"])
def test_what_is_no_term_is_odd(typed: str) -> None:
    (only,) = found(Purpose.PAYMENT_TERMS, field("payment_terms", typed))
    assert only.oddity == typed


@pytest.mark.parametrize("typed", ["fr", "FR", "fr-FR", "en_us", "Français", "anglais"])
def test_languages_are_read_as_they_are_typed(typed: str) -> None:
    (only,) = found(Purpose.LANGUAGE, field("language", typed))
    assert only.fitting == (typed,)


def test_a_person_compares_a_handful() -> None:
    many = (field(f"siret_{n}", *SIRETS[: n % 3]) for n in range(12))
    assert len(found(Purpose.SIRET, *many)) == MOST_CANDIDATES


def test_of_several_places_each_is_looked_at_the_first_where_both_are_alike() -> None:
    wanted = slot(Purpose.PAYMENT_TERMS, COMPANIES, DEALS)
    terms = field("payment_terms", "30")
    both = candidates(wanted, {DEALS: (terms,), COMPANIES: (terms,), LINES: (terms,)})
    assert [each.key for each in both] == ["companies.payment_terms", "deals.payment_terms"]
    (only,) = candidates(wanted, {DEALS: (terms,)})
    assert only.place.setting == "mapping.deals.payment_terms"
    assert candidates(wanted, {}) == ()

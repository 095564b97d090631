"""French and European numbers: the published test values, and what people type around them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raccord.domain.values.identifiers import (
    EU_COUNTRIES,
    clean,
    parse_siren,
    parse_siret,
    parse_vat_number,
    siren_of_vat_number,
)
from raccord.domain.values.parties import CustomerIdentity, IdentityKind
from tests.domain.samples import company


@pytest.mark.parametrize("siren", ["732829320", "123456782", "356000000"])
def test_a_valid_siren_is_kept_as_text(siren: str) -> None:
    assert parse_siren(siren) == siren


@pytest.mark.parametrize(
    "siret",
    [
        "73282932000074",
        "12345678200002",
        "12345678200010",
        "12345678200028",
        "35600000000048",
        "35600000049837",
    ],
)
def test_a_valid_siret_is_kept_and_names_its_siren(siret: str) -> None:
    assert parse_siret(siret) == siret
    assert parse_siren(siret) == siret[:9]


@pytest.mark.parametrize(
    "siret",
    [
        "73282932000079",
        "35600000049838",
        "7328293200007",
        "732829320000740",
        "7.32829E+13",
        "732829320",
        "",
        "—",
    ],
)
def test_what_is_no_siret_is_refused(siret: str) -> None:
    assert parse_siret(siret) is None


@pytest.mark.parametrize("siren", ["732829321", "73282932", "7328293200", "73282932000079", "7.32829E+8", ""])
def test_what_is_no_siren_is_refused(siren: str) -> None:
    assert parse_siren(siren) is None


def test_only_establishments_of_la_poste_use_the_digit_sum() -> None:
    assert sum(map(int, "35600000049837")) % 5 == sum(map(int, "73282932000081")) % 5 == 0
    assert parse_siret("35600000049837")
    assert parse_siret("73282932000081") is None


def test_a_siret_with_letters_is_left_to_a_person() -> None:
    assert parse_siret("MONACO00000001") is None


@pytest.mark.parametrize("zeros", ["000000000", "00000000000000", "000 000 000", "00000000000018"])
def test_zeros_typed_to_fill_a_mandatory_field_name_no_company(zeros: str) -> None:
    assert parse_siren(zeros) is None
    assert parse_siret(zeros) is None


def test_two_companies_with_zeros_for_a_siret_stay_two_customers() -> None:
    zeros = [CustomerIdentity.of(company(id=id, siret="0" * 14), "crm") for id in ("1", "2")]
    assert [z.kind for z in zeros] == [IdentityKind.CRM, IdentityKind.CRM]
    assert zeros[0].reference != zeros[1].reference


@pytest.mark.parametrize(
    "typed",
    [
        "732 829 320 00074",
        "732.829.320.00074",
        "732-829-320-00074",
        "732\u00a0829\u202f320 00074",
        " 73282932000074\n",
    ],
)
def test_separators_people_write_are_read_over(typed: str) -> None:
    assert parse_siret(typed) == "73282932000074"


@pytest.mark.parametrize(
    ("vat", "siren"),
    [
        ("FR44732829320", "732829320"),
        ("FR11123456782", "123456782"),
        ("FR39356000000", "356000000"),
    ],
)
def test_a_french_vat_number_holds_its_siren(vat: str, siren: str) -> None:
    assert int(siren + "12") % 97 == int(vat[2:4])
    assert parse_vat_number(vat) == vat
    assert siren_of_vat_number(vat) == siren


@pytest.mark.parametrize("key", [key for key in range(100) if key != 44])
def test_every_other_key_is_refused(key: int) -> None:
    assert parse_vat_number(f"FR{key:02d}732829320") is None


def test_a_key_with_letters_is_read_and_one_with_i_or_o_is_not() -> None:
    assert parse_vat_number("FRK7399859412") == "FRK7399859412"
    assert parse_vat_number("FRO7399859412") is None
    assert parse_vat_number("FRI7399859412") is None


def test_a_number_of_monaco_is_a_vat_number_without_a_siren() -> None:
    # The last nine digits pass the check of a SIREN by chance.
    assert parse_siren("000000018")
    monaco = f"FR{int('000000018' + '12') % 97:02d}000000018"
    assert parse_vat_number(monaco) == monaco
    assert siren_of_vat_number(monaco) is None


@pytest.mark.parametrize(
    ("typed", "compact"),
    [
        ("fr 44 732 829 320", "FR44732829320"),
        ("DE 136 695 976", "DE136695976"),
        ("ATU13585627", "ATU13585627"),
        ("EL094259216", "EL094259216"),
        ("GR 094259216", "EL094259216"),
        ("XI 366 303 068", "XI366303068"),
    ],
)
def test_a_european_number_is_compacted_with_its_prefix(typed: str, compact: str) -> None:
    assert parse_vat_number(typed) == compact


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "FR",
        "44732829320",
        "FR45732829320",
        "DE136695977",
        "GB980780684",
        "CHE-107.787.577 TVA",
        "XI123456789",
        "n/a",
    ],
)
def test_what_is_no_european_vat_number_is_refused(typed: str) -> None:
    assert parse_vat_number(typed) is None


def test_no_siren_is_read_out_of_a_foreign_number() -> None:
    assert siren_of_vat_number("DE136695976") is None


@given(st.text())
def test_no_text_makes_a_parser_fail(text: str) -> None:
    for parse in (parse_siren, parse_siret, parse_vat_number):
        found = parse(text)
        assert found is None or found.isascii()


@given(st.integers(1, 10**8 - 1))
def test_exactly_one_check_digit_makes_a_siren(stem: int) -> None:
    valid = [digit for digit in range(10) if parse_siren(f"{stem:08d}{digit}")]
    assert len(valid) == 1


@pytest.mark.parametrize(("place", "digit"), [(p, d) for p in range(9) for d in range(10)])
def test_one_mistyped_digit_is_always_noticed(place: int, digit: int) -> None:
    typed = "732829320"[:place] + str(digit) + "732829320"[place + 1 :]
    assert (parse_siren(typed) == typed) == (typed == "732829320")


def test_cleaning_keeps_letters_and_digits() -> None:
    assert clean(" fr-44.732 829/320 ") == "FR44732829320"


def test_the_union_has_27_members() -> None:
    assert len(EU_COUNTRIES) == 27
    assert not EU_COUNTRIES & {"GB", "CH", "NO", "MC", "EL"}


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ({"siren": "732829320", "siret": ""}, IdentityKind.SIREN, "732829320"),
        ({"siret": "73282932000074"}, IdentityKind.SIREN, "732829320"),
        ({"siret": "", "vat_number": "FR44732829320"}, IdentityKind.SIREN, "732829320"),
        ({"siren": "wrong", "siret": "73282932000074"}, IdentityKind.SIREN, "732829320"),
        ({"siret": "", "vat_number": "DE136695976"}, IdentityKind.VAT, "DE136695976"),
        ({"siret": ""}, IdentityKind.CRM, "crm:12"),
        ({"siret": "wrong", "vat_number": "wrong"}, IdentityKind.CRM, "crm:12"),
    ],
)
def test_a_customer_is_its_siren_else_its_vat_number_else_its_crm_company(
    typed: dict[str, str], kind: IdentityKind, value: str
) -> None:
    found = CustomerIdentity.of(company(**typed), "crm")
    assert (found.kind, found.value) == (kind, value)


def test_three_sites_of_one_company_are_one_customer() -> None:
    sites = ("12345678200002", "12345678200010", "12345678200028")
    assert len({CustomerIdentity.of(company(siret=s), "crm").reference for s in sites}) == 1


def test_the_reference_is_opaque_and_stable() -> None:
    found = CustomerIdentity.of(company(), "crm").reference
    # Billing systems hold this value: another one would make every customer a new one.
    assert found == "180014e654e279e86a4c"

"""A company of the CRM and a customer of the billing system are known by the same numbers."""

import pytest

from raccord.domain.values.parties import Company, Customer, CustomerIdentity, IdentityKind
from tests.domain.samples import SIREN, SIRET, VAT


@pytest.mark.parametrize(
    "numbers", [{"siren": SIREN}, {"vat_number": VAT}, {"vat_number": "BE0600610340"}], ids=str
)
def test_both_sides_derive_the_same_identity(numbers: dict[str, str]) -> None:
    company = Company.model_validate({"id": "12"} | numbers)
    customer = Customer.model_validate({"id": "cus_1"} | numbers)
    assert CustomerIdentity.of(company, "hubspot").reference == customer.identified_by


def test_our_reference_comes_first_and_without_any_number_nothing_tells() -> None:
    assert Customer(id="cus_1", reference="ours", siren=SIREN).identified_by == "ours"
    assert Customer(id="cus_1", vat_number="BE0600610341").identified_by == ""


def test_a_customer_with_a_siret_is_a_site_of_its_own() -> None:
    site = CustomerIdentity(kind=IdentityKind.SIRET, value=SIRET)
    assert Customer(id="cus_1", siren=SIREN, siret=SIRET).identified_by == site.reference

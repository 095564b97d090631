"""`raccord payments link` refuses what can be no deal's id: nobody would ever look at such a flow."""

import pytest

from tests.cli.conftest import Company


@pytest.mark.parametrize("typed", ["", " ", "abc", "12 34", "9001x", "deal/"])
def test_what_can_be_no_id_is_refused_with_how_one_looks(company: Company, typed: str) -> None:
    done = company.raccord("payments", "link", "in_1", typed)
    assert done.exit_code == 2, done.output
    assert "is no id of a deal: it is a number, like" in done.output


@pytest.mark.parametrize(
    "typed",
    ["https://app.hubspot.test/contacts/1/record/0-3/9001", "https://app.hubspot.test/deal/9001/", " 9001 "],
)
def test_the_id_within_an_address_is_proposed(company: Company, typed: str) -> None:
    done = company.raccord("payments", "link", "in_1", typed)
    assert done.exit_code == 2
    assert "Did you mean 9001?" in done.output

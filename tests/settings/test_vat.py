"""Rates and countries as people write them."""

from pathlib import Path

import pytest

from raccord.settings.configuration import BadSettings
from raccord.settings.load import read
from tests.settings.written import CONNECTIONS, configuration


@pytest.mark.parametrize("rate", ["200", "100.5", "-1"])
@pytest.mark.parametrize("setting", ["rates = [{rate}]", "default_rate = {rate}"])
def test_what_can_be_no_rate_is_refused(tmp_path: Path, rate: str, setting: str) -> None:
    with pytest.raises(BadSettings, match=rf"{rate} is no VAT rate; write percents, 20 for 20 %"):
        configuration(tmp_path, f"[vat]\n{setting.format(rate=rate)}")


@pytest.mark.parametrize(
    ("written", "code"),
    [("France", "FR"), ("fr", "FR"), ("Belgique", "BE"), ("Deutschland", "DE"), ("IT", "IT")],
)
def test_a_country_is_a_code_or_a_name(tmp_path: Path, written: str, code: str) -> None:
    file = tmp_path / "raccord.toml"
    file.write_text(f'vat.seller_country = "{written}"\n{CONNECTIONS}vat_country = "{written}"', "utf-8")
    found = read(file)
    assert found.settings.vat.seller_country == code
    assert getattr(found.billing.settings, "vat_country") == code  # noqa: B009 - a field of this vendor alone


def test_what_is_no_country_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"^vat\.seller_country: Frnce is no country; write FR or France"):
        configuration(tmp_path, '[vat]\nseller_country = "Frnce"')

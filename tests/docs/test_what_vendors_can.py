"""The page of what each vendor can do tells all that the code says, and of nobody who cannot be chosen."""

import pytest

from raccord.connectors.connection import Kind
from raccord.connectors.registry import vendors
from raccord.vendors import UNFINISHED
from tools.reference.vendors import CAN, MODELS, POLLED, SETTINGS_SAY, abilities, opened, playing

PLAYED = [(kind, name) for kind in Kind for name in playing(kind)]


def test_every_field_of_the_capabilities_is_told_or_left_to_the_settings() -> None:
    fields = {field for model in MODELS.values() for field in model.model_fields}
    assert set(MODELS) == set(Kind)
    assert CAN.keys() | SETTINGS_SAY == fields
    assert not CAN.keys() & SETTINGS_SAY


def test_every_vendor_that_can_be_chosen_is_there_and_no_other() -> None:
    page = abilities()
    assert {name for _, name in PLAYED} == set(vendors())
    assert all(f"[`{name}`]" in page for name in vendors())
    assert not any(name in page for name in UNFINISHED)


@pytest.mark.parametrize(("kind", "name"), PLAYED)
def test_what_it_says_of_itself_is_of_its_kind(kind: Kind, name: str) -> None:
    vendor, port = opened(kind, name)
    assert type(port.capabilities) is MODELS[kind]
    assert bool(vendor.webhooks) == bool(vendor.tells), "what sends webhooks says which records they name"
    assert [method for method in POLLED.get(kind, ()) if not callable(getattr(port, method, None))] == []

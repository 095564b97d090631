"""What each pair of the demo plays: nothing that another one plays is passed over in silence."""

import pytest

from starters.demo.programmes import PROGRAMMES, Programme

DEFAULT = PROGRAMMES["hubspot-stripe"]


def _names(programme: Programme) -> list[str]:
    """Whoever is down has another name in each pair."""
    name = programme.pair.billing.name
    return [each.name.removeprefix(f"{name}-") for each in programme.scenarios]


@pytest.mark.parametrize("programme", PROGRAMMES.values(), ids=PROGRAMMES)
def test_what_the_first_pair_plays_is_played_or_left_out_with_a_reason(programme: Programme) -> None:
    left_out = [each.name for each in programme.left_out]
    assert set(_names(DEFAULT)) <= {*_names(programme), *left_out}
    assert not {*_names(programme)} & {*left_out}


@pytest.mark.parametrize("programme", PROGRAMMES.values(), ids=PROGRAMMES)
def test_a_pair_is_called_after_its_vendors(programme: Programme) -> None:
    crm, billing = programme.pair.connections
    assert PROGRAMMES[f"{crm}-{billing}"] is programme

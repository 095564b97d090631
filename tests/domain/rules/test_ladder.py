"""How far a deal may go: never past the settings, one rung at a time up, and down at once."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raccord.domain.rules.ladder import (
    DRAFT,
    EVERYBODY,
    LIVE,
    SHADOW,
    Place,
    Refused,
    Rung,
    Scope,
    ScopeKind,
    demoted,
    promoted,
    rung_for,
    standing,
)
from raccord.domain.rules.modes import Mode
from raccord.domain.rules.rollout import Rollout
from raccord.domain.values.parties import Owner
from tests.domain.samples import deal, policy

LEA = Scope(kind=ScopeKind.OWNER, id="71", name="Léa Martin")
PILOTS = Scope(kind=ScopeKind.PIPELINE, id="pilots")
HERS = deal(owner=Owner(id="71", email="Lea@acme.fr"), pipeline="pilots")
UNDER_1000 = Rung(mode=Mode.LIVE, up_to=Decimal(1000))

RUNGS = st.sampled_from([SHADOW, DRAFT, UNDER_1000, Rung(mode=Mode.LIVE, up_to=Decimal(50)), LIVE])
SCOPES = st.sampled_from([LEA, PILOTS, EVERYBODY, Scope(kind=ScopeKind.OWNER, id="lea@ACME.fr")])
PLACES = st.lists(st.builds(Place, scope=SCOPES, rung=RUNGS), unique_by=lambda p: p.scope.key).map(tuple)
BEGIN = st.sampled_from([None, *Mode])


def at(*pairs: tuple[Scope, Rung]) -> tuple[Place, ...]:
    return tuple(Place(scope=scope, rung=rung) for scope, rung in pairs)


@pytest.mark.parametrize(
    ("places", "begin", "expected"),
    [
        ((), None, LIVE),
        ((), Mode.SHADOW, SHADOW),
        (at((EVERYBODY, DRAFT)), Mode.SHADOW, DRAFT),
        (at((LEA, UNDER_1000)), Mode.SHADOW, UNDER_1000),
        (at((LEA, LIVE), (PILOTS, DRAFT)), Mode.SHADOW, DRAFT),
        (at((LEA, DRAFT), (EVERYBODY, LIVE)), None, DRAFT),
        (at((LEA, LIVE), (EVERYBODY, SHADOW)), None, LIVE),
        (at((Scope(kind=ScopeKind.OWNER, id="lea@ACME.fr"), SHADOW)), None, SHADOW),
        (at((Scope(kind=ScopeKind.OWNER, id="9"), SHADOW)), None, LIVE),
    ],
)
def test_a_deal_is_on_the_lower_rung_of_its_salesperson_and_its_pipeline(
    places: tuple[Place, ...], begin: Mode | None, expected: Rung
) -> None:
    assert rung_for(HERS, places, begin, Mode.LIVE) == expected


def test_one_rung_at_a_time_leads_from_shadow_to_live() -> None:
    draft = promoted(SHADOW, None, Mode.LIVE)
    small = promoted(draft, Decimal(1000), Mode.LIVE)
    larger = promoted(small, Decimal(5000), Mode.LIVE)
    assert (draft, small, larger.up_to) == (DRAFT, UNDER_1000, Decimal(5000))
    assert promoted(larger, None, Mode.LIVE) == LIVE


@pytest.mark.parametrize(
    ("now", "under", "ceiling", "code"),
    [
        (SHADOW, None, Mode.SHADOW, "ladder.ceiling"),
        (DRAFT, Decimal(1000), Mode.DRAFT, "ladder.ceiling"),
        (SHADOW, Decimal(1000), Mode.LIVE, "ladder.draft_first"),
        (DRAFT, None, Mode.LIVE, "ladder.how_much"),
        (UNDER_1000, Decimal(1000), Mode.LIVE, "ladder.not_higher"),
        (LIVE, None, Mode.LIVE, "ladder.top"),
    ],
)
def test_a_step_that_is_none_is_refused_with_its_reason(
    now: Rung, under: Decimal | None, ceiling: Mode, code: str
) -> None:
    with pytest.raises(Refused, match=code):
        promoted(now, under, ceiling)


@pytest.mark.parametrize(("now", "to"), [(SHADOW, SHADOW), (DRAFT, DRAFT), (DRAFT, UNDER_1000)])
def test_a_demotion_goes_down(now: Rung, to: Rung) -> None:
    for scope in (LEA, EVERYBODY):
        with pytest.raises(Refused, match=r"ladder\.not_lower"):
            demoted(scope, to, at((scope, now)), Mode.SHADOW, Mode.LIVE)
    assert demoted(LEA, UNDER_1000, at((LEA, LIVE)), None, Mode.LIVE) == at((LEA, UNDER_1000))


def test_everybody_brings_down_whoever_stands_higher_and_takes_nobody_up() -> None:
    places = at((LEA, LIVE), (PILOTS, DRAFT))
    assert demoted(EVERYBODY, UNDER_1000, places, Mode.SHADOW, Mode.LIVE) == at((LEA, UNDER_1000))
    assert demoted(EVERYBODY, SHADOW, (), None, Mode.LIVE) == at((EVERYBODY, SHADOW))


def test_a_rung_above_the_settings_comes_down_before_the_settings_let_it_count_again() -> None:
    places = at((LEA, LIVE), (EVERYBODY, LIVE))
    assert demoted(LEA, DRAFT, places, None, Mode.DRAFT) == at((LEA, DRAFT))
    assert demoted(EVERYBODY, DRAFT, places, None, Mode.DRAFT) == at((EVERYBODY, DRAFT), (LEA, DRAFT))


def test_who_has_no_rung_of_their_own_may_stand_higher_through_a_pipeline() -> None:
    places = at((PILOTS, LIVE))
    assert demoted(LEA, SHADOW, places, Mode.SHADOW, Mode.LIVE) == at((LEA, SHADOW))
    with pytest.raises(Refused, match=r"ladder\.up_by_demotion"):
        demoted(LEA, DRAFT, places, Mode.SHADOW, Mode.LIVE)


def test_who_cannot_be_looked_for_goes_down_wherever_they_stand_under_another_name() -> None:
    hers = Scope(kind=ScopeKind.OWNER, id="lea@acme.fr")
    (given,) = demoted(hers, SHADOW, at((LEA, LIVE)), Mode.SHADOW, Mode.LIVE, checked=False)
    assert rung_for(HERS, (*at((LEA, LIVE)), given), Mode.SHADOW, Mode.LIVE) == SHADOW
    with pytest.raises(Refused, match=r"ladder\.up_by_demotion"):
        demoted(hers, DRAFT, (), Mode.SHADOW, Mode.LIVE, checked=False)


@settings(max_examples=80, deadline=None)
@given(places=PLACES, begin=BEGIN, ceiling=st.sampled_from(list(Mode)))
def test_nobody_gets_past_the_settings(places: tuple[Place, ...], begin: Mode | None, ceiling: Mode) -> None:
    ceiled = Rung(mode=ceiling)
    assert rung_for(HERS, places, begin, ceiling).height <= ceiled.height
    assert standing(LEA, places, begin, ceiling).height <= ceiled.height


@settings(max_examples=150, deadline=None)
@given(
    scope=SCOPES,
    places=PLACES,
    begin=BEGIN,
    ceiling=st.sampled_from(list(Mode)),
    to=RUNGS,
    checked=st.booleans(),
)
def test_a_demotion_takes_no_deal_up_and_those_it_names_down(
    *, scope: Scope, places: tuple[Place, ...], begin: Mode | None, ceiling: Mode, to: Rung, checked: bool
) -> None:
    try:
        given_now = demoted(scope, to, places, begin, ceiling, checked=checked)
    except Refused:
        return
    after = tuple({place.scope.key: place for place in (*places, *given_now)}.values())
    for each in (HERS, deal(), deal(pipeline="pilots"), deal(owner=HERS.owner)):
        rung = rung_for(each, after, begin, ceiling)
        assert rung.height <= rung_for(each, places, begin, ceiling).height
        if scope == EVERYBODY or scope.covers(each):
            assert rung.height <= to.height


def test_a_rung_is_the_mode_and_the_amount_of_the_policy() -> None:
    ruled = policy(
        places=at((LEA, UNDER_1000)), approve_above=Decimal(5000), rollout=Rollout(begin=Mode.SHADOW)
    )
    hers, others = ruled.for_deal(HERS), ruled.for_deal(deal())
    assert (hers.mode, hers.approve_above) == (Mode.LIVE, Decimal(1000))
    assert hers.needs_approval(Decimal("1000.01"))
    assert not hers.needs_approval(Decimal(1000))
    assert others.mode is Mode.SHADOW


def test_without_a_ladder_nothing_of_the_policy_changes() -> None:
    assert policy().for_deal(HERS) == policy()

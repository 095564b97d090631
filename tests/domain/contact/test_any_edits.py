"""Whatever people edit, in whatever order: both sides come to say the same, with no write too many."""

import random

from hypothesis import given
from hypothesis import strategies as st

from raccord.domain.rules.contact import Standing
from raccord.domain.values.address import Address
from raccord.domain.values.details import Field, Side
from tests.domain.contact.world import NEWEST, World

VALUES: dict[Field, tuple[object, ...]] = {
    Field.NAME: ("Acme", "Rubis", "Rubis SAS"),
    Field.EMAIL: ("a@acme.fr", "B@acme.fr", "c@acme.fr"),
    Field.PHONE: ("01 42 68 53 00", "+33 4 72 00 00 00", "04 99 99 99 99"),
    Field.ADDRESS: tuple(
        Address(line1=f"{n} rue de la Paix", postal_code="75002", city="Paris", country="FR")
        for n in (1, 2, 3)
    ),
}
EDIT = st.tuples(
    st.sampled_from(list(Side)), st.sampled_from(list(VALUES)), st.integers(min_value=0, max_value=2)
)
"""A person types the value of this place on this side; None instead: a look."""
LIFE = st.lists(st.one_of(st.none(), EDIT), max_size=14)
RULE = st.sampled_from((Standing.CRM, Standing.BILLING, Standing.NEWEST))


def _live(life: list[tuple[Side, Field, int] | None], standings: dict[Field, Standing]) -> World:
    world = World(standings=standings)
    world.look()
    for moment in life:
        if moment is None:
            world.look()
        else:
            side, field, place = moment
            world.types(side, **{field.value: VALUES[field][place]})
    return world


@given(life=LIFE, rule=RULE)
def test_both_sides_come_to_say_the_same(life: list[tuple[Side, Field, int] | None], rule: Standing) -> None:
    world = _live(life, dict.fromkeys(Field, rule))
    world.look()
    (pair,) = world.pairs()
    assert {field: pair.now(field).alike for field in VALUES} == dict.fromkeys(VALUES, True)


@given(life=LIFE, rule=st.sampled_from(list(Standing)), tells=st.booleans())
def test_no_side_is_written_more_often_than_the_other_was_edited_and_no_echo_is(
    life: list[tuple[Side, Field, int] | None], rule: Standing, tells: bool
) -> None:
    world = _live([], dict.fromkeys(Field, rule))
    world.crm.tells_edits = world.billing.tells_edits = tells
    for moment in life:
        if moment is None:
            world.look(lambda _: "crm")
        else:
            side, field, place = moment
            world.types(side, **{field.value: VALUES[field][place]})
    world.look(lambda _: "crm")
    for side in Side:
        for field in VALUES:
            typed = sum(1 for each in life if each and each[:2] == (side.other, field))
            ours = sum(1 for _, fields in world.side(side).wrote if field in fields)
            assert ours <= typed
    after = world.look()
    assert (after.writes, after.doubts, after.agreed) == ((), (), {})


@given(life=LIFE, seed=st.integers(min_value=0, max_value=9))
def test_the_order_of_the_fields_does_not_matter(
    life: list[tuple[Side, Field, int] | None], seed: int
) -> None:
    fields = list(Field)
    random.Random(seed).shuffle(fields)  # noqa: S311
    one, other = _live(life, NEWEST), _live(life, {field: NEWEST[field] for field in fields})
    for world in (one, other):
        world.look()
    assert [one.says(side) for side in Side] == [other.says(side) for side in Side]


@given(edits=st.lists(EDIT, max_size=8), seed=st.integers(min_value=0, max_value=9))
def test_looks_between_the_edits_change_nothing_about_what_stands(
    edits: list[tuple[Side, Field, int]], seed: int
) -> None:
    """By the newest word, whether each edit is delivered at once, late, or twice."""
    chance = random.Random(seed)  # noqa: S311
    often: list[tuple[Side, Field, int] | None] = []
    for edit in edits:
        often += [edit, *([None] * chance.randrange(3))]
    seldom, looked = _live(list(edits), NEWEST), _live(often, NEWEST)
    for world in (seldom, looked):
        world.look()
    (one,), (other,) = seldom.pairs(), looked.pairs()
    typed = {field for _, field, _ in edits}
    assert {f: one.now(f).alike and other.now(f).alike for f in typed} == dict.fromkeys(typed, True)

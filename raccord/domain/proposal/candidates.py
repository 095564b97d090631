"""Which fields of the CRM's may serve a purpose: by what they are called, and by what stands in them."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from raccord.domain.proposal.shapes import Shape, named, shape
from raccord.domain.values.described import Place, Purpose, SeenField, Slot

MOST_CANDIDATES = 4
"""A person compares so many at a glance; one further down is hardly meant."""
SAMPLES = 3
_ALWAYS_TEXT = frozenset((Purpose.SIRET, Purpose.SIREN))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A field that may serve, at the place whose setting would name it."""

    place: Place
    field: SeenField
    named: bool
    """Whether its name says so."""
    fitting: tuple[str, ...] = ()
    """Those of its values that look as they should."""
    odd: tuple[str, ...] = ()
    """The others, which people typed there all the same."""
    spoilt: bool = False
    """Whether it cannot keep all that belongs there: it is a field of numbers, which lose leading zeros."""

    @property
    def key(self) -> str:
        """How a person names it: `companies.siret`."""
        return f"{self.place.kind}.{self.field.name}"

    @property
    def well(self) -> bool:
        """Whether at least half of what stands there looks as it should; of an empty one nobody knows."""
        return len(self.fitting) >= len(self.odd)

    @property
    def filled(self) -> int:
        return len(self.field.values)

    @property
    def samples(self) -> tuple[str, ...]:
        """A few values that look as they should, no two alike."""
        return tuple(dict.fromkeys(self.fitting))[:SAMPLES]

    @property
    def oddity(self) -> str:
        """The value that most of the others are; empty where there are none."""
        return Counter(self.odd).most_common(1)[0][0] if self.odd else ""


def candidates(
    slot: Slot, fields: Mapping[str, Collection[SeenField]], *, rates: Collection[Decimal] = ()
) -> tuple[Candidate, ...]:
    """Return the fields that may serve, the likeliest first; perhaps none. `rates`: see `shape`."""
    shaped = shape(slot.purpose, rates)
    found = [
        judged
        for place in slot.places
        for each in fields.get(place.kind, ())
        if (judged := _judged(slot, place, each, shaped))
    ]
    return tuple(sorted(found, key=lambda each: _rank(slot, each)))[:MOST_CANDIDATES]


def _judged(slot: Slot, place: Place, seen: SeenField, shaped: Shape) -> Candidate | None:
    fitting = tuple(value for value in seen.values if shaped.fits(value))
    odd = tuple(value for value in seen.values if not shaped.fits(value))
    by_name = named(slot.purpose, seen.name, seen.label)
    spoilt = slot.purpose in _ALWAYS_TEXT and not seen.text
    judged = Candidate(place, seen, by_name, fitting, odd, spoilt)
    return judged if judged.named or _told_by_its_values(judged, shaped) else None


def _told_by_its_values(judged: Candidate, shaped: Shape) -> bool:
    return (
        shaped.telling
        and len(judged.fitting) >= shaped.at_least
        and len(judged.fitting) >= shaped.share * judged.filled
    )


def _rank(slot: Slot, judged: Candidate) -> tuple[object, ...]:
    """Order by what speaks for it. A field that holds something goes before an empty one of a better name."""
    proven = bool(judged.fitting) and judged.well
    return (
        not proven,
        # Full of something else: worse than empty.
        bool(judged.odd) and not judged.well,
        judged.spoilt,
        not judged.named,
        judged.field.name != slot.made,
        -len(judged.fitting),
        slot.places.index(judged.place),
        judged.field.name,
    )

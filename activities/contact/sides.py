"""Reading and writing a customer's details on one side; each connection runs these on its own queue."""

import hashlib

from temporalio import activity

from activities.effects import Effect, Effects, cause
from raccord.connectors.details import DetailsReader, DetailsWriter
from raccord.domain.contact.said import essence, shown
from raccord.domain.values.base import Value
from raccord.domain.values.details import Changes, Details, Field, Side, Sight


class Overwrite(Value):
    """What one side's record gets, and from where."""

    connection: str
    """Of the side that is written."""
    record_id: str
    changes: Changes
    origin: Side | None = None
    """Whose values they are; None where a person has old ones put back."""
    undoes: int | None = None
    """The audit row whose old values they are."""
    typed_by: dict[Field, str] = {}
    """Who typed the values, as far as known."""
    actor: str = ""
    """Who said that they are written, where a person did; opaque."""


class SideReads:
    def __init__(self, details: DetailsReader) -> None:
        self._details = details

    @activity.defn(name="contact.read")
    async def read(self, record_id: str) -> Sight:
        """Read a record as it lives now; one that is deleted is `gone`."""
        return await self._details.read_details(record_id)


class SideWrites:
    def __init__(self, details: DetailsWriter, effects: Effects) -> None:
        self._details = details
        self._effects = effects

    @activity.defn(name="contact.write")
    async def write(self, wanted: Overwrite) -> Sight:
        """Write the fields unless they stand there already; return what the record says right afterwards.

        The same may be wanted again later: what is there decides, not the key.
        """
        record, changes = wanted.record_id, wanted.changes

        async def look() -> Sight | None:
            found = await self._details.read_details(record)
            return found if _says(found.details, changes) else None

        async def write(key: str) -> Sight:
            await self._details.write_details(record, changes, key=key)
            return await self._details.read_details(record)

        return await self._effects.once(
            Effect(
                key=f"contact/{wanted.connection}/{record}/{_digest(changes)}",
                name="contact.write",
                object=f"{wanted.connection}:{record}",
                cause=cause(),
                request=_request(wanted),
                before=_shown(changes, changes.expected),
            ),
            look=look,
            write=write,
            write_looks=True,
            # A vendor may write a value in its own way: what it shows afterwards is taken as it is.
            read_back=False,
        )


def _says(details: Details, changes: Changes) -> bool:
    return all(essence(details, each) == essence(changes.details, each) for each in changes.fields)


def _request(wanted: Overwrite) -> dict[str, object]:
    return {
        "fields": _shown(wanted.changes, wanted.changes.details),
        "origin": wanted.origin.value if wanted.origin else "",
        "undoes": wanted.undoes,
        "typed_by": {field.value: who for field, who in wanted.typed_by.items()},
        "actor": wanted.actor,
    }


def _shown(changes: Changes, details: Details) -> dict[str, object]:
    """Return the values as the audit keeps them: the whole address, so that it can be written back."""
    values = details.model_dump(mode="json")
    kept = {each.value: values[each.value] for each in sorted(changes.fields)}
    return kept | ({"country_text": values["country_text"]} if Field.ADDRESS in changes.fields else {})


def _digest(changes: Changes) -> str:
    fields = sorted(changes.fields)
    both = (shown(each, field) for each in (changes.expected, changes.details) for field in fields)
    said = "\n".join((*fields, *both))
    return hashlib.sha256(said.encode()).hexdigest()[:16]

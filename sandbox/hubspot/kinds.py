"""The object types and the associations between them (type ids from HubSpot's own client and docs)."""

from dataclasses import dataclass

from sandbox.hubspot.errors import invalid


@dataclass(frozen=True)
class Kind:
    """One object type. `plural` names it in paths, `modified` is its modification-date property."""

    plural: str
    singular: str
    type_id: str
    defaults: tuple[str, ...]
    created: str = "createdate"
    modified: str = "hs_lastmodifieddate"

    @property
    def always(self) -> tuple[str, ...]:
        """Returned by a read whatever was asked for."""
        return ("hs_object_id", self.created, self.modified)


KINDS = {
    kind.plural: kind
    for kind in (
        Kind("deals", "deal", "0-3", ("amount", "closedate", "dealname", "dealstage", "pipeline")),
        Kind("companies", "company", "0-2", ("domain", "name")),
        Kind("contacts", "contact", "0-1", ("email", "firstname", "lastname"), modified="lastmodifieddate"),
        Kind("line_items", "line_item", "0-8", ()),
        Kind("tasks", "task", "0-27", (), created="hs_createdate"),
        Kind("notes", "note", "0-46", (), created="hs_createdate"),
    )
}
MERGEABLE = ("deals", "companies", "contacts")


@dataclass(frozen=True)
class Link:
    """One association type: its id in this direction and back."""

    origin: str
    target: str
    type_id: int
    back: int
    label: str | None = None
    primary: bool = False


_LINKS = (
    Link("deals", "companies", 341, 342),
    Link("deals", "companies", 5, 6, "Primary", primary=True),
    Link("deals", "contacts", 3, 4),
    Link("deals", "line_items", 19, 20),
    Link("contacts", "companies", 279, 280),
    Link("contacts", "companies", 1, 2, "Primary", primary=True),
    Link("contacts", "companies", 931, 930, "Billing contact"),
    Link("tasks", "deals", 216, 215),
    Link("tasks", "companies", 192, 191),
    Link("tasks", "contacts", 204, 203),
    Link("notes", "deals", 214, 213),
    Link("notes", "companies", 190, 189),
    Link("notes", "contacts", 202, 201),
)
LINKS = {
    (link.origin, link.target, link.type_id): link
    for forward in _LINKS
    for link in (
        forward,
        Link(forward.target, forward.origin, forward.back, forward.type_id, forward.label, forward.primary),
    )
}

_BY_NAME = {name: kind for kind in KINDS.values() for name in (kind.plural, kind.singular, kind.type_id)}


def kind_named(name: str) -> Kind:
    """The type by plural, singular or type id; refused as HubSpot refuses a type it cannot infer."""
    if name not in _BY_NAME:
        raise invalid(f"Unable to infer object type from: {name}")
    return _BY_NAME[name]


def plain_link(origin: str, target: str) -> Link:
    """The unlabelled association between two types."""
    for link in LINKS.values():
        if (link.origin, link.target) == (origin, target) and link.label is None:
            return link
    raise invalid(f"No association types exist between {origin} and {target}")

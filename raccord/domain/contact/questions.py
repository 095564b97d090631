"""What flow 4 asks: whose value stands, whether a value is meant, and in draft mode whether to write."""

from raccord.domain.contact.agreed import Pair
from raccord.domain.contact.answers import ALWAYS, NEVERTHELESS, SAME_CUSTOMER
from raccord.domain.contact.meant import NUMBERS
from raccord.domain.contact.merge import left_out
from raccord.domain.contact.plan import Carrying, Doubt, Topic
from raccord.domain.contact.said import shown
from raccord.domain.contact.validity import Flaw, flaw
from raccord.domain.contact.wording import FIELDS, becomes, named, typed
from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.desk.question import Ask, Detail, Option, Question, watch_key
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.details import Field, Side
from raccord.domain.values.email import parse_email
from raccord.domain.values.message import RecordName, message
from raccord.domain.values.parties import Owner
from raccord.domain.values.subject import Subject

FLOW = "ContactSync"
"""The workflow's type, as questions name it."""
WRITE = "write"
_CODES = {Field.EMAIL: "billing_email"}
"""Where a field is called otherwise in the catalogs than here."""


def ask_about(doubt: Doubt, pairs: dict[str, Pair], clock: BusinessClock) -> Ask:
    """Ask about a doubt, given the pairs by their companies; moments are told in the clock's zone."""
    pair = pairs[doubt.companies[0]]
    match doubt.topic:
        case Topic.CONFLICT:
            return conflict(pair, doubt.fields[0], clock)
        case Topic.RIVALS:
            return rivals(tuple(pairs[each] for each in doubt.companies), doubt.fields[0], clock)
        case Topic.ENTITY:
            return another_entity(pair, doubt.fields, doubt.origin or Side.CRM, clock)
        case Topic.INVALID:
            return invalid(
                pair, doubt.fields[0], doubt.origin or Side.CRM, doubt.flaw or Flaw.CHECK_DIGITS, clock
            )


def conflict(pair: Pair, field: Field, clock: BusinessClock) -> Ask:
    record = named(pair, Side.CRM)
    found = problem(
        Cause.CONTACT_CONFLICT,
        record,
        _CODES.get(field, field.value),
        "contact.conflict",
        crm=shown(pair.crm.details, field),
        billing=shown(pair.billing.details, field),
    )
    offered = tuple(side for side in Side if _bearable(pair, field, side))
    # A number says which company it is: whose word counts is no matter of a rule.
    always = () if field in NUMBERS else offered
    return Ask(
        step=f"conflict {field}",
        cause=Cause.CONTACT_CONFLICT,
        title=message("contact.conflict.title", field=FIELDS[field], customer=record),
        problems=(found,),
        details=tuple(typed(pair, field, side, clock) for side in Side),
        options=(
            *(
                Option(
                    id=side.value,
                    label=message(_TAKES[side], value=shown(pair.sight(side).details, field)),
                )
                for side in offered
            ),
            *(
                Option(
                    id=f"{ALWAYS} {side}",
                    label=message(_ALWAYS[side], field=FIELDS[field]),
                )
                for side in always
            ),
        ),
        skip=message("contact.apart"),
    )


def rivals(pairs: tuple[Pair, ...], field: Field, clock: BusinessClock) -> Ask:
    """Both sides were edited since they agreed."""
    customer = named(pairs[0], Side.BILLING)
    said = tuple(shown(each.crm.details, field) for each in pairs)
    found = problem(
        Cause.CONTACT_CONFLICT,
        customer,
        _CODES.get(field, field.value),
        "contact.rivals",
        companies=tuple(named(each, Side.CRM) for each in pairs),
        values=said,
    )
    return Ask(
        step=f"rivals {field}",
        cause=Cause.CONTACT_CONFLICT,
        title=message("contact.rivals.title", field=FIELDS[field], customer=customer),
        problems=(found,),
        details=tuple(typed(each, field, Side.CRM, clock) for each in pairs),
        options=tuple(
            Option(id=each.company, label=message("contact.take_rival", value=value))
            for each, value in zip(pairs, said, strict=True)
        ),
        skip=message("contact.apart"),
    )


def another_entity(pair: Pair, fields: tuple[Field, ...], origin: Side, clock: BusinessClock) -> Ask:
    """Several companies of one customer say different things."""
    record = named(pair, origin)
    found = tuple(
        problem(
            Cause.LEGAL_ENTITY,
            record,
            field.value,
            "contact.entity",
            value=shown(pair.sight(origin).details, field),
            customer=named(pair, origin.other),
        )
        for field in fields
    )
    return Ask(
        step="entity",
        cause=Cause.LEGAL_ENTITY,
        title=message("contact.entity.title", customer=record),
        problems=found,
        details=tuple(typed(pair, field, side, clock) for field in fields for side in Side),
        options=(Option(id=SAME_CUSTOMER, label=message("contact.same_customer")),),
        skip=message("contact.apart"),
    )


def invalid(pair: Pair, field: Field, origin: Side, found: Flaw, clock: BusinessClock) -> Ask:
    """The numbers name another legal entity now."""
    record = named(pair, origin)
    wrong = _wrong(record, _CODES.get(field, field.value), shown(pair.sight(origin).details, field), found)
    return Ask(
        step=f"invalid {field}",
        cause=Cause.CONTACT_INVALID,
        title=message("contact.invalid.title", field=FIELDS[field], customer=record),
        problems=(wrong,),
        details=tuple(typed(pair, field, side, clock) for side in (origin, origin.other)),
        options=(Option(id=NEVERTHELESS, label=message("contact.nevertheless")),) if found.bearable else (),
        skip=message("contact.apart"),
    )


def may_they_be_written(pair: Pair, carrying: Carrying) -> Ask:
    """A value that would go over cannot be right."""
    """In draft mode a person says of each write whether it is made."""
    record = named(pair, carrying.origin.other)
    source, target = pair.sight(carrying.origin).details, pair.sight(carrying.origin.other).details
    return Ask(
        step=f"approve {carrying.origin}",
        cause=Cause.APPROVAL,
        title=message("contact.approve.title", customer=record),
        problems=(problem(Cause.APPROVAL, record, "", _APPROVES[carrying.origin]),),
        details=tuple(
            Detail(
                label=FIELDS[field],
                value=becomes(shown(target, field), shown(source, field)),
                listed=True,
            )
            for field in carrying.fields
        ),
        options=(Option(id=WRITE, label=message("contact.write")),),
        skip=message("contact.apart"),
    )


def about_customer(subject: Subject, crm: str, pairs: tuple[Pair, ...], ask: Ask) -> Question:
    """Put an ask into the context of its customer; whatever changes on either side answers it."""
    billing = pairs[0].billing if pairs else None
    return Question(
        **dict(ask),
        flow=FLOW,
        subject=subject,
        watched=(
            watch_key(subject.connection, "customer", subject.id),
            *(watch_key(crm, "company", each.crm.record.id) for each in pairs),
        ),
        name=billing.record.name if billing else "",
        url=billing.url if billing else "",
        owner=_owner(pairs),
    )


def _bearable(pair: Pair, field: Field, side: Side) -> bool:
    found = flaw(pair.sight(side), field)
    return not left_out(pair, field, side) and (found is None or found.bearable)


def _wrong(record: RecordName, field: str, value: str, found: Flaw) -> Problem:
    return problem(Cause.CONTACT_INVALID, record, field, _FLAWS[found], value=value)


def _owner(pairs: tuple[Pair, ...]) -> Owner | None:
    """Return who typed last in the CRM, where their address is known: they are called to the question."""
    edits = [(edit, each.crm.owner_id) for each in pairs for edit in each.crm.edits.values()]
    typed = [(edit.at, edit.by, owner) for edit, owner in edits if edit.at and not edit.ours]
    _, by, owner = max(typed, default=(None, "", ""))
    return Owner(id=owner, email=by) if owner and parse_email(by) == by else None


_TAKES = {Side.CRM: "contact.take.crm", Side.BILLING: "contact.take.billing"}
_ALWAYS = {Side.CRM: "contact.always.crm", Side.BILLING: "contact.always.billing"}
_APPROVES = {Side.CRM: "contact.approve.billing", Side.BILLING: "contact.approve.crm"}
_FLAWS = {
    Flaw.CHECK_DIGITS: "contact.flaw.check_digits",
    Flaw.OTHER_SIREN: "contact.flaw.other_siren",
    Flaw.UNVERIFIED: "contact.flaw.unverified",
    Flaw.POSTAL_CODE: "contact.flaw.postal_code",
    Flaw.COUNTRY: "contact.flaw.country",
    Flaw.EMAIL: "contact.flaw.email",
}


def unwanted(doubts: tuple[Doubt, ...], pairs: dict[str, Pair], clock: BusinessClock) -> tuple[Problem, ...]:
    """Return what a person would be asked, where nobody is."""
    return tuple(found for doubt in doubts for found in ask_about(doubt, pairs, clock).problems)

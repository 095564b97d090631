"""How a proof reads: a table in a terminal, and a page that finance keeps."""

from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from raccord.domain.proof.gap import Gap, GapKind, Standing
from raccord.domain.proof.proof import Proof, Sum
from raccord.domain.values.message import Message, Param, Price, message
from raccord.texts import formats
from raccord.texts.speech import say, say_param

_KINDS = {
    GapKind.NOT_INVOICED: message("gap.not_invoiced"),
    GapKind.NOT_SHOWN: message("gap.not_shown"),
    GapKind.OF_NO_DEAL: message("gap.of_no_deal"),
    GapKind.SHOWN_OTHERWISE: message("gap.shown_otherwise"),
    GapKind.AMOUNTS_DIFFER: message("gap.amounts_differ"),
    GapKind.CURRENCIES_DIFFER: message("gap.currencies_differ"),
    GapKind.CREDIT_UNSEEN: message("gap.credit_unseen"),
    GapKind.PAID_NOT_MARKED: message("gap.paid_not_marked"),
    GapKind.MARKED_NOT_PAID: message("gap.marked_not_paid"),
    GapKind.NOT_REMINDED: message("gap.not_reminded"),
    GapKind.DRIFTED: message("gap.drifted"),
    GapKind.DOUBLED_CUSTOMER: message("gap.doubled_customer"),
    GapKind.UNREADABLE: message("gap.unreadable"),
}
_NEXT = {
    GapKind.OF_NO_DEAL: message("gap.next.of_no_deal"),
    GapKind.DOUBLED_CUSTOMER: message("gap.next.doubled_customer"),
    GapKind.UNREADABLE: message("gap.next.unreadable"),
}
_STANDINGS = {
    Standing.LOOKED_AT: message("gap.looked_at"),
    Standing.ASKED: message("gap.asked"),
    Standing.FOR_A_PERSON: message("gap.for_a_person"),
}
_REASONS = {
    "not_for_us": message("proof.explained.not_for_us"),
    "closed": message("proof.explained.closed"),
    "shadow": message("proof.explained.shadow"),
    "problems": message("proof.explained.problems"),
}
HEADINGS = (
    message("proof.heading.gap"),
    message("proof.heading.what"),
    message("proof.heading.invoice"),
    message("proof.heading.here"),
    message("proof.heading.there"),
    message("proof.heading.age"),
    message("proof.heading.next"),
)
NUMBERS = HEADINGS[3:6]


def headline(proof: Proof) -> Message:
    """Say a proof in one sentence."""
    deals = message("proof.count.deals", count=proof.deals)
    invoices = message("proof.count.invoices", count=proof.invoices)
    gaps = message("proof.count.gaps", count=proof.count)
    return message("proof.headline", day=proof.day, deals=deals, invoices=invoices, gaps=gaps)


def explained(proof: Proof, language: str) -> list[str]:
    """Say why won deals have no invoice, where that is known."""
    return [
        say(message("proof.explained", count=each.count, reason=_REASONS[each.reason]), language)
        for each in proof.explained
        if each.reason in _REASONS
    ]


def sums(proof: Proof, language: str) -> list[tuple[str, str]]:
    """Return the labels and amounts of a proof, currencies apart."""
    labelled = (
        (message("proof.sum.won"), proof.won),
        (message("proof.sum.invoiced"), proof.invoiced),
        (message("proof.sum.received"), proof.received),
        (message("proof.sum.due"), proof.due),
    )
    return [(say(label, language), _amounts(found, language)) for label, found in labelled]


def cells(gap: Gap, proof: Proof, language: str) -> tuple[str, ...]:
    """Return what a gap's row says, in order of `HEADINGS`."""
    days = (proof.day - gap.since).days if gap.since else None
    return (
        say(kind(gap), language),
        named(gap),
        gap.number or gap.invoice_id,
        _said(gap.here, language),
        _said(gap.there, language),
        say(message("proof.days", count=days), language) if days is not None else "",
        say(follows(gap), language),
    )


def kind(gap: Gap) -> Message:
    return _KINDS[gap.kind]


def named(gap: Gap) -> str:
    """Return what people call the deal or customer that a gap is about."""
    return gap.name or gap.deal_id or ", ".join(gap.customer_ids)


def follows(gap: Gap) -> Message:
    """Say what becomes of a gap."""
    if gap.standing is Standing.FOR_A_PERSON and gap.kind in _NEXT:
        return _NEXT[gap.kind]
    return _STANDINGS[gap.standing]


def page(proof: Proof, company: str, language: str) -> str:
    """Return a proof as one HTML page that needs nothing from elsewhere."""
    source = files(__package__).joinpath("templates", "proof.html").read_text("utf-8")
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(source)
    return template.render(
        language=language,
        company=company,
        title=say(message("proof.title", day=proof.day), language),
        headline=say(headline(proof), language),
        since=say(message("proof.since", day=proof.since, at=proof.ended_at), language),
        sums=sums(proof, language),
        explained=explained(proof, language),
        headings=[(say(each, language), each in NUMBERS) for each in HEADINGS],
        gaps=[(gap.url, gap.standing.value, cells(gap, proof, language)) for gap in proof.gaps],
        more=more(proof, language),
        clean=say(message("proof.clean"), language),
    )


def more(proof: Proof, language: str) -> str:
    """Say how many gaps are counted and not named; nothing where all are."""
    left = proof.count - len(proof.gaps)
    return say(message("proof.more", count=left), language) if left else ""


def _said(value: Param | None, language: str) -> str:
    return "" if value is None else say_param(value, language)


def _amounts(found: tuple[Sum, ...], language: str) -> str:
    said = [formats.price(Price(price=each.amount, currency=each.currency), language) for each in found]
    return " + ".join(said) or "–"

"""How the score reads in a terminal, and what a machine is given."""

from collections.abc import Iterator

from raccord.domain.shadow.comparing import Aspect, Difference
from raccord.domain.shadow.score import Score, Scored, Standing
from raccord.domain.values.message import Message, message
from raccord.domain.values.parties import Owner
from raccord.texts import called, say, say_param
from starters.cli.common import bold
from starters.cli.display import fold, table

MOST = 5
"""Kinds of differences that the first sentence names."""
_ORDER = (Standing.DIFFERS, Standing.UNSURE, Standing.WAITING, Standing.BY_RACCORD, Standing.AGREES)
STANDINGS = {
    Standing.AGREES: message("score.standing.agrees"),
    Standing.DIFFERS: message("score.standing.differs"),
    Standing.UNSURE: message("score.standing.unsure"),
    Standing.WAITING: message("score.standing.waiting"),
    Standing.BY_RACCORD: message("score.standing.by_raccord"),
}
ASPECTS = {
    Aspect.CUSTOMER: message("score.aspect.customer"),
    Aspect.CURRENCY: message("score.aspect.currency"),
    Aspect.LINES: message("score.aspect.lines"),
    Aspect.QUANTITY: message("score.aspect.quantity"),
    Aspect.UNIT_PRICE: message("score.aspect.unit_price"),
    Aspect.VAT: message("score.aspect.vat"),
    Aspect.TOTALS: message("score.aspect.totals"),
    Aspect.DUE_ON: message("score.aspect.due_on"),
}
_HEADINGS = (
    "score.heading.standing",
    "report.deal",
    "score.heading.invoice",
    "report.net",
    "score.heading.why",
)


def lines(score: Score, language: str) -> Iterator[str]:
    """Write the sentence first, then what it leaves out, then a line for each deal, what differs first."""
    yield from map(bold, fold(say(sentence(score), language)))
    for said in _beside(score):
        yield from fold(say(said, language))
    if not score.deals:
        return
    yield ""
    if len(score.by_salesperson) > 1:
        yield from _salespeople(score, language)
        yield ""
    headings = [say(message(code), language) for code in _HEADINGS]
    rows = [_row(each, language) for standing in _ORDER for each in score.of(standing)]
    yield from table(headings, rows, right=headings[3:4], folds={headings[1]})


def _salespeople(score: Score, language: str) -> Iterator[str]:
    """Count for each salesperson apart: one of them may go further before the others."""
    counted = (Standing.AGREES, Standing.DIFFERS, Standing.UNSURE, Standing.WAITING)
    numbers = [say(STANDINGS[standing], language) for standing in counted]
    nobody = say(message("score.nobody"), language)
    rows = [
        [_named(owner) or nobody, *(str(len(part.of(standing))) for standing in counted)]
        for owner, part in score.by_salesperson
    ]
    yield from table([say(message("score.heading.salesperson"), language), *numbers], rows, right=numbers)


def _named(owner: Owner | None) -> str:
    return (owner.name or owner.email or owner.id) if owner else ""


def sentence(score: Score) -> Message:
    """Say how many agree, and what the others differ in: `94 of 97 agree; 3 differ: VAT on line 2`."""
    if not score.compared:
        return message("score.none")
    agree = len(score.of(Standing.AGREES))
    said = message("score.agree", agree=agree, count=score.compared)
    if not (differ := len(score.of(Standing.DIFFERS))):
        return said
    kinds = tuple(dict.fromkeys(short(each).identity for each in score.differences))
    named = {short(each).identity: short(each) for each in score.differences}
    what = tuple(named[kind] for kind in kinds[:MOST])
    more = ("…",) if len(kinds) > MOST else ()
    return message(
        "score.both", agree=said, differ=message("score.differ", count=differ, what=(*what, *more))
    )


def short(difference: Difference) -> Message:
    """Name a difference in a few words: `VAT on line 2`, `due date`."""
    aspect = ASPECTS[difference.aspect]
    if difference.line is None:
        return aspect
    return message("score.on_line", what=aspect, line=difference.line)


def document(score: Score, language: str) -> dict[str, object]:
    """Return the same for a machine, with exact amounts."""
    counts = {standing.value: len(score.of(standing)) for standing in Standing}
    return {
        "compared": score.compared,
        **counts,
        "apart": score.apart,
        "sentence": say(sentence(score), language),
        "salespeople": [_of_salesperson(owner, part) for owner, part in score.by_salesperson],
        "deals": [_entry(each, language) for standing in _ORDER for each in score.of(standing)],
    }


def _of_salesperson(owner: Owner | None, part: Score) -> dict[str, object]:
    counts = {standing.value: len(part.of(standing)) for standing in Standing}
    return {"id": owner.id if owner else None, "name": _named(owner), "compared": part.compared, **counts}


def _beside(score: Score) -> Iterator[Message]:
    if waiting := score.of(Standing.WAITING):
        yield message("score.waiting", count=len(waiting), days=max(each.days for each in waiting))
    if unsure := score.of(Standing.UNSURE):
        yield message("score.unsure", count=len(unsure))
    if ours := score.of(Standing.BY_RACCORD):
        yield message("score.by_raccord", count=len(ours))
    if score.apart:
        yield message("score.apart", count=score.apart)


def _row(each: Scored, language: str) -> list[str]:
    found, net = each.finding, each.finding.net
    return [
        say(STANDINGS[each.standing], language),
        called(found.name, found.deal.id, found.url),
        (each.invoice.number or each.invoice.id) if each.invoice else "",
        say_param(net, language) if net else "",
        " ".join(say(said, language) for said in _why(each)),
    ]


def _why(each: Scored) -> Iterator[Message]:
    yield from (difference.said for difference in each.comparison.differences)
    if each.why:
        yield each.why
    if each.standing is Standing.WAITING:
        yield message("score.since", count=each.days)
    if each.comparison.untold:
        yield message("score.untold", what=tuple(ASPECTS[aspect] for aspect in each.comparison.untold))


def _entry(each: Scored, language: str) -> dict[str, object]:
    found, invoice = each.finding, each.invoice
    return {
        "standing": each.standing.value,
        "deal": found.deal.id,
        "name": found.name,
        "url": found.url,
        "salesperson": _named(found.owner),
        "computed": found.computed.totals.model_dump(mode="json") if found.computed else None,
        "invoice": invoice.id if invoice else None,
        "number": invoice.number if invoice else None,
        "invoiced": invoice.totals.model_dump(mode="json") if invoice else None,
        "differences": [
            {"aspect": d.aspect.value, "line": d.line, "said": say(d.said, language)}
            for d in each.comparison.differences
        ],
        "untold": [aspect.value for aspect in each.comparison.untold],
        "why": say(each.why, language) if each.why else "",
        "days": each.days,
        "looked_at": found.at.isoformat(),
    }

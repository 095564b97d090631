"""A deal as the story's tests know it: audit rows as a worker leaves them, without a database."""

from datetime import UTC, datetime, timedelta
from typing import Any

from raccord.domain.rules.modes import Mode
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.message import Message
from raccord.records.audit import AuditRow, Kind, Verdict
from raccord.records.links import DealLink
from raccord.records.waiting import Waiting
from raccord.texts import say
from starters.cli.story.known import Known
from tests.domain.samples import DEAL, customer, deal, invoice, policy
from tests.records.questions import question

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
PLAIN = str.maketrans({"\u202f": " ", "\u00a0": " "})


def known(**changes: Any) -> Known:
    base: dict[str, Any] = {
        "ref": DEAL,
        "billing": "billing",
        "now": NOW,
        "clock": BusinessClock(),
        "mode": Mode.LIVE,
        "dunning_mode": Mode.LIVE,
        "link": DealLink(),
        "deal": deal(),
        "policy": policy(),
    }
    return Known(**(base | changes))


def row(sequence: int, kind: Kind, effect: str, **changes: Any) -> AuditRow:
    base: dict[str, Any] = {
        "sequence": sequence,
        "at": NOW + timedelta(minutes=sequence),
        "kind": kind,
        "key": effect,
        "effect": effect,
        "object": str(DEAL),
        "actor": "raccord",
        "cause": "deal-won/crm/7 run",
        "verdict": "",
    }
    return AuditRow(**(base | changes))


def pair(
    sequence: int, effect: str, *, verdict: Verdict = Verdict.DONE, wanted: Any = None, **detail: Any
) -> tuple[AuditRow, AuditRow]:
    """An intent, and the outcome that follows it."""
    return (
        row(sequence, Kind.INTENT, effect, after=wanted or {}),
        row(sequence + 1, Kind.OUTCOME, effect, verdict=verdict, detail=detail),
    )


def issued_rows() -> tuple[AuditRow, ...]:
    """What invoicing a deal leaves."""
    of_draft = invoice().model_dump(mode="json")
    of_invoice = invoice(number="F-1").model_dump(mode="json")
    return (
        *pair(1, "billing.create_customer", **customer(name="Acme").model_dump(mode="json")),
        *pair(3, "billing.set_lines", **of_draft),
        *pair(5, "billing.finalise", **of_invoice),
        *pair(7, "billing.deliver", result="True"),
    )


def asked(**changes: Any) -> Waiting:
    base: dict[str, Any] = {
        "incident": "7bdaa0c7",
        "flow": "deal-won/crm/7",
        "revision": 1,
        "question": question(),
        "since": NOW,
    }
    return Waiting(**(base | changes))


def said(message: Message, language: str = "en") -> str:
    return say(message, language).translate(PLAIN)

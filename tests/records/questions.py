"""Questions for tests."""

from decimal import Decimal
from typing import Any

from raccord.domain.desk.problems import Cause, Text, problem
from raccord.domain.desk.question import Answer, Choice, Detail, Option, Question, watch_key
from raccord.domain.values.money import Money
from raccord.domain.values.parties import Owner
from raccord.domain.values.subject import Subject, SubjectKind

FLOW = "deal-won/hubspot/9001"
COMPANY = watch_key("hubspot", "company", "12")
DEAL = watch_key("hubspot", "deal", "9001")


def question(reason: str = "Le SIRET manque.", **given: Any) -> Question:
    """Ask about the deal of Canari Couture; another `reason` makes it another question."""
    missing = problem(
        Cause.IDENTIFIER,
        "company 12",
        "siret",
        reason=(reason, f"en: {reason}"),
        remedy=("Remplir le SIRET.", "Fill the SIRET in."),
    )
    return Question(
        **{
            "step": "quality",
            "cause": "identifier",
            "title": Text(fr="Canari Couture : il manque un SIRET", en="Canari Couture: a SIRET is missing"),
            "problems": (missing,),
            "details": (Detail(label=Text(fr="Client", en="Customer"), value="Zoé Canari"),),
            "options": (Option(id="cus_1", label=Text(fr="Canari Mode", en="Canari Fashion")),),
            "skip": Text(fr="Facturer sans", en="Invoice without it"),
            "cancel": Text(fr="Ne pas facturer", en="Do not invoice"),
            "flow": "DealWon",
            "subject": Subject(kind=SubjectKind.DEAL, connection="hubspot", id="9001"),
            "name": "Rideaux Canari",
            "url": "https://app.hubspot.test/deal/9001",
            "owner": Owner(id="77", name="Anne Canari", email="anne.canari@example.test"),
            "amount": Money(amount=Decimal("1234.50"), currency="EUR"),
            "watched": (COMPANY, DEAL),
            **given,
        }
    )


def answer(choice: Choice, option: str = "", actor: str = "cli:anne") -> Answer:
    return Answer(choice=choice, option=option, actor=actor)

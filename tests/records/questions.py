"""Questions for tests."""

from decimal import Decimal
from typing import Any

from raccord.domain.desk.problems import Cause, problem
from raccord.domain.desk.question import Answer, Choice, Detail, Option, Question, watch_key
from raccord.domain.values.message import RecordKind, RecordName, message
from raccord.domain.values.money import Money
from raccord.domain.values.parties import Owner
from raccord.domain.values.subject import Subject, SubjectKind

FLOW = "deal-won/hubspot/9001"
COMPANY = watch_key("hubspot", "company", "12")
DEAL = watch_key("hubspot", "deal", "9001")


def question(typed: str = "7329", **given: Any) -> Question:
    """Ask about the deal of Canari Couture; what was `typed` as its SIRET makes it another question."""
    company = RecordName(kind=RecordKind.COMPANY, id="12", name="Canari Couture")
    wrong = problem(Cause.IDENTIFIER, company, "siret", "company.siret_abroad", value=typed)
    mode = RecordName(kind=RecordKind.CUSTOMER, id="cus_1", name="Canari Mode")
    return Question(
        **{
            "flow": "DealWon",
            "subject": Subject(kind=SubjectKind.DEAL, connection="hubspot", id="9001"),
            "step": "quality",
            "cause": "identifier",
            "title": message("quality.title", count=1),
            "problems": (wrong,),
            "details": (Detail(label=message("label.customer"), value="Zoé Canari"),),
            "options": (Option(id="cus_1", label=message("which_customer.this", customer=mode)),),
            "skip": message("answer.without_mail"),
            "cancel": message("answer.no_invoice"),
            "name": "Rideaux Canari",
            "url": "https://app.hubspot.test/deal/9001",
            "owner": Owner(id="77", name="Anne Canari", email="anne.canari@example.test"),
            "amount": Money(amount=Decimal("1234.50"), currency="EUR"),
            "watched": (COMPANY, DEAL),
            "task_on": "9001",
            **given,
        }
    )


def answer(choice: Choice, option: str = "", actor: str = "cli:anne") -> Answer:
    return Answer(choice=choice, option=option, actor=actor)

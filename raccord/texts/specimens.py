"""Letters to nobody, to try templates on before a customer is late."""

from datetime import date

from raccord.domain.dunning.formal_notice import FormalNotice
from raccord.domain.dunning.interest import Charges, Penalty
from raccord.domain.dunning.letter import Letter, Line, Thanks
from raccord.domain.rules.dunning import Tone
from raccord.domain.values.address import Address
from raccord.domain.values.money import Money

_ISSUED, _DUE, _REMINDED, _TODAY = date(2026, 9, 1), date(2026, 10, 1), date(2026, 10, 8), date(2026, 10, 31)
_CENTS = 120_000
_NAME = "Acme"


def letters_to_nobody(tone: Tone, template: str, language: str, company: str) -> tuple[Letter, ...]:
    """Return a letter in which little is to be said, and one in which everything is."""
    plain = Letter(
        tone=tone,
        template=template,
        language=language,
        customer=_NAME,
        company=company,
        lines=(_line(1, "EUR"),),
        owed=(Money.of_minor(_CENTS, "EUR"),),
        pay_by=_TODAY if tone in (Tone.FIRM, Tone.LAST) else None,
    )
    several = (_line(1, "EUR", charges=_charges()), _line(2, "USD", reminded_on=()))
    owed = tuple(line.left for line in several)
    full = plain.model_copy(update={"lines": several, "owed": owed, "public": True, "business": True})
    return plain, full


def thanks_to_nobody(language: str, company: str) -> tuple[Thanks, ...]:
    plain = Thanks(language=language, customer=_NAME, company=company)
    return plain, plain.model_copy(update={"amounts": (Money.of_minor(_CENTS, "EUR"),), "by": _TODAY})


def notices_to_nobody(language: str, company: str) -> tuple[FormalNotice, ...]:
    return tuple(
        FormalNotice(
            letter=letter,
            creditor=(company,),
            debtor=_NAME,
            address=Address(line1="1 rue de la Paix", postal_code="75002", city="Paris", country="FR"),
            day=_TODAY,
            days=15,
        )
        for letter in letters_to_nobody(Tone.LAST, "", language, company)
    )


def _line(
    number: int,
    currency: str,
    *,
    reminded_on: tuple[date, ...] = (_REMINDED,),
    charges: Charges | None = None,
) -> Line:
    total = Money.of_minor(_CENTS, currency)
    return Line(
        invoice_id=f"in_{number}",
        number=f"F-{number}",
        issued_on=_ISSUED,
        due_on=_DUE,
        days_late=(_TODAY - _DUE).days,
        left=Money.of_minor(_CENTS // number, currency),
        total=total,
        url="https://example.com",
        reminded_on=reminded_on,
        charges=charges,
    )


def _charges() -> Charges:
    amount = Money.of_minor(1200, "EUR")
    penalty = Penalty(first=_DUE, last=_TODAY, percent=12, amount=amount)
    return Charges(invoice_id="in_1", penalties=(penalty,), indemnity=Money.of_minor(4000, "EUR"))

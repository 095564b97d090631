"""What is told of payments, and to whom."""

from datetime import timedelta

from pydantic import Field

from raccord.domain.values.base import Duration, Value


class PaymentRules(Value):
    """Who hears of money that comes in, beside the deal's salesperson."""

    finance: tuple[str, ...] = ()
    """E-mail addresses of those who hear of refunds, disputes and overpayments."""
    gather: Duration = Field(default=timedelta(seconds=10), gt=timedelta(0))
    """News wait until no further came for so long."""
    longest: Duration = Field(default=timedelta(minutes=3), gt=timedelta(0))
    """How long news wait at most, however many come."""
    digest_above: int = Field(default=3, ge=1)
    """More news than this at once become one message."""

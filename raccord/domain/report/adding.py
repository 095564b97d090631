"""Adding up while facts go by: sums and counts alone are held, however many there are."""

from collections import defaultdict
from decimal import Decimal

from raccord.domain.report.facts import Fact, FactKind
from raccord.domain.report.report import Counted, Figures
from raccord.domain.values.money import EXACT, Money


class Sums:
    """Counts, and adds amounts of each currency."""

    def __init__(self) -> None:
        self.count = 0
        self._amounts: dict[str, Decimal] = defaultdict(Decimal)

    def add(self, amount: Money | None) -> None:
        self.count += 1
        if amount is not None:
            self._amounts[amount.currency] = EXACT.add(self._amounts[amount.currency], amount.amount)

    def of(self, currency: str) -> Money:
        return Money(amount=self._amounts.get(currency, Decimal(0)), currency=currency)

    @property
    def currencies(self) -> frozenset[str]:
        return frozenset(self._amounts)

    @property
    def counted(self) -> Counted:
        sums = tuple(self.of(currency) for currency in sorted(self._amounts))
        return Counted(count=self.count, sums=sums)


class Adder:
    """Adds facts up to figures."""

    def __init__(self) -> None:
        self._sums: dict[FactKind, Sums] = defaultdict(Sums)

    def add(self, fact: Fact) -> None:
        self._sums[fact.kind].add(fact.amount)

    def of(self, kind: FactKind) -> Sums:
        return self._sums[kind]

    @property
    def currencies(self) -> frozenset[str]:
        return frozenset[str]().union(*(each.currencies for each in self._sums.values()))

    @property
    def figures(self) -> Figures:
        return Figures(**{kind.value: self._sums[kind].counted for kind in FactKind})

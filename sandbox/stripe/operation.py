"""One call the simulator answers: its path, its permission, its parameters and what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sandbox.stripe import rules
from sandbox.stripe.call import Call
from sandbox.stripe.checks import Check, filled, listing, text
from sandbox.stripe.store import Json


@dataclass(frozen=True)
class Operation:
    """`resource` names the permission; `rule` checks parameters against each other. What is `outside` the API
    is done by people alone, in pages of Stripe or of a bank.
    """

    method: str
    path: str
    resource: str
    run: Callable[[Call], Json]
    fields: Mapping[str, Check] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    rule: Callable[[Json, int], None] = rules.nothing
    outside: bool = False

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def permission(self) -> str:
        return f"rak_{self.resource}_{'read' if self.method == 'GET' else 'write'}"

    @property
    def searches(self) -> bool:
        return self.path.endswith("/search")

    @property
    def parameters(self) -> Mapping[str, Check]:
        return {**self.fields, "expand": listing(filled(text()))}

"""Whose rung is meant: a salesperson or a pipeline, as people call it."""

from dataclasses import dataclass

from raccord.connectors.connection import Kind
from raccord.connectors.crm import CrmReader
from raccord.connectors.errors import ConnectorError
from raccord.domain.rules.ladder import EVERYBODY, Place, Scope, ScopeKind
from raccord.domain.values.described import CrmAccount
from raccord.domain.values.message import message
from raccord.settings.configuration import Configuration
from starters.cli.common import fail, warn
from starters.cli.display import shown
from workers.connections import opened as connections_of


@dataclass(frozen=True)
class Typed:
    """What was typed to say whose rung; nothing is everybody's."""

    owner: str = ""
    pipeline: str = ""
    everybody: bool = False

    @property
    def kind(self) -> ScopeKind:
        """Which of them was typed. Ends the command unless it is exactly one."""
        if [bool(self.owner), bool(self.pipeline), self.everybody].count(True) != 1:
            fail(message("ladder.whose"))
        if self.everybody:
            return ScopeKind.EVERYBODY
        return ScopeKind.OWNER if self.owner else ScopeKind.PIPELINE

    @property
    def text(self) -> str:
        return (self.owner or self.pipeline).strip()


async def found(
    typed: Typed, places: tuple[Place, ...], configuration: Configuration, *, down: bool
) -> Scope:
    """Find who is meant, where somebody has a rung already or else in the CRM; end the command without.

    Down (`down`) goes whoever is named, even where the CRM cannot be asked: nobody waits to stop something.
    """
    kind = typed.kind
    if kind is ScopeKind.EVERYBODY:
        return EVERYBODY
    for place in places:
        if place.scope.kind is kind and typed.text.casefold() in _called(place.scope):
            return place.scope
    try:
        async with connections_of(configuration) as connections:
            crm: CrmReader = connections.of(Kind.CRM)
            known = _known(kind, await crm.describe())
    except ConnectorError as error:
        if not down:
            fail(str(error), status=1)
        warn(message("ladder.unchecked", name=shown(typed.text), why=str(error)))
        return Scope(kind=kind, id=typed.text)
    meant = {scope.key: scope for scope, names in known if typed.text.casefold() in names}
    if len(meant) == 1:
        return next(iter(meant.values()))
    names = tuple(shown(scope.name or scope.id) for scope, _ in known)
    fail(message("ladder.unknown", name=shown(typed.text), names=names or message("check.none")), status=1)


def _known(kind: ScopeKind, account: CrmAccount) -> list[tuple[Scope, set[str]]]:
    """Return everybody whom the CRM knows, with what each may be called."""
    if kind is ScopeKind.PIPELINE:
        scopes = [Scope(kind=kind, id=each.id, name=each.name) for each in account.pipelines]
        return [(scope, _called(scope)) for scope in scopes]
    owners = [
        (Scope(kind=kind, id=each.id, name=each.name or each.email), each.email) for each in account.owners
    ]
    return [(scope, _called(scope) | ({email.casefold()} if email else set())) for scope, email in owners]


def _called(scope: Scope) -> set[str]:
    return {each.casefold() for each in (scope.id, scope.name) if each}

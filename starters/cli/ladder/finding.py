"""Whose rung is meant: a salesperson or a pipeline, as people call it."""

from collections import Counter
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


@dataclass(frozen=True)
class Meant:
    """Whose rung it is. Without `checked` the CRM could not be asked: they may have another one as well."""

    scope: Scope
    checked: bool = True


async def found(
    typed: Typed, places: tuple[Place, ...], configuration: Configuration, *, down: bool
) -> Meant:
    """Find who is meant in the CRM, which knows who is called so by now; end the command without.

    Down (`down`) goes whoever has a rung already, even where the CRM cannot be asked or knows them no more,
    and a salesperson by address where it cannot be asked: nobody waits to stop something. Other names and
    pipelines wait: a deal tells ids and an address alone.
    """
    kind = typed.kind
    if kind is ScopeKind.EVERYBODY:
        return Meant(EVERYBODY)
    text = typed.text
    remembered = _called(text, [place.scope for place in places if place.scope.kind is kind]) if down else {}
    try:
        async with connections_of(configuration) as connections:
            crm: CrmReader = connections.of(Kind.CRM)
            known = _known(kind, await crm.describe())
    except ConnectorError as error:
        if not down:
            fail(str(error), status=1)
        if len(remembered) == 1:
            warn(message("ladder.remembered", name=shown(text), why=str(error)))
            (scope,) = remembered.values()
            return Meant(scope)
        if kind is ScopeKind.PIPELINE or "@" not in text:
            fail(message("ladder.by_address", name=shown(text), why=str(error)), status=1)
        warn(message("ladder.unchecked", name=shown(text), why=str(error)))
        return Meant(Scope(kind=kind, id=text), checked=False)
    meant = _called(text, known) or remembered
    if len(meant) == 1:
        (scope,) = meant.values()
        # Whoever went down by address while the CRM was away has that rung, and no second one beside it.
        by_address = (
            e.scope
            for e in places
            if e.scope.kind is kind and e.scope.id.casefold() == scope.email.casefold()
        )
        return Meant(next(by_address, scope))
    names = _told_apart(known) or message("check.none")
    fail(message("ladder.unknown", name=shown(text), names=names), status=1)


def _known(kind: ScopeKind, account: CrmAccount) -> list[Scope]:
    """Return everybody whom the CRM knows."""
    if kind is ScopeKind.PIPELINE:
        return [Scope(kind=kind, id=each.id, name=each.name) for each in account.pipelines]
    return [
        Scope(kind=kind, id=each.id, name=each.name or each.email, email=each.email)
        for each in account.owners
    ]


def _called(text: str, scopes: list[Scope]) -> dict[str, Scope]:
    """Return who is called so, by their keys."""
    typed = text.casefold()
    return {
        scope.key: scope
        for scope in scopes
        if typed in {each.casefold() for each in (scope.id, scope.name, scope.email) if each}
    }


def _told_apart(scopes: list[Scope]) -> tuple[str, ...]:
    """Name all of them; those of one name with what tells them apart."""
    bearers = Counter(scope.name.casefold() for scope in scopes)

    def told(scope: Scope) -> str:
        alone = bearers[scope.name.casefold()] == 1
        return (scope.name if alone else f"{scope.name} ({scope.email or scope.id})") or scope.id

    return tuple(shown(told(scope)) for scope in scopes)

"""What a deal only points to: who owns it, the account's currency, which stages mean that it is won."""

from collections.abc import AsyncIterator, Collection

from raccord.connectors.errors import Forbidden, Permanent
from raccord.connectors.http.errors import Operation
from raccord.connectors.http.paging import pages
from raccord.connectors.memory import Memory
from raccord.domain.values.parties import Owner
from raccord.vendors.hubspot import paths
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.records import ACCOUNT_SCOPE, scope, unless_gone
from raccord.vendors.hubspot.values import parse_decimal
from raccord.vendors.hubspot.wire import Account, OwnerPage, OwnerRecord, Pipelines, Stage

_REMEMBERED = 300.0
"""Seconds that an owner is known: a deal is read several times in a row, and a new name may show later."""


class Facts:
    """Facts of one HubSpot account."""

    def __init__(self, client: HubSpotClient) -> None:
        self._client = client
        self._owners: Memory[Owner] = Memory()
        self.left: set[str] = set()
        """The ids of the salespeople read so far who are archived, or unknown."""

    async def owner(self, owner_id: str) -> Owner | None:
        """Return the salesperson; of one that HubSpot no longer shows, the id alone."""
        if not owner_id:
            return None
        return await self._owners.get(
            owner_id, lambda: self._read_owner(owner_id), seconds=lambda _: _REMEMBERED
        )

    async def name_owners(self, ids: Collection[str]) -> dict[str, str]:
        """Return what owners are called, also those who left; one without a name by the e-mail address."""
        operation, wanted, found = Operation("list the owners", scope("owners")), set(ids), dict[str, str]()
        for archived in ("false", "true"):
            if not wanted - found.keys():
                break
            async for each in self._every_owner(operation, archived):
                found |= {each.id: name} if (name := each.name or each.email) and each.id in wanted else {}
        return found

    async def name_pipelines(self) -> dict[str, str]:
        operation = Operation("read the deal pipelines", scope("deals"))
        found = (await self._client.get(operation, paths.PIPELINES, Pipelines)).results
        return {each.id: each.label for each in found if each.label}

    async def owners(self) -> AsyncIterator[Owner]:
        """Yield the salespeople of today."""
        async for each in self._every_owner(Operation("list the owners", scope("owners")), "false"):
            yield Owner(id=each.id, name=each.name, email=each.email or "")

    async def _every_owner(self, operation: Operation, archived: str) -> AsyncIterator[OwnerRecord]:
        async def page(after: str | None) -> OwnerPage:
            query = [("archived", archived), *([("after", after)] if after else [])]
            return await self._client.get(operation, paths.OWNERS, OwnerPage, *query)

        with self._client.errors(operation):
            async for found in pages(page, lambda page: page.after):
                for each in found.results:
                    yield each

    async def user(self, user_id: str) -> Owner:
        """Return a user who has edited something; of one who is no owner, the id alone."""
        return await self._owners.get(
            f"user {user_id}", lambda: self._read_owner(user_id, by="userId"), seconds=lambda _: _REMEMBERED
        )

    async def _read_owner(self, owner_id: str, by: str = "id") -> Owner:
        operation = Operation(f"read the owner {owner_id}", scope("owners"))
        named = [] if by == "id" else [("idProperty", by)]
        self.left.add(owner_id)
        for archived in ("false", "true") if owner_id.isdigit() else ():
            found = await unless_gone(
                self._client.get(
                    operation, paths.owner(owner_id), OwnerRecord, ("archived", archived), *named
                )
            )
            if found:
                if archived == "false":
                    self.left.discard(owner_id)
                return Owner(id=owner_id, name=found.name, email=found.email or "")
        return Owner(id=owner_id)

    async def currency(self, code: str) -> str | None:
        """Return the deal's currency, else the account's; None when HubSpot may not say."""
        if code:
            return code.upper()
        operation = Operation("read the account's currency", ACCOUNT_SCOPE)
        try:
            account = await unless_gone(self._client.get(operation, paths.ACCOUNT, Account))
        except Forbidden:
            return None
        return account.company_currency.upper() if account and account.company_currency else None

    async def won(self, deal_id: str, verdict: str, stage: str) -> bool:
        """Return whether the deal is won, as HubSpot calculates it, else by its stage."""
        if verdict.lower() in ("true", "false"):
            return verdict.lower() == "true"
        operation = Operation("read the deal pipelines", scope("deals"))
        pipelines = await unless_gone(self._client.get(operation, paths.PIPELINES, Pipelines))
        stages = [s for p in (pipelines.results if pipelines else ()) for s in p.stages if s.id == stage]
        if not stages:
            raise Permanent(
                f"HubSpot does not say whether the deal {deal_id} is won, and its stage is in no pipeline. "
                "Choose a stage of an existing pipeline.",
                code="unknown_stage",
                field="dealstage",
            )
        return all(is_won(each) for each in stages)


def is_won(stage: Stage) -> bool:
    closed, probability = (stage.metadata.get(key) or "" for key in ("isClosed", "probability"))
    try:
        return closed.lower() == "true" and parse_decimal(probability) == 1
    except ValueError:
        return False

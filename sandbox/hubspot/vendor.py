"""The simulated HubSpot, put together."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.core.delivery import Delivery
from sandbox.core.exchanges import Exchange
from sandbox.core.vendor import actor_of
from sandbox.hubspot import errors, scopes
from sandbox.hubspot.associations import AssociationsApi
from sandbox.hubspot.catalogue import Catalogue
from sandbox.hubspot.crm import Crm
from sandbox.hubspot.files import Files
from sandbox.hubspot.kinds import KINDS
from sandbox.hubspot.limits import Limits
from sandbox.hubspot.objects import Objects, lacking_last
from sandbox.hubspot.records import Actor
from sandbox.hubspot.seed import load
from sandbox.hubspot.settings import CLIENT_SECRET, TOKEN, HubSpotSettings
from sandbox.hubspot.webhooks import Notifier
from sandbox.mailbox.mailbox import Mailbox

Handler = Callable[[Request], Awaitable[Response]]
_SOURCES = ("CRM_UI", "CRM_UI_BULK_ACTION", "IMPORT")
_TOKEN_INFO = "/oauth/v2/private-apps/get/access-token-info"  # noqa: S105 - a path
_READ_BY_POST = re.compile(rf"/crm/v[34]/.*/(search|batch/read)|{_TOKEN_INFO}")


class HubSpotVendor:
    """One account, its API and its webhooks.

    Writes with the token are an integration's. The header `X-Sandbox-Actor: userId:<n>` makes a write a
    person's edit in HubSpot's own pages (`changeSource` CRM_UI); `X-Sandbox-Source: IMPORT` beside it makes
    it a row of that person's import (hubspot.md 4 names both, and others).
    """

    name = "hubspot"

    def __init__(self, *, delivery: Delivery, settings: HubSpotSettings | None = None) -> None:
        settings = settings or HubSpotSettings()
        settings.register(delivery, self.name, secret=CLIENT_SECRET)
        self._delivery = delivery
        self._notifier = Notifier(name=self.name, delivery=delivery)
        self.reset()

    def reset(self) -> None:
        self._notifier.reset()
        self._limits = Limits()
        self._files = Files()
        self._crm = Crm(settings=lambda: self._settings, tell=self._notifier.tell)
        load(self._crm, a_year=self._settings.a_year)

    def state(self) -> dict[str, Any]:
        """Records by type with all values, archived ones too; which id was merged into which; the account."""
        crm = self._crm
        records = {
            kind: [
                {
                    "id": record.id,
                    "properties": record.values(),
                    "archived": record.archived is not None,
                    "associations": crm.links.everything(record),
                }
                for record in crm.records[kind].values()
            ]
            for kind in KINDS
        }
        merged = {kind: {old: gone.into for old, gone in crm.merged[kind].items()} for kind in KINDS}
        return {
            **records,
            "merged": merged,
            "owners": list(crm.owners.values()),
            "pipelines": crm.pipelines,
            "files": self._files.all(),
        }

    def mutating(self, method: str, path: str) -> bool:
        return method not in ("GET", "HEAD") and not _READ_BY_POST.fullmatch(path)

    def refusal(self, status: int, exchange: Exchange) -> Response:
        match status:
            case 401:
                return errors.unauthorized()
            case 403:
                scope = scopes.needed(exchange.path, mutating=exchange.mutating)
                return errors.missing_scope(scope or "crm.objects.deals.read")
            case 429:
                return errors.over_limit("TEN_SECONDLY_ROLLING", self._settings.retry_after)
        return errors.internal(status)

    def in_part(self, answer: Response) -> Response | None:
        return lacking_last(answer)

    def routes(self) -> list[BaseRoute]:
        objects = Objects(lambda: self._crm, actor=self._actor)
        links = AssociationsApi(lambda: self._crm, actor=self._actor)
        catalogue = Catalogue(lambda: self._crm)
        record, between = "/crm/v3/objects/{kind}", "/crm/v4/objects/{kind}/{id}/associations"
        properties = "/crm/v3/properties/{kind}"
        return [
            self._route("POST", record + "/search", objects.search),
            self._route("POST", record + "/batch/read", objects.batch_read),
            self._route("POST", record + "/merge", objects.merge),
            self._route("POST", record + "/{id}/restore", objects.restore),
            self._route("GET", record, objects.page),
            self._route("POST", record, objects.create),
            self._route("GET", record + "/{id}", objects.read),
            self._route("PATCH", record + "/{id}", objects.update),
            self._route("DELETE", record + "/{id}", objects.archive),
            self._route("GET", between + "/{target}", links.page),
            self._route("PUT", between + "/default/{target}/{target_id}", links.put_default),
            self._route("PUT", between + "/{target}/{target_id}", links.put),
            self._route("DELETE", between + "/{target}/{target_id}", links.delete),
            self._route("POST", "/crm/v4/associations/{kind}/{target}/batch/read", links.batch_read),
            self._route("GET", properties + "/groups", catalogue.groups),
            self._route("POST", properties + "/groups", catalogue.create_group),
            self._route("GET", properties + "/groups/{name}", catalogue.group),
            self._route("GET", properties, catalogue.properties),
            self._route("POST", properties, catalogue.create_property),
            self._route("GET", properties + "/{name}", catalogue.property),
            self._route("PATCH", properties + "/{name}", catalogue.change_property),
            self._route("DELETE", properties + "/{name}", catalogue.archive_property),
            self._route("GET", "/crm/v3/pipelines/deals", catalogue.pipelines),
            self._route("GET", "/crm/v3/owners/", catalogue.owners),
            self._route("GET", "/crm/v3/owners/{id}", catalogue.owner),
            self._route("GET", "/account-info/v3/details", catalogue.details),
            self._route("POST", _TOKEN_INFO, catalogue.token),
            self._route("POST", "/files/v3/files", self._files.upload),
            self._route("GET", "/files/v3/files/search", self._files.search),
            self._route("GET", "/files/v3/files/{id}", self._files.read),
        ]

    def _route(self, method: str, path: str, handler: Handler) -> Route:
        search = path.endswith("/search")

        async def guarded(request: Request) -> Response:
            # A person at HubSpot's own pages needs no token and does not use up the app's requests.
            if actor_of(request):
                return await _answered(handler, request)
            if request.headers.get("authorization") != f"Bearer {TOKEN}":
                return errors.unauthorized()
            limits, settings = self._limits, self._settings
            if policy := limits.exceeded(settings, search=search):
                answer: Response = errors.over_limit(policy, settings.retry_after)
            elif scope := self._missing_scope(request):
                answer = errors.missing_scope(scope)
            else:
                answer = await _answered(handler, request)
            if not search:
                limits.announce(answer.headers, settings)
            return answer

        return Route(path, guarded, methods=[method])

    def _missing_scope(self, request: Request) -> str | None:
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        scope = scopes.needed(path, mutating=self.mutating(request.method, path))
        return scope if scope and scope not in self._settings.scopes else None

    @property
    def _settings(self) -> HubSpotSettings:
        return HubSpotSettings.of(self._delivery.target(self.name))

    def _actor(self, request: Request) -> Actor:
        user = actor_of(request)
        if user is None:
            return Actor("INTEGRATION", str(self._settings.app))
        if not re.fullmatch(r"userId:\d+", user):
            raise errors.invalid("X-Sandbox-Actor must look like userId:70112233")
        source = request.headers.get("x-sandbox-source", "CRM_UI")
        if source not in _SOURCES:
            raise errors.invalid(f"X-Sandbox-Source must be one of {', '.join(_SOURCES)}")
        return Actor(source, user)


def simulator(*, delivery: Delivery, mailbox: Mailbox) -> HubSpotVendor:  # noqa: ARG001 - HubSpot mails nothing
    return HubSpotVendor(delivery=delivery)


async def _answered(handler: Handler, request: Request) -> Response:
    try:
        return await handler(request)
    except errors.Refused as refused:
        return refused.response()

"""What describes the account: properties and their groups, pipelines, owners, account details."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.core.vendor import committed
from sandbox.hubspot import account, asked
from sandbox.hubspot.crm import Crm
from sandbox.hubspot.errors import not_found
from sandbox.hubspot.kinds import kind_named
from sandbox.hubspot.schema import Property, Schema
from sandbox.hubspot.settings import TOKEN


class Catalogue:
    """Read and extend what the account knows."""

    def __init__(self, crm: Callable[[], Crm]) -> None:
        self._crm = crm

    async def properties(self, request: Request) -> Response:
        asked.query(request, "archived", "properties")
        known = self._schema(request).properties.values()
        return JSONResponse({"results": [prop.as_json() for prop in known]})

    async def property(self, request: Request) -> Response:
        asked.query(request, "archived", "properties")
        return JSONResponse(self._property(request).as_json())

    async def create_property(self, request: Request) -> Response:
        asked.query(request)
        created = self._schema(request).add(await _object(request))
        committed(request)
        return JSONResponse(created.as_json(), status_code=201)

    async def change_property(self, request: Request) -> Response:
        asked.query(request)
        changed = self._schema(request).change(self._property(request), await _object(request))
        committed(request)
        return JSONResponse(changed.as_json())

    async def archive_property(self, request: Request) -> Response:
        asked.query(request)
        self._schema(request).archive(self._property(request))
        committed(request)
        return Response(status_code=204)

    async def groups(self, request: Request) -> Response:
        asked.query(request)
        return JSONResponse({"results": list(self._schema(request).groups.values())})

    async def group(self, request: Request) -> Response:
        asked.query(request)
        name = request.path_params["name"]
        groups = self._schema(request).groups
        if name not in groups:
            raise not_found(f"Property group '{name}' does not exist")
        return JSONResponse(groups[name])

    async def create_group(self, request: Request) -> Response:
        asked.query(request)
        created = self._schema(request).add_group(await _object(request))
        committed(request)
        return JSONResponse(created, status_code=201)

    async def pipelines(self, request: Request) -> Response:
        asked.query(request)
        return JSONResponse({"results": self._crm().pipelines})

    async def owners(self, request: Request) -> Response:
        found = asked.query(request, "email", "after", "limit", "archived")
        limit, email = asked.number(found, "limit", default=100, most=500), asked.one(found, "email")
        after, archived = asked.cursor(found), asked.flag(found, "archived")
        owners = [
            owner
            for owner in sorted(self._crm().owners.values(), key=lambda owner: int(owner["id"]))
            if email in (None, owner["email"]) and owner["archived"] == archived and int(owner["id"]) > after
        ]
        body: dict[str, Any] = {"results": owners[:limit]}
        if len(owners) > limit:
            body["paging"] = {"next": {"after": owners[limit - 1]["id"]}}
        return JSONResponse(body)

    async def owner(self, request: Request) -> Response:
        """By owner id, or with `idProperty=userId` by user id."""
        found = asked.query(request, "idProperty", "archived")
        name, archived = asked.one(found, "idProperty") or "id", asked.flag(found, "archived")
        for owner in self._crm().owners.values():
            if str(owner.get(name)) == request.path_params["id"] and owner["archived"] == archived:
                return JSONResponse(owner)
        raise not_found(f"Owner {request.path_params['id']} does not exist")

    async def details(self, request: Request) -> Response:
        asked.query(request)
        settings = self._crm().settings
        return JSONResponse(account.details(settings.portal, settings.account_type))

    async def token(self, request: Request) -> Response:
        """Of which app a token is and what it may do; of an unknown one nothing."""
        asked.query(request)
        body, settings = await asked.body(request, required={"tokenKey"}), self._crm().settings
        if body["tokenKey"] != TOKEN or not settings.tells_of_token:
            raise not_found("HTTP 404 Not Found")
        user = next(iter(self._crm().owners.values()))["userId"]
        told = {"hubId": settings.portal, "appId": settings.app, "scopes": settings.scopes}
        return JSONResponse({"userId": user, **told})

    def _schema(self, request: Request) -> Schema:
        return self._crm().schema(kind_named(request.path_params["kind"]))

    def _property(self, request: Request) -> Property:
        name = request.path_params["name"]
        found = self._schema(request).properties.get(name)
        if found is None:
            raise not_found(f"Property {name} does not exist")
        return found


async def _object(request: Request) -> dict[str, Any]:
    """The body as an object; which keys it takes is the schema's to say."""
    found = await asked.payload(request)
    return asked.keys(found, required=(), optional=found if isinstance(found, dict) else ())

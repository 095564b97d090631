"""`/crm/v4/...associations...`: who belongs to whom, with type ids and labels."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.core.vendor import committed
from sandbox.hubspot import asked
from sandbox.hubspot.crm import Crm
from sandbox.hubspot.errors import Refused, invalid
from sandbox.hubspot.kinds import LINKS, Kind, Link, kind_named, plain_link
from sandbox.hubspot.records import Actor, Record, iso

_MOST_PER_PAGE = 500
_MOST_IN_BATCH = 1000


class AssociationsApi:
    """The v4 associations API over one account; `actor` tells who writes."""

    def __init__(self, crm: Callable[[], Crm], *, actor: Callable[[Request], Actor]) -> None:
        self._crm = crm
        self._actor = actor

    async def page(self, request: Request) -> Response:
        """`after` is the last id of the page before."""
        found = asked.query(request, "after", "limit")
        limit = asked.number(found, "limit", default=_MOST_PER_PAGE, most=_MOST_PER_PAGE)
        record, target = self._origin(request), kind_named(request.path_params["target"])
        links = self._crm().links.of(record, target.plural)
        page, more = _after(links, asked.one(found, "after"), limit)
        body: dict[str, Any] = {"results": [_row(other, links[other]) for other in page]}
        if more:
            body["paging"] = {
                "next": {
                    "after": page[-1],
                    "link": f"https://api.hubapi.com{_path(request)}?after={page[-1]}",
                }
            }
        return JSONResponse(body)

    async def batch_read(self, request: Request) -> Response:
        started = datetime.now(UTC)
        asked.query(request)
        origin, target = (kind_named(request.path_params[end]) for end in ("kind", "target"))
        inputs = asked.items(await asked.body(request, required={"inputs"}), "inputs")
        if not 1 <= len(inputs) <= _MOST_IN_BATCH:
            raise invalid(f"A batch read takes between 1 and {_MOST_IN_BATCH} inputs, not {len(inputs)}")
        wanted = [asked.keys(one, required={"id"}, optional={"after"}) for one in inputs]
        results: list[dict[str, Any]] = []
        errors: list[dict[str, Any]] = []
        for one in wanted:
            row = self._batch_row(origin, target, str(one["id"]), one.get("after"))
            (results if row else errors).append(row or _none(origin, target, str(one["id"])))
        body: dict[str, Any] = {
            "status": "COMPLETE",
            "results": results,
            "startedAt": iso(started),
            "completedAt": iso(datetime.now(UTC)),
        }
        if errors:
            body |= {"numErrors": len(errors), "errors": errors}
        return JSONResponse(body, status_code=207 if errors else 200)

    async def put(self, request: Request) -> Response:
        """Associate with the given types: a JSON array of association specs."""
        asked.query(request)
        record, other = self._origin(request), self._target(request)
        links = [_link(record.kind, other.kind, spec) for spec in await asked.payload(request)]
        for link in links:
            self._associate(request, record, other, link)
        body = {
            "fromObjectTypeId": record.kind.type_id,
            "fromObjectId": int(record.id),
            "toObjectTypeId": other.kind.type_id,
            "toObjectId": int(other.id),
            "labels": [link.label for link in links if link.label],
        }
        return JSONResponse(body, status_code=201)

    async def put_default(self, request: Request) -> Response:
        """Associate without a label."""
        asked.query(request)
        record, other, now = self._origin(request), self._target(request), iso(datetime.now(UTC))
        link = plain_link(record.kind.plural, other.kind.plural)
        self._associate(request, record, other, link)
        results = [
            {
                "from": {"id": one.id},
                "to": {"id": two.id},
                "associationSpec": {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": number},
            }
            for one, two, number in ((record, other, link.type_id), (other, record, link.back))
        ]
        body = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
        return JSONResponse(body)

    async def delete(self, request: Request) -> Response:
        asked.query(request)
        record, other = self._origin(request), self._target(request)
        if self._crm().dissociate(record, other, actor=self._actor(request)):
            committed(request)
        return Response(status_code=204)

    def _associate(self, request: Request, record: Record, other: Record, link: Link) -> None:
        if self._crm().associate(record, other, link, actor=self._actor(request)):
            committed(request)

    def _origin(self, request: Request) -> Record:
        return self._crm().find(kind_named(request.path_params["kind"]), request.path_params["id"])

    def _target(self, request: Request) -> Record:
        return self._crm().find(kind_named(request.path_params["target"]), request.path_params["target_id"])

    def _batch_row(self, origin: Kind, target: Kind, key: str, after: Any) -> dict[str, Any] | None:
        try:
            record = self._crm().find(origin, key)
        except Refused:
            return None
        links = self._crm().links.of(record, target.plural)
        page, more = _after(links, after, _MOST_PER_PAGE)
        if not page:
            return None
        row = {"from": {"id": record.id}, "to": [_row(other, links[other]) for other in page]}
        return {**row, "paging": {"next": {"after": page[-1]}}} if more else row


def _after(links: Mapping[str, list[Link]], after: str | None, limit: int) -> tuple[list[str], bool]:
    ids = list(links)
    start = ids.index(after) + 1 if after in ids else 0
    return ids[start : start + limit], len(ids) > start + limit


def _row(other: str, links: list[Link]) -> dict[str, Any]:
    """v4 gives ids as numbers, unlike v3."""
    types = [{"category": "HUBSPOT_DEFINED", "typeId": link.type_id, "label": link.label} for link in links]
    return {"toObjectId": int(other), "associationTypes": types}


def _link(origin: Kind, target: Kind, spec: Any) -> Link:
    found = asked.keys(spec, required={"associationCategory", "associationTypeId"})
    link = LINKS.get((origin.plural, target.plural, found["associationTypeId"]))
    if link is None or found["associationCategory"] != "HUBSPOT_DEFINED":
        raise invalid(f"{found['associationTypeId']} is not a type from {origin.plural} to {target.plural}")
    return link


def _none(origin: Kind, target: Kind, key: str) -> dict[str, Any]:
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {target.singular} is associated with {origin.singular} {key}.",
        "context": {
            "fromObjectId": [key],
            "fromObjectType": [origin.singular],
            "toObjectType": [target.singular],
        },
    }


def _path(request: Request) -> str:
    return request.url.path.removeprefix(request.scope.get("root_path", ""))

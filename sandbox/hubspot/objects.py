"""`/crm/v3/objects/...`: read, write, batch read, search."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.core.vendor import committed, staleness
from sandbox.hubspot import asked
from sandbox.hubspot.crm import Crm
from sandbox.hubspot.errors import Refused, invalid, not_found
from sandbox.hubspot.kinds import KINDS, LINKS, MERGEABLE, Kind, Link, kind_named
from sandbox.hubspot.records import Actor, Record, iso
from sandbox.hubspot.search import Search

# v3 names the associations in its answers by the plural, except that line items have a space.
_ANSWER_NAMES = {"line_items": "line items"}


class Objects:
    """The objects API over one account; `actor` tells who writes."""

    def __init__(
        self,
        crm: Callable[[], Crm],
        *,
        actor: Callable[[Request], Actor],
    ) -> None:
        self._crm = crm
        self._actor = actor

    async def page(self, request: Request) -> Response:
        """List, oldest first; `after` is the last id of the page before."""
        crm, kind = self._crm(), _kind(request)
        found = asked.query(
            request, "limit", "after", "properties", "propertiesWithHistory", "associations", "archived"
        )
        limit, after = asked.number(found, "limit", default=10, most=100), asked.cursor(found)
        hidden = datetime.now(UTC) - timedelta(seconds=staleness(request))
        records = sorted(
            (
                record
                for record in crm.records[kind.plural].values()
                if int(record.id) > after
                and record.born <= hidden
                and (record.archived is not None) == asked.flag(found, "archived")
            ),
            key=lambda record: int(record.id),
        )
        body: dict[str, Any] = {"results": [self._shown(record, found) for record in records[:limit]]}
        if len(records) > limit:
            body["paging"] = {"next": {"after": records[limit - 1].id}}
        return JSONResponse(body)

    async def read(self, request: Request) -> Response:
        found = asked.query(
            request, "properties", "propertiesWithHistory", "associations", "archived", "idProperty"
        )
        record = self._crm().find(
            _kind(request),
            request.path_params["id"],
            id_property=asked.one(found, "idProperty"),
            archived=asked.flag(found, "archived"),
        )
        return JSONResponse(self._shown(record, found))

    async def create(self, request: Request) -> Response:
        crm, kind = self._crm(), _kind(request)
        body = await asked.body(request, required={"properties"}, optional={"associations"})
        links = [
            pair for wanted in asked.items(body, "associations") for pair in self._wanted_links(kind, wanted)
        ]
        record = crm.create(kind, _values(body), links, actor=self._actor(request))
        committed(request)
        shown = record.as_json(tuple(body["properties"]), known=crm.schema(kind).properties)
        return JSONResponse(shown, status_code=201)

    async def update(self, request: Request) -> Response:
        crm, kind = self._crm(), _kind(request)
        found = asked.query(request, "idProperty")
        body = await asked.body(request, required={"properties"})
        record = crm.find(kind, request.path_params["id"], id_property=asked.one(found, "idProperty"))
        if crm.update(record, _values(body), actor=self._actor(request)):
            committed(request)
        return JSONResponse(record.as_json(tuple(body["properties"]), known=crm.schema(kind).properties))

    async def archive(self, request: Request) -> Response:
        crm = self._crm()
        asked.query(request)
        record = crm.known(_kind(request), request.path_params["id"])
        if record is not None and record.archived is None:
            crm.archive(record, actor=self._actor(request))
            committed(request)
        return Response(status_code=204)

    async def restore(self, request: Request) -> Response:
        """A person's click in the recycling bin: HubSpot has no such call, so an app finds nothing here."""
        crm, actor = self._crm(), self._actor(request)
        if actor.source != "CRM_UI":
            raise not_found("HTTP 404 Not Found")
        record = crm.find(_kind(request), request.path_params["id"], archived=True)
        crm.restore(record, actor=actor)
        committed(request)
        return Response(status_code=204)

    async def merge(self, request: Request) -> Response:
        """Answers with the record that remains; its id is a new one when the account merges that way."""
        crm, kind = self._crm(), _kind(request)
        asked.query(request)
        body = await asked.body(request, required={"primaryObjectId", "objectIdToMerge"})
        if kind.plural not in MERGEABLE:
            raise invalid(f"Objects of type {kind.singular} cannot be merged.")
        primary, other = (crm.find(kind, str(body[key])) for key in ("primaryObjectId", "objectIdToMerge"))
        merged = crm.merge(primary, other, actor=self._actor(request))
        committed(request)
        return JSONResponse(merged.as_json(known=crm.schema(kind).properties))

    async def batch_read(self, request: Request) -> Response:
        crm, kind, started = self._crm(), _kind(request), datetime.now(UTC)
        archived = asked.flag(asked.query(request, "archived"), "archived")
        body = await asked.body(
            request, required={"inputs"}, optional={"properties", "propertiesWithHistory", "idProperty"}
        )
        keys = [str(asked.keys(wanted, required={"id"})["id"]) for wanted in asked.items(body, "inputs")]
        if not 1 <= len(keys) <= 100:
            raise invalid(f"A batch read takes between 1 and 100 inputs, not {len(keys)}")
        records, missing = {}, []
        for key in keys:
            try:
                record = crm.find(kind, key, id_property=body.get("idProperty"), archived=archived)
                records[record.id] = record
            except Refused as refused:
                if refused.status != 404:
                    raise
                missing.append(key)
        results = [
            record.as_json(
                asked.items(body, "properties"),
                with_history=asked.items(body, "propertiesWithHistory"),
                known=crm.schema(kind).properties,
            )
            for record in records.values()
        ]
        return _batch(results, _missing(kind, missing), started)

    async def search(self, request: Request) -> Response:
        crm, kind = self._crm(), _kind(request)
        asked.query(request)
        if len((await request.body()).decode("utf-8", "replace")) > 3000:
            raise invalid("The body of a search is limited to 3000 characters")
        search = Search.understood(
            await asked.payload(request),
            kind=kind,
            schema=crm.schema(kind),
            strict=crm.settings.unknown_filters_refused,
        )
        lag = max(crm.settings.search_lag, staleness(request))
        at = datetime.now(UTC) - timedelta(seconds=lag) if lag else None
        return JSONResponse(search.answer(crm.indexed(kind, at=at), linked=crm.links.of, at=at))

    def _shown(self, record: Record, found: Mapping[str, list[str]]) -> dict[str, Any]:
        crm = self._crm()
        shown = record.as_json(
            found.get("properties", ()),
            with_history=found.get("propertiesWithHistory", ()),
            known=crm.schema(record.kind).properties,
        )
        associations = {}
        for name in found.get("associations", ()):
            target = kind_named(name)
            if rows := self._associated(record, target):
                associations[_ANSWER_NAMES.get(target.plural, target.plural)] = rows
        return {**shown, "associations": associations} if associations else shown

    def _associated(self, record: Record, target: Kind) -> dict[str, Any]:
        """One row per association type; a primary company therefore appears twice."""
        crm = self._crm()
        found, most = crm.links.of(record, target.plural), crm.settings.associations_per_read
        shown = list(found)[:most]
        if not shown:
            return {}
        rows = [
            {"id": other, "type": name} for other in shown for name in _type_names(record.kind, found[other])
        ]
        body: dict[str, Any] = {"results": rows}
        if len(found) > most:
            path = f"/crm/v3/objects/{record.kind.plural}/{record.id}/associations/{target.plural}"
            link = f"https://api.hubapi.com{path}?after={shown[-1]}"
            body["paging"] = {"next": {"after": shown[-1], "link": link}}
        return body

    def _wanted_links(self, kind: Kind, wanted: Any) -> Iterable[tuple[Record, Link]]:
        found = asked.keys(wanted, required={"to", "types"})
        target_id = str(asked.keys(found["to"], required={"id"})["id"])
        for spec in asked.items(found, "types"):
            asked.keys(spec, required={"associationCategory", "associationTypeId"})
            if spec["associationCategory"] != "HUBSPOT_DEFINED":
                raise invalid(f"This account has no association types of {spec['associationCategory']}")
            yield self._other_end(kind, target_id, spec["associationTypeId"])

    def _other_end(self, kind: Kind, target_id: str, type_id: Any) -> tuple[Record, Link]:
        for (origin, target, number), link in LINKS.items():
            if (origin, number) == (kind.plural, type_id):
                return self._crm().find(KINDS[target], target_id), link
        raise invalid(f"{type_id} is not an association type from {kind.plural}")


def _kind(request: Request) -> Kind:
    name = request.path_params["kind"]
    if name not in KINDS:
        raise not_found(f"Unable to infer object type from: {name}")
    return KINDS[name]


def _values(body: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(body["properties"], dict):
        raise invalid("Invalid input JSON: properties must be an object")
    return body["properties"]


def _type_names(kind: Kind, links: list[Link]) -> list[str]:
    """v3's names of association types: the primary one has the plain name, the plain one says `unlabeled`."""
    names = []
    for link in sorted(links, key=lambda found: not found.primary):
        name = f"{kind.singular}_to_{KINDS[link.target].singular}"
        primary_exists = any(
            key[:2] == (link.origin, link.target) and found.primary for key, found in LINKS.items()
        )
        if link.label is None and primary_exists:
            name += "_unlabeled"
        names.append(name)
    return names


def _missing(kind: Kind, ids: list[str]) -> list[dict[str, Any]]:
    if not ids:
        return []
    return [
        {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "message": f"Could not get some {kind.singular.upper()} objects, they may be deleted or not"
            " exist. Check that ids are valid.",
            "context": {"ids": ids},
        }
    ]


def _batch(results: list[dict[str, Any]], errors: list[dict[str, Any]], started: datetime) -> Response:
    body: dict[str, Any] = {
        "status": "COMPLETE",
        "results": results,
        "startedAt": iso(started),
        "completedAt": iso(datetime.now(UTC)),
    }
    if errors:
        body |= {"numErrors": len(errors), "errors": errors}
    return JSONResponse(body, status_code=207 if errors else 200)


def lacking_last(answer: Response) -> Response | None:
    """A batch read whose last row failed inside HubSpot; None for any other answer.

    HubSpot docs: 207 with `numErrors` and one entry of `errors` for what is not among the `results`.
    """
    body = json.loads(bytes(answer.body))
    if body.get("status") != "COMPLETE" or not body.get("results"):
        return None
    error = {"status": "error", "category": "INTERNAL_ERROR", "message": "internal error"}
    errors = [*body.get("errors", []), error]
    changed = {"results": body["results"][:-1], "numErrors": len(errors), "errors": errors}
    return JSONResponse({**body, **changed}, status_code=207)

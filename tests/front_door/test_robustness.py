"""The receiver is what docs/openapi.yaml says, and no input makes it fail; schemathesis drives it."""

from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
import yaml
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_headers_conformance, status_code_conformance
from starlette.routing import Route

from raccord.settings.model import Receiver as ReceiverSettings
from starters.receiver.app import Receiver
from tests.front_door.doors import DOORS, Door, Front
from tests.patience import patience

FILE = Path(__file__).parents[2] / "docs" / "openapi.yaml"
DESCRIBED: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text("utf-8"))["paths"]
SCHEMA = schemathesis.openapi.from_path(FILE)
PROBES = ("/healthz", "/readyz")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "post")
EXAMPLES = 60
CHECKS = [not_a_server_error, status_code_conformance, response_headers_conformance]

sparingly = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
modes = pytest.mark.parametrize("mode", list(GenerationMode))


class Signed(requests.auth.AuthBase):
    """Signs the bytes as they are sent, and makes every delivery one for the connection that exists."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        url = urlsplit(str(request.url))
        request.url = url._replace(path=self._door.path).geturl()
        body = request.body or b""
        assert isinstance(body, str | bytes)
        raw = body.encode() if isinstance(body, str) else body
        request.headers.update(self._door.sign(raw, request.url))
        return request


def drive(front: Front, path: str, mode: GenerationMode, auth: Signed | None = None) -> Counter[int]:
    """Send what schemathesis makes of one operation; return how often each status came."""
    (method,) = (m for m in DESCRIBED[path] if m in ("get", "post"))
    seen: Counter[int] = Counter()
    with requests.Session() as session:

        @sparingly
        @given(case=SCHEMA[path][method.upper()].as_strategy(generation_mode=mode))
        def send(case: Case[Any]) -> None:
            response = case.call(base_url=front.url, session=session, auth=auth, timeout=patience(10))
            seen[response.status_code] += 1
            case.validate_response(response, checks=CHECKS)
            assert path in PROBES or response.content == b""

        send()
    return seen


def routes() -> dict[str, Route]:
    nothing: Any = None
    receiver = Receiver(nothing, nothing, {}, ReceiverSettings(), ours=nothing)
    return {route.path: route for route in receiver.app().routes if isinstance(route, Route)}


def test_every_route_is_described_and_nothing_else_is() -> None:
    assert set(routes()) == set(DESCRIBED)


def test_every_signed_route_is_tested() -> None:
    assert {door.route for door in DOORS} == set(DESCRIBED) - set(PROBES)


@pytest.mark.parametrize("path", DESCRIBED)
def test_every_method_that_is_not_described_is_405_and_says_which_are(front: Front, path: str) -> None:
    allowed = {"POST"} if "post" in DESCRIBED[path] else {"GET", "HEAD"}
    for method in METHODS:
        # `requests` would make it upper case.
        request = requests.Request("X", f"{front.url}{path.format(connection='hubspot')}").prepare()
        request.method = method
        answer = requests.Session().send(request, timeout=patience(10))
        if method in allowed:
            assert answer.status_code != 405
        else:
            assert answer.status_code == 405
            assert set(answer.headers["allow"].split(", ")) == allowed
            assert answer.content == b""


@pytest.mark.parametrize("path", PROBES)
def test_a_probe_is_answered_whatever_comes_with_it(front: Front, path: str) -> None:
    assert drive(front, path, GenerationMode.POSITIVE).keys() == {200}


@modes
@pytest.mark.parametrize("door", {door.route: door for door in DOORS}.values(), ids=lambda door: door.name)
def test_nothing_unsigned_is_accepted_and_nothing_fails(
    front: Front, door: Door, mode: GenerationMode
) -> None:
    before = front.tracebacks()
    seen = drive(front, door.route, mode)
    print(f"{door.name}, unsigned, {mode.value}: {dict(seen)}")  # noqa: T201 - so that a run says what it did
    assert seen.total() >= EXAMPLES // 2
    assert 200 not in seen
    assert front.tracebacks() == before


@modes
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_everything_signed_is_taken_and_nothing_fails(front: Front, door: Door, mode: GenerationMode) -> None:
    before = front.tracebacks()
    seen = drive(front, door.route, mode, auth=Signed(door))
    print(f"{door.name}, signed, {mode.value}: {dict(seen)}")  # noqa: T201
    assert seen.total() >= EXAMPLES // 2
    assert seen[200] > EXAMPLES // 4
    assert front.tracebacks() == before

"""Every call to HubSpot goes through here: one client, one error table, one reading of answers."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

import hubspot
import urllib3
from pydantic import BaseModel, ValidationError

from raccord.connectors.webhooks import UnreadableBody, strict_json
from raccord.domain.values.clock import BusinessClock
from raccord.vendors.hubspot.errors import (
    ClientError,
    Operation,
    busy,
    misshapen,
    not_json,
    refused,
    unanswered,
)
from raccord.vendors.hubspot.fault import read_fault
from raccord.vendors.hubspot.settings import HubSpotSettings
from raccord.vendors.hubspot.transport import AnswerTooSlow, Transport

_DECLARED = {200, 207}
_CREATED = {201}
_CONNECT_SECONDS = 3.0

W = TypeVar("W", bound=BaseModel)

# The client writes whole answers to its log at DEBUG.
logging.getLogger("hubspot").setLevel(logging.INFO)


class HubSpotClient:
    """HubSpot's client for one connection.

    Each access to one of the client's attributes makes a new API object, so all that is needed
    is made once. It blocks, so requests run in threads of their own.
    """

    def __init__(self, settings: HubSpotSettings, clock: BusinessClock) -> None:
        self._seconds = settings.timeout.total_seconds()
        self._zone = clock.tz
        self._token = settings.access_token
        self._host = settings.base_url.rstrip("/")
        self._transport = Transport(seconds=self._seconds, connections=settings.threads)
        self._threads = ThreadPoolExecutor(settings.threads, thread_name_prefix="hubspot")
        crm = hubspot.Client.create(api_factory=self._api).crm
        self.deals = crm.deals.basic_api
        self.deal_search = crm.deals.search_api
        self.companies = crm.companies.basic_api
        self.contacts = crm.contacts.basic_api
        self.line_items = crm.line_items.basic_api
        self.tasks = crm.objects.tasks.basic_api
        self.batches = {
            "companies": crm.companies.batch_api,
            "contacts": crm.contacts.batch_api,
            "line_items": crm.line_items.batch_api,
            "tasks": crm.objects.tasks.batch_api,
        }
        self.associations = crm.associations.v4.basic_api
        self.owners = crm.owners.owners_api
        self.pipelines = crm.pipelines.pipelines_api
        self.properties = crm.properties.core_api

    def account(self, **options: Any) -> Any:
        """Read the account's details, a call for which the client has no method of its own."""
        return self.deals.api_client.call_api(
            "/account-info/v3/details",
            "GET",
            header_params={"Accept": "application/json"},
            auth_settings=["oauth2"],
            **options,
        )

    async def call(
        self, operation: Operation, method: Callable[..., Any], *args: Any, into: type[W], **params: Any
    ) -> W:
        """Send one request through a method of the client and read its answer.

        Raises connector errors, and nothing else.
        """
        sent = self._threads.submit(self._send, operation, method, args, params)
        try:
            async with asyncio.timeout(self._seconds):
                answer = await asyncio.wrap_future(sent)
        except TimeoutError as error:
            if sent.cancel():
                raise busy(operation) from error
            raise unanswered(AnswerTooSlow("no answer"), operation) from error
        return _read(answer, operation, into)

    def _send(
        self, operation: Operation, method: Callable[..., Any], args: tuple[Any, ...], params: dict[str, Any]
    ) -> Any:
        """Run in a thread: send, and return the answer's JSON.

        The raw answer is asked for (`_preload_content`): the client's own models turn an answer
        that it does not expect into None, numbers into floats and new enum values into errors.
        """
        timeout = (min(_CONNECT_SECONDS, self._seconds), self._seconds)
        try:
            answer = method(*args, _preload_content=False, _request_timeout=timeout, **params)
        except urllib3.exceptions.HTTPError as error:
            raise unanswered(error, operation) from ClientError(error)
        except Exception as error:
            # Every package of the client has exceptions of its own, without a common base.
            if (status := getattr(error, "status", None)) is None:
                raise
            fault = read_fault(status, getattr(error, "body", None), getattr(error, "headers", None))
            raise refused(fault, operation, now=datetime.now(UTC), zone=self._zone) from ClientError(
                error, status
            )
        if answer.status not in (_CREATED if operation.creates else _DECLARED):
            raise misshapen(operation)
        try:
            return strict_json(answer.data)
        except UnreadableBody as error:
            raise not_json(operation) from error

    async def close(self) -> None:
        """Let go of connections and threads; requests under way end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._transport.clear()

    def _api(self, package: Any, name: str, _: dict[str, Any]) -> Any:
        configuration = package.Configuration(host=self._host)
        configuration.access_token = self._token.get_secret_value()
        api_client = package.ApiClient(configuration=configuration)
        api_client.user_agent = "raccord"
        api_client.rest_client.pool_manager = self._transport
        return getattr(package, name)(api_client=api_client)


def _read(answer: Any, operation: Operation, into: type[W]) -> W:
    try:
        return into.model_validate(answer)
    except ValidationError as error:
        # Without `from`: its text would quote the answer's values.
        raise misshapen(operation) from ValueError(f"{error.error_count()} fields of {into.__name__}")

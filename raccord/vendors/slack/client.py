"""Every call to Slack goes through here: one client, one error table, one reading of answers."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

import aiohttp
from pydantic import BaseModel, ValidationError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from raccord.vendors.slack.errors import (
    ClientError,
    Operation,
    foreign,
    misshapen,
    refused,
    unanswered,
)
from raccord.vendors.slack.fault import read_fault
from raccord.vendors.slack.settings import SlackSettings
from raccord.vendors.slack.transport import NotSlack, Transport

W = TypeVar("W", bound=BaseModel)

# The client writes whole requests and answers to its log at DEBUG.
_log = logging.getLogger("slack_sdk")
_log.setLevel(logging.INFO)


class SlackClient:
    """Slack's client for one connection. It repeats nothing: its default would post a message twice."""

    def __init__(self, settings: SlackSettings) -> None:
        seconds = settings.timeout.total_seconds()
        self._transport = Transport(seconds=seconds)
        self.api = AsyncWebClient(
            token=settings.bot_token.get_secret_value(),
            base_url=settings.base_url,
            session=cast(aiohttp.ClientSession, self._transport),
            retry_handlers=[],
            user_agent_prefix="raccord",
            logger=_log,
        )

    async def call(
        self,
        operation: Operation,
        method: Callable[..., Awaitable[AsyncSlackResponse]],
        into: type[W],
        **params: Any,
    ) -> W:
        """Send one request through a method of the client and read its answer.

        Raises connector errors, and nothing else.
        """
        answer = await self.answer(operation, method, **params)
        return read(answer, operation, into)

    async def answer(
        self, operation: Operation, method: Callable[..., Awaitable[AsyncSlackResponse]], **params: Any
    ) -> AsyncSlackResponse:
        """Send one request and return the whole answer, for callers that need its headers."""
        try:
            return await method(**params)
        except SlackApiError as error:
            response = error.response
            fault = read_fault(response.status_code, response.data, response.headers)
            raise refused(fault, operation) from ClientError(error, response.status_code)
        except NotSlack as error:
            raise foreign(read_fault(error.status, None, error.headers), operation) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise unanswered(error, operation) from ClientError(error)

    async def close(self) -> None:
        await self._transport.close()


def read(answer: AsyncSlackResponse, operation: Operation, into: type[W]) -> W:
    """Read a successful answer. Raises a connector error when it has not the documented shape."""
    try:
        return into.model_validate(answer.data)
    except ValidationError as error:
        # Without the original: its text would quote the answer's values.
        raise misshapen(operation) from ValueError(f"{error.error_count()} fields of {into.__name__}")

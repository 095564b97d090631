"""The webhooks of API v1: made, listed, deleted; there is no way to change one (pipedrive.md 1)."""

from urllib.parse import urlsplit

from sandbox.core.delivery import Delivery, Outgoing
from sandbox.pipedrive.call import Call
from sandbox.pipedrive.errors import Json, of_webhooks
from sandbox.pipedrive.hooks import CONFIGURED, Hook, Notifier
from sandbox.pipedrive.settings import VENDOR

_ACTIONS = ("create", "change", "delete", "*")
_ENTITIES = (
    "activity", "deal", "lead", "note", "organization", "person", "pipeline", "product", "stage", "user", "*",
    "deal_product", "deal_installment", "board", "phase", "project", "task",
)  # fmt: skip
_PARTS = ("deal_product", "deal_installment")
_MOST = 40
_FIELDS = (
    "subscription_url", "event_action", "event_object", "name", "user_id", "http_auth_user",
    "http_auth_password", "version",
)  # fmt: skip
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class WebhooksApi:
    """What an app does with webhooks; the notifier has them."""

    def __init__(self, notifier: Notifier, delivery: Delivery) -> None:
        self._notifier, self._delivery = notifier, delivery
        self._numbers = iter(range(CONFIGURED + 1, CONFIGURED + 1_000_000))

    def list(self, call: Call) -> Json:
        call.done()
        return _ok([hook.as_json(call.settings) for hook in self._notifier.listed()])

    async def create(self, call: Call) -> Json:
        """The address must be there, answer and not redirect (pipedrive.md 1)."""
        body = call.body if isinstance(call.body, dict) else {}
        for name in body:
            if name not in _FIELDS:
                raise of_webhooks(400, name, "unknown field")
        entities = [each for each in _ENTITIES if call.settings.takes_parts or each not in _PARTS]
        for name, allowed in (("event_action", _ACTIONS), ("event_object", entities)):
            if body.get(name) not in allowed:
                raise of_webhooks(400, name, f"must be one of {', '.join(allowed)}")
        name, user = body.get("name"), body.get("user_id", call.by.user)
        if not isinstance(name, str) or not 1 <= len(name) <= 255:
            raise of_webhooks(400, "name", "must have from 1 to 255 characters")
        if body.get("version", "2.0") != "2.0":
            raise of_webhooks(400, "version", "the sandbox plays version 2.0 alone")
        if not isinstance(user, int) or user not in call.account.users:
            raise of_webhooks(400, "user_id", "no such user")
        if sum(hook.owner == call.by.user for hook in self._notifier.all()) >= _MOST:
            raise of_webhooks(400, "subscription_url", f"limit of {_MOST} webhooks per user reached")
        url = str(body.get("subscription_url", ""))
        if not _is_public(url) or not await self._answers(url, call):
            raise of_webhooks(400, "subscription_url", "invalid or non-reachable URL")
        auth = (body.get("http_auth_user"), body.get("http_auth_password"))
        made = Hook(
            next(self._numbers),
            name,
            url,
            body["event_action"],
            body["event_object"],
            user,
            call.by.user,
            *auth,
        )
        self._notifier.hooks[made.id] = made
        return _ok(made.as_json(call.settings))

    def delete(self, call: Call) -> Json:
        if call.id() not in [hook.id for hook in self._notifier.all()]:
            raise of_webhooks(404, "id", "not found")
        if call.id() == CONFIGURED:
            self._delivery.configure(VENDOR, {"url": None})
        else:
            self._notifier.remove(self._notifier.hooks[call.id()], "deleted by a user")
        return {"status": "ok", "success": True}

    async def _answers(self, url: str, call: Call) -> bool:
        """How Pipedrive looks is not told; here by a POST without a body and without a password."""
        if call.settings.probe == "off":
            return True
        attempt = await self._delivery.once(
            VENDOR,
            event="probe",
            request=Outgoing(url=url, body=b"", headers={"User-Agent": "Pipedrive Webhooks"}),
            patience=call.settings.patience,
        )
        if call.settings.probe == "succeeds":
            return attempt.taken
        return attempt.status is not None and not 300 <= attempt.status < 400 and attempt.status < 500


def _is_public(url: str) -> bool:
    """Encrypted, or on this machine: the sandbox's loopback stands for the public internet."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _ok(data: object) -> Json:
    return {"status": "ok", "success": True, "data": data}

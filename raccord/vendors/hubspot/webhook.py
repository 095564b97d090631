"""HubSpot's webhooks: signature and events of one account."""

from raccord.connectors.connection import ConnectionSettings
from raccord.connectors.webhooks import WebhookEvents, WebhookRequest, WebhookSource
from raccord.vendors.hubspot.events import parse
from raccord.vendors.hubspot.settings import HubSpotSettings
from raccord.vendors.hubspot.signature import authenticate


def webhooks(settings: ConnectionSettings) -> WebhookSource:
    """Build the source. Raises `TypeError` for another vendor's settings, `ValueError` without a secret."""
    if not isinstance(settings, HubSpotSettings):
        raise TypeError(f"{type(settings).__name__} are not the settings of HubSpot")
    if settings.webhook_secret is None:
        raise ValueError("webhook_secret is missing: enter the app's client secret")
    return HubSpotWebhooks(settings)


class HubSpotWebhooks:
    """Verifies and reads deliveries. Two secrets are accepted while one replaces the other."""

    def __init__(self, settings: HubSpotSettings) -> None:
        self._settings = settings

    def authenticate(self, request: WebhookRequest) -> None:
        authenticate(request, self._settings.webhook_secrets(request.received_at))

    def parse(self, body: bytes) -> WebhookEvents:
        return parse(body, account_id=self._settings.account_id)

"""How this HubSpot account behaves."""

from dataclasses import dataclass

TOKEN = "pat-eu1-sandbox-0000"  # noqa: S105 - the sandbox's published credential
CLIENT_SECRET = "sandbox-hubspot-client-secret-0000"  # noqa: S105 - the sandbox's published credential


@dataclass(frozen=True)
class HubSpotSettings:
    """Limits of a Professional account; `search_lag` seconds pass until search sees a write.

    `custom_properties=False` is an account in which nobody has created our properties yet.
    """

    portal: int = 144000001
    app: int = 8123456
    requests_per_ten_seconds: int = 190
    searches_per_second: int = 5
    requests_per_day: int = 625_000
    search_lag: float = 0.0
    associations_per_read: int = 100
    webhook_window: float = 0.2
    custom_properties: bool = True

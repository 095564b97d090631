"""The account's published credentials, and what can be changed while it runs."""

from dataclasses import dataclass, field

from sandbox.core.settings import AccountSettings

VENDOR = "pipedrive"
TOKEN = "5a4db0c000000000000000000000000000000000"  # noqa: S105 - the sandbox's published credential
CLIENT_ID = "sandbox-pipedrive-client"
CLIENT_SECRET = "sandbox-pipedrive-client-secret-0000"  # noqa: S105 - the sandbox's published credential
REFRESH_TOKEN = "sandbox-pipedrive-refresh-0000"  # noqa: S105 - the sandbox's published credential
WEBHOOK_PASSWORD = "sandbox-pipedrive-webhook-0000"  # noqa: S105 - the sandbox's published credential
INTEGRATION = 70112299
"""The user whom the API token belongs to, unless `token_user` says another."""
SCOPES = (
    "deals:full", "contacts:full", "activities:full", "products:read", "search:read", "users:read",
    "recents:read", "deal-fields:full", "contact-fields:full", "admin",
)  # fmt: skip
PLANS = {"Lite": (1, 20, 80), "Growth": (2, 40, 160), "Premium": (5, 100, 400), "Ultimate": (7, 120, 480)}
"""By plan: multiplier of the daily tokens; requests in 2 seconds by API token, by OAuth (pipedrive.md 8)."""


@dataclass(frozen=True)
class PipedriveSettings(AccountSettings):
    """One company's. What pipedrive.md leaves open can be played either way.

    `company`, `domain`, `zone`  as `users/me` tells them (pipedrive.md 0)
    `token_user`     the user whom the API token belongs to: one of the salespeople plays a token that is not
                     an integration's own (pipedrive.md 4)
    `token_revoked`  somebody made a new token, which kills the old one (pipedrive.md 6)
    `account_open`   False: 402 (pipedrive.md 9)

    OAuth, pipedrive.md 6:
    `scopes`         of the grant; an API token has none
    `token_seconds`  an access token lasts
    `refresh_expired` 60 days without a refresh have passed ("verify")
    `refresh_rotates` a refresh hands out another refresh token, and the old one is dead (one page calls a
                     token that "was already exchanged" invalid, no other says so)
    `callback_url`   the registered one; empty: any
    `client_refusal` the status of a wrong client: 400 (vendor's page "OAuth status codes"), or the 401 of
                     RFC 6749

    Limits, pipedrive.md 8:
    `rate_limits`    whether they apply
    `plan`, `seats`  they make the tokens of a day, unless `daily_tokens` does
    `server_zone`    whose midnight ends the day
    `daily_headers`  the undocumented ones are sent
    `burst_window`   seconds in which requests are counted; from the next reset on
    `reset_unit`     of `x-ratelimit-reset`: seconds, or milliseconds ("presumably")
    `abuse_after`    so many 429s within five windows block an API token (no page says how many)
    `abuse_seconds`  for so long
    `blocked`        it is blocked, whatever it does

    Records:
    `search_lag`     seconds until search sees a write (pipedrive.md 2: "verify")
    `patch_keeps_custom_fields` what a PATCH does not name stays; False: it is cleared (pipedrive.md 1:
                     "unverified")
    `deleted_readable` a deleted record can be read by its id for 30 days; False: 404 (no page says)
    `custom_fields`  somebody made fields for what billing needs; from the next reset on
    `field_limit`    custom fields of a kind that the plan allows (pipedrive.md 1)
    `contact_sync`   the account has it: persons have a job title and an address (pipedrive.md 4)
    `geocodes`       an address typed in the pages gets its parts; False: they stay null (pipedrive.md 1)
    `sum_with_tax`   a line's `sum` has exclusive tax in it (no page says); from the next write of a line on
    `discount_per_unit` a line's discount of an amount is one of each unit (no page says); likewise
    `lines_move_value` a deal's value follows its lines, and the deal is told as changed; False: it stays
                     (pipedrive.md 1: the value can differ from the sum)
    `activities_touch_deals` an activity changes its deal's `update_time`, and is told (no page says)

    Webhooks, pipedrive.md 7:
    `http_auth_user` of the webhook that the operator configures
    `takes_parts`    there are webhooks of `deal_product` and `deal_installment`: the guide has them, and the
                     spec's list of objects has not (pipedrive.md 1)
    `tells_passwords` the list of webhooks has their passwords (no page says); False: null
    `lists_removed`  the list has those that were removed, with `remove_time` (no page says)
    `basic_charset`  how a password that is not ASCII is encoded ("unverified")
    `retry_waits`, `patience`  seconds between attempts, and for an answer
    `ban_after`, `ban_seconds` first attempts that fail, and how long the ban is
    `success_forgives` a success sets the count back (no page says)
    `dead_after`     seconds without a success until the webhook is deleted
    `previous_update_time` `previous` names it (pipedrive.md 4: "sometimes but not always")
    `webhook_window` seconds for which events wait
    `newest_first`   the second event of a window overtakes the first: no order is promised
    `probe`          what an address must do when a webhook is made: `answers`, `succeeds`, or `off`
    """

    company: int = 8087566
    domain: str = "hexalab"
    zone: str = "Europe/Paris"
    token_user: int = INTEGRATION
    token_revoked: bool = False
    account_open: bool = True
    scopes: list[str] = field(default_factory=lambda: list(SCOPES))
    token_seconds: int = 3599
    refresh_expired: bool = False
    refresh_rotates: bool = False
    callback_url: str = ""
    client_refusal: int = 400
    rate_limits: bool = True
    plan: str = "Growth"
    seats: int = 4
    daily_tokens: int = 0
    server_zone: str = "UTC"
    daily_headers: bool = True
    burst_window: float = 2.0
    reset_unit: str = "seconds"
    abuse_after: int = 30
    abuse_seconds: float = 10.0
    blocked: bool = False
    search_lag: float = 0.0
    patch_keeps_custom_fields: bool = True
    deleted_readable: bool = True
    custom_fields: bool = True
    field_limit: int = 100
    contact_sync: bool = False
    geocodes: bool = True
    sum_with_tax: bool = True
    discount_per_unit: bool = False
    lines_move_value: bool = True
    activities_touch_deals: bool = False
    http_auth_user: str = "raccord"
    takes_parts: bool = True
    tells_passwords: bool = True
    lists_removed: bool = False
    basic_charset: str = "utf-8"
    retry_waits: list[float] = field(default_factory=lambda: [3.0, 30.0, 150.0])
    patience: float = 10.0
    ban_after: int = 10
    ban_seconds: float = 1800.0
    success_forgives: bool = False
    dead_after: float = 259_200.0
    previous_update_time: bool = True
    webhook_window: float = 0.0
    newest_first: bool = False
    probe: str = "answers"

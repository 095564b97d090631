"""The workspace's published credentials, and what can be changed while it runs."""

from dataclasses import dataclass, field

from sandbox.core.settings import AccountSettings

VENDOR = "slack"
TOKEN = "xoxb-sandbox-0000"  # noqa: S105 - the sandbox's published credential
SIGNING_SECRET = "sandbox-slack-signing-secret-0000"  # noqa: S105 - the sandbox's published credential

TEAM, TEAM_NAME, DOMAIN = "T0SANDBOX", "Hexalab", "hexalab-sandbox"
APP, BOT, BOT_USER = "A0RACCORD", "B0RACCORD", "U0RACCORD"
BILLING, OTHER = "C0BILLING", "C0OTHER"

SCOPES = (
    "chat:write",
    "chat:write.public",
    "im:write",
    "im:read",
    "im:history",
    "channels:read",
    "channels:history",
    "users:read",
    "users:read.email",
)


@dataclass(frozen=True)
class SlackSettings(AccountSettings):
    """One workspace's.

    `scopes`            what the bot token was granted
    `token_revoked`     the app was uninstalled: every call answers `token_revoked`
    `channel_archived`  somebody archived #facturation
    `rate_limits`       whether Slack's limits apply
    `retry_after`       seconds that an injected 429 asks for: Slack always says how long (slack.md 6)
    The target's own `url` is the interactivity request URL, its `secret` the signing secret.
    """

    scopes: list[str] = field(default_factory=lambda: list(SCOPES))
    token_revoked: bool = False
    channel_archived: bool = False
    rate_limits: bool = True
    retry_after: int = 1

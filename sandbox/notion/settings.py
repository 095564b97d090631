"""The workspace's published credential, and what can be changed while it runs."""

from dataclasses import dataclass, field

from sandbox.core.settings import AccountSettings

VENDOR = "notion"
TOKEN = "ntn_sandbox_0000"  # noqa: S105 - the sandbox's published credential
BOT, PERSON = "b0700000-0000-4000-8000-000000000001", "c1a12e00-0000-4000-8000-000000000001"
ROOT, PRIVATE = "5a4d0000-0000-4000-8000-000000000001", "5a4d0000-0000-4000-8000-000000000002"
"""The page that is shared with the integration, and one that is not."""

SPLIT, LATEST = "2025-09-03", "2026-03-11"
"""Databases with data sources; `in_trash` and `position` alone (notion.md 1)."""
CAPABILITIES = ("read_content", "update_content", "insert_content")


@dataclass(frozen=True)
class NotionSettings(AccountSettings):
    """One integration's.

    `capabilities`   what the integration may: one that lacks is 403 `restricted_resource` (notion.md 2)
    `token_revoked`  the integration was deleted
    `query_lag`      seconds that a new row stays out of queries (notion.md 5: "may lag", from memory)
    `new_options`    whether writing an unknown select option makes it (notion.md 3: "verify")
    `rate_limits`    whether the limit of 3 requests a second applies, with this `burst` (notion.md 4)
    `retry_after`    seconds that an injected 429 asks for
    `array`, `text_length`, `url_length`, `nesting`  per array, text and address; levels of blocks in one
                     request (notion.md 4: from memory, "verify")
    `blocks`, `size` per request: blocks, and bytes of the body (notion.md 4)
    """

    capabilities: list[str] = field(default_factory=lambda: list(CAPABILITIES))
    token_revoked: bool = False
    query_lag: float = 0.0
    new_options: bool = True
    rate_limits: bool = True
    burst: int = 10
    retry_after: int = 1
    array: int = 100
    text_length: int = 2000
    url_length: int = 2000
    nesting: int = 2
    blocks: int = 1000
    size: int = 500_000

"""Slack's rate limits: calls per minute by method, messages per second by channel.

Slack docs: tiers 2, 3 and 4 allow 20, 50 and 100 calls a minute; posting is about one message a second in a
channel, short bursts tolerated, and several hundred a minute in a workspace.
"""

import math
import time
from collections import defaultdict
from dataclasses import dataclass

from sandbox.core.limits import Window
from sandbox.slack.errors import RateLimited

TIER_3, TIER_4, SPECIAL = 50, 100, 300
_BURST = 5


@dataclass
class _Bucket:
    """Tokens come back at one a second, up to the burst."""

    tokens: float
    at: float


class Limits:
    """Refuses what exceeds a limit; a refused request does not count."""

    def __init__(self) -> None:
        self._calls: dict[str, Window] = defaultdict(lambda: Window(seconds=60))
        self._channels: dict[str, _Bucket] = {}

    def call(self, method: str, per_minute: int) -> None:
        calls = self._calls[method]
        if not calls.take(per_minute):
            raise RateLimited(max(1, math.ceil(calls.wait())))

    def post(self, channel: str) -> None:
        now = time.monotonic()
        bucket = self._channels.setdefault(channel, _Bucket(_BURST, now))
        bucket.tokens = min(_BURST, bucket.tokens + now - bucket.at)
        bucket.at = now
        if bucket.tokens < 1:
            raise RateLimited(1)
        bucket.tokens -= 1

"""A process of its own that renews tokens, and is killed at one step: `STEP URL KEYS OAUTH_URL`.

Run as `python -m tests.records.refresher`. It says which access token it has, if it lives that long.
"""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

from raccord.connectors.connection import ConnectionSettings
from raccord.connectors.http.tokens import Tokens
from raccord.connectors.oauth import Granted, OAuthApp
from raccord.records.credentials import GrantsInRecords
from raccord.records.records import Records
from raccord.sealing import KeyRing
from tests.records.granted import app_of
from tests.records.writer import say

STEPS = ("before_turn", "turn_taken", "answered", "stored")


class Killed(GrantsInRecords):
    """Dies at a step, as a machine does: nothing is tidied up."""

    step = ""

    async def take(self, app: OAuthApp, turn: int, holder: str, *, lasting: timedelta) -> bool:
        self._dies_at("before_turn")
        taken = await super().take(app, turn, holder, lasting=lasting)
        self._dies_at("turn_taken")
        return taken

    async def keep(self, app: OAuthApp, turn: int, granted: Granted) -> None:
        self._dies_at("answered")
        await super().keep(app, turn, granted)
        self._dies_at("stored")

    def _dies_at(self, step: str) -> None:
        if self.step == step:
            _die()


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


async def refresh(step: str, url: str, key_file: str, oauth_url: str) -> None:
    records = Records.open(url, KeyRing.load(Path(key_file)))
    grants = Killed(records.credentials)
    grants.step = step
    settings = ConnectionSettings(vendor="acme", base_url=oauth_url, timeout=timedelta(seconds=5))
    tokens = Tokens(app_of(oauth_url), settings, grants)
    say((await tokens.get()).access_token.get_secret_value())
    await tokens.close()
    await records.close()


if __name__ == "__main__":
    asyncio.run(refresh(*sys.argv[1:5]))

"""The seller's settings, read and frozen as the product does it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.values.clock import BusinessClock
from raccord.settings.configuration import Configuration
from raccord.settings.load import read
from tests.deals.sheet import Case
from workers.policies import deal_won_policy

SECRETS = {
    "hubspot.access_token": "pat-eu1-0000",
    "hubspot.webhook_secret": "a-client-secret-of-hubspot",
    "stripe.api_key": "rk_test_0000",
}


class Sellers:
    """One configuration for each distinct set of settings, as files in a directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._known: dict[str, tuple[Configuration, DealWonPolicy]] = {}

    async def of(self, case: Case) -> tuple[Configuration, DealWonPolicy]:
        """Return the configuration of a case's seller and the policy of its flow."""
        written = sorted((case.settings | SECRETS).items())
        text = "\n".join(f"{name} = {_toml(value)}" for name, value in written)
        if text not in self._known:
            file = self._directory / f"{len(self._known)}.toml"
            file.write_text(text, "utf-8")
            configuration = read(file)
            self._known[text] = configuration, await _policy(configuration)
        return self._known[text]


async def _policy(configuration: Configuration) -> DealWonPolicy:
    row = configuration.billing
    billing = row.vendor.connect(row.name, row.settings, BusinessClock())
    try:
        return deal_won_policy(configuration, billing.capabilities)
    finally:
        await billing.close()


def _toml(value: Any) -> str:
    """A value as TOML writes it; texts and lists of texts are written like JSON's."""
    return str(value) if isinstance(value, date) else json.dumps(value)

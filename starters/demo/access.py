"""How somebody else's shell gets at what runs here: variables, written as a shell reads them."""

import shlex
from collections.abc import Mapping

TOOLS = "whsec_c2FuZGJveC10b29scy0wMDAwMDAwMDAwMDAwMDAw"
"""Of whoever takes events in the demo."""

# The sandbox's own published credentials; they open nothing else.
HUBSPOT = {
    "RACCORD_HUBSPOT__ACCESS_TOKEN": "pat-eu1-sandbox-0000",
    "RACCORD_HUBSPOT__WEBHOOK_SECRET": "sandbox-hubspot-client-secret-0000",
}
STRIPE = {
    "RACCORD_STRIPE__API_KEY": "rk_test_sandbox0000000000000000",
    "RACCORD_STRIPE__WEBHOOK_SECRET": "whsec_sandbox00000000000000000000",
}
SLACK = {
    "RACCORD_SLACK__BOT_TOKEN": "xoxb-sandbox-0000",
    "RACCORD_SLACK__WEBHOOK_SECRET": "sandbox-slack-signing-secret-0000",
}

CHANNEL = {"RACCORD_SLACK__CHANNEL": "C0BILLING", "RACCORD_SLACK__PEOPLE": '["U0ANNE"]'}
"""Where the simulated workspace asks, and Anne, who may answer there."""

PLACES = {"RACCORD_NOTION__TOKEN": "ntn_sandbox_0000"}
"""Of where the weekly report is shown; a company that has none has no such setting."""


def exports(values: Mapping[str, str]) -> str:
    """Write variables as a shell reads them; an empty one is unset, as if it had never been."""
    return "".join(_line(name, text) for name, text in values.items())


def _line(name: str, text: str) -> str:
    return f"export {name}={shlex.quote(text)}\n" if text else f"unset {name}\n"


def access(port: int) -> str:
    """Write what a configuration needs to use the simulated vendors at this port, as a shell reads it."""
    vendors = f"http://127.0.0.1:{port}"
    addresses = {
        "RACCORD_HUBSPOT__BASE_URL": f"{vendors}/hubspot",
        "RACCORD_STRIPE__BASE_URL": f"{vendors}/stripe",
        "RACCORD_SLACK__BASE_URL": f"{vendors}/slack/api/",
    }
    return exports(addresses | HUBSPOT | STRIPE | SLACK | CHANNEL)

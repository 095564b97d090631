"""Slack, as the suites for messengers meet it."""

from raccord.domain.desk.notice import Place
from sandbox.slack.person import SlackPerson
from tests.connectors.conformance.cases import MessengerCase
from tests.connectors.conformance.lab import Lab
from tests.connectors.conformance.samples import NOTICE


class SlackCase(MessengerCase):
    async def press(self, lab: Lab, place: Place) -> None:
        person = SlackPerson(lab.http)
        (message,) = [m for m in await person.messages() if m["ts"] == place.message]
        await person.press(message, NOTICE.buttons[0].label)

    async def arrival(self, lab: Lab, /) -> str:
        async with self.open(lab) as slack:
            place = await slack.post(NOTICE, ref="ref-press")
        await self.press(lab, place)
        return NOTICE.buttons[0].value


CASES = (
    SlackCase(
        vendor="slack",
        settings={
            "bot_token": "xoxb-sandbox-0000",
            "webhook_secret": "sandbox-slack-signing-secret-0000",
            "channel": "C0BILLING",
            "team": "T0SANDBOX",
            "people": ["U0ANNE"],
        },
        credential="bot_token",
        denied={"scopes": ["channels:history", "users:read", "users:read.email"]},
        permission="chat:write",
        signed=("x-slack-signature", "x-slack-request-timestamp"),
        path="/api/",
        quiet={"rate_limits": False},
    ),
)

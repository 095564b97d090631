"""How Slack signs: the vector of its documentation page, and the verifier of its own client."""

from datetime import timedelta

from slack_sdk.signature import SignatureVerifier

from raccord.connectors.connection import Kind
from tests.connectors.conformance.vectors import Signed, Vector, in_headers
from tests.vendors.slack.conftest import CHANNEL, SECRET, TOKEN

DOCUMENTED = Vector(
    name="documented",
    secret=SECRET,
    url="https://sync.example.fr/slack/actions",
    sent="1790000000",
    body=b"payload=%7B%22type%22%3A%22block_actions%22%2C%22user%22%3A%7B%22id%22%3A%22U0TEST1%22%7D%7D",
    signature="v0=0e5682b7f9b495f16ea94ac6aa662bcfb56a6450389c0d4d8fc8174349448613",
)


def theirs(secret: str, _url: str, sent: str, body: bytes) -> str:
    signature = SignatureVerifier(secret).generate_signature(timestamp=sent, body=body)
    assert signature
    return signature


SIGNED = Signed(
    kind=Kind.MESSENGER,
    vendor="slack",
    settings={"bot_token": TOKEN, "channel": CHANNEL},
    headers=in_headers("x-slack-signature", "x-slack-request-timestamp"),
    unit=timedelta(seconds=1),
    published=(DOCUMENTED,),
    theirs=theirs,
)

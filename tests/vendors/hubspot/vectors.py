"""How HubSpot signs: vectors of its documentation and SDK, and ours made by that rule with another tool."""

from datetime import timedelta

from hubspot.utils.signature import Signature

from raccord.connectors.connection import Kind
from tests.connectors.conformance.vectors import Signed, Vector, in_headers
from tests.vendors.hubspot.conftest import TOKEN

SECRET = "3f1c9a2e-7b54-4d0a-9c61-5e8f20b7d4aa"
URL = "https://sync.example.fr/webhooks/hubspot"
ESCAPED = f"{URL}?tenant=acme%3Afr%2Fparis&note=a%20b"
SENT = "1750340000123"
BODY = (
    b'[{"eventId":3181526811,"subscriptionId":2211,"portalId":144000001,"appId":8123456,'
    b'"occurredAt":1750339999870,"subscriptionType":"deal.propertyChange","attemptNumber":0,'
    b'"objectId":38990123456,"propertyName":"dealstage","propertyValue":"closedwon",'
    b'"changeSource":"CRM_UI","sourceId":"userId:70112233"}]'
)
UTF8_BODY = (
    '[{"eventId":1,"objectId":42,"propertyName":"name","propertyValue":"Société Générale d’Études",'
    '"subscriptionType":"company.propertyChange"}]'
).encode()


def vector(name: str, signature: str, *, url: str = URL, body: bytes = BODY) -> Vector:
    return Vector(name=name, secret=SECRET, url=url, sent=SENT, body=body, signature=signature)


A = vector("a", "HmSblK4P2WBd9Ka1+LtsO9NIfIAfdbjwdLQ6deiOUEo=")
A_ESCAPED = vector("a, url with escapes", "Ru13RpVqtXJyjr1vIGTbL9k0kUY1VEPNbAPIgfluwf0=", url=ESCAPED)
B = vector("b, raw bytes of UTF-8", "uq8i+WmGVr6Bn1zU1bu6IXqBaJcjAR443VxdmgcBxzA=", body=UTF8_BODY)
OF_THE_SDK = Vector(
    name="of the SDK",
    secret="yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",
    url="https://www.example.com/webhook_uri",
    sent="1693657560000",
    body=b"{'example_field':'example_value'}",
    signature="K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=",
)


def theirs(secret: str, url: str, sent: str, body: bytes) -> str:
    """Sign with HubSpot's client, which decodes no escapes of the URL."""
    signature: str = Signature.get_signature(secret, body.decode(), "v3", url, "POST", sent)
    return signature


SIGNED = Signed(
    kind=Kind.CRM,
    vendor="hubspot",
    settings={"access_token": TOKEN},
    headers=in_headers("x-hubspot-signature-v3", "x-hubspot-request-timestamp"),
    unit=timedelta(milliseconds=1),
    published=(A, A_ESCAPED, B, OF_THE_SDK),
    theirs=theirs,
)

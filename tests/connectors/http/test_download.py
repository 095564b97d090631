"""Files come from a vendor's own hosts alone, are PDFs, and are not too large."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from raccord.connectors.errors import ConnectorError, Permanent, Transient
from raccord.connectors.http.download import Downloads
from tests.connectors.stub import Fault, Reply, Stub, running

PDF = b"%PDF-1.7 " + b"x" * 100
SECOND = timedelta(seconds=1)


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    async with running(Reply(b"", 404)) as stub:
        stub.on("GET /pdf", Reply(PDF))
        yield stub


async def fetched(stub: Stub, address: str = "/pdf", *, real: bool = False) -> bytes:
    downloads = Downloads("Stripe", stub.url, real=real, hosts=("stripe.com",), most_bytes=1000)
    whole = address if "://" in address else stub.url + address
    return await downloads.pdf(whole, "fetch the PDF of in_1", within=SECOND)


async def refused(stub: Stub, address: str = "/pdf", *, real: bool = False) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        await fetched(stub, address, real=real)
    assert address not in str(caught.value) or address == "/pdf"
    return caught.value


async def test_a_file_of_the_very_origin_is_fetched_without_credentials(stub: Stub) -> None:
    assert await fetched(stub) == PDF
    assert "authorization" not in stub.seen[0].headers


async def test_redirects_to_the_same_place_are_followed_a_few_times(stub: Stub) -> None:
    stub.on("GET /here", Reply(b"", 302, {"Location": "/pdf"}))
    assert await fetched(stub, "/here") == PDF
    stub.on("GET /round", Reply(b"", 307, {"Location": "/round"}))
    assert "redirected too often" in str(await refused(stub, "/round"))


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/pdf",
        "https://pay.stripe.com/invoice/x/pdf",
        "file:///etc/passwd",
        "http://[::1/pdf",
        "relative",
    ],
)
async def test_another_place_is_not_asked(stub: Stub, address: str) -> None:
    downloads = Downloads("Stripe", stub.url, real=False, hosts=("stripe.com",), most_bytes=1000)
    with pytest.raises(Permanent, match="address"):
        await downloads.pdf(address, "fetch it", within=SECOND)
    assert stub.seen == []


@pytest.mark.parametrize(
    "address",
    [
        "http://pay.stripe.com/x",
        "https://stripe.com.evil.example/x",
        "https://evilstripe.com/x",
        "https://pay.stripe.com:8443/x",
        "https://user@pay.stripe.com/x",
        "https://169.254.169.254/x",
    ],
)
async def test_the_real_vendor_is_its_own_hosts_by_https_alone(stub: Stub, address: str) -> None:
    error = await refused(stub, address, real=True)
    assert isinstance(error, Permanent)
    assert error.code == "foreign_host"


async def test_a_redirect_to_another_place_is_not_followed(stub: Stub) -> None:
    stub.on("GET /here", Reply(b"", 302, {"Location": "http://127.0.0.1:1/pdf"}))
    assert (await refused(stub, "/here")).code == "foreign_host"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (Reply(b"<html>expired</html>"), Permanent, "no PDF"),
        (Reply(b"%PDF-" + b"x" * 1000), Permanent, "larger"),
        (Reply(b"", 404), Permanent, "404"),
        (Reply(b"", 403), Permanent, "403"),
        (Reply(b"", 503), Transient, "503"),
        (Reply(b"", 429), Transient, "429"),
        (Reply(PDF, fault=Fault.TRUNCATE), Transient, "no whole answer"),
        (Reply(PDF, fault=Fault.STALL), Transient, "TimeoutError"),
    ],
)
async def test_what_is_no_file_is_told(
    stub: Stub, answer: Reply, kind: type[ConnectorError], said: str
) -> None:
    stub.on("GET /pdf", answer)
    error = await refused(stub)
    assert isinstance(error, kind)
    assert said in str(error)

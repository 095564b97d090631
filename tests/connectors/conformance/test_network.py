"""What every connector does on a bad network, through its vendor's own client too."""

import pytest

from raccord.connectors.errors import ConnectorError, Transient
from raccord.connectors.http import client
from tests.connectors.conformance.cases import BillingCase, Case, CrmCase, MessengerCase, SinkCase, cases
from tests.connectors.conformance.lab import Lab
from tests.connectors.stub import Reply, running
from tests.connectors.tls import self_signed


@pytest.fixture(params=cases(BillingCase, CrmCase, MessengerCase, SinkCase))
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


async def failures(case: Case, lab: Lab, base: str) -> list[ConnectorError]:
    """Return what a read and the kind's usual write raise where nothing can be read first."""
    await lab.option(case.played_by, **case.quiet)
    prepared = await case.prepare(lab)
    async with case.open(lab, base_url=base) as port:
        found = []
        for call in (port.probe, lambda: case.write(port, prepared)):
            with pytest.raises(ConnectorError) as caught:
                await call()
            found.append(caught.value)
    return found


async def test_a_server_that_nobody_vouches_for_is_told_nothing(case: Case, lab: Lab) -> None:
    async with running(Reply({}), tls=self_signed()) as impostor:
        for failure in await failures(case, lab, impostor.url):
            assert type(failure) is Transient
            assert "certificate is not trusted" in str(failure)
        assert impostor.seen == []


async def test_a_server_that_does_not_speak_tls_is_told_nothing(case: Case, lab: Lab) -> None:
    async with running(Reply({})) as plain:
        for failure in await failures(case, lab, plain.url.replace("http:", "https:")):
            assert type(failure) is Transient
        assert plain.seen == []


async def test_a_host_without_an_address_is_sent_nothing(case: Case, lab: Lab) -> None:
    for failure in await failures(case, lab, "https://vendor.invalid"):
        assert type(failure) is Transient
        assert "nothing was sent" in str(failure)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_never_followed(case: Case, lab: Lab, status: int) -> None:
    async with running(Reply(b"", status, {"Location": "/elsewhere"})) as moved:
        await failures(case, lab, moved.url)
        assert moved.seen
        assert "/elsewhere" not in {asked.path for asked in moved.seen}


async def test_an_endless_answer_is_cut_off(case: Case, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_ANSWER_BYTES", 1000)
    async with running(Reply({"ok": True, "id": "1", "pad": "x" * 100_000})) as endless:
        read, _ = await failures(case, lab, endless.url)
    assert type(read) is Transient
    assert "No whole answer" in str(read)


async def test_no_proxy_of_the_environment_is_used(
    case: Case, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with case.open(lab) as port:
        await port.probe()


async def test_an_address_with_or_without_its_last_slash_is_the_same(case: Case, lab: Lab) -> None:
    base = case.connection(lab).settings.base_url.rstrip("/")
    for address in (base, f"{base}/"):
        async with case.open(lab, base_url=address) as port:
            await port.probe()

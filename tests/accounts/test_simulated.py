"""What `make test-vendors` asks of real accounts is asked of the simulators: each fact is settled, both ways
have a meaning, and no live account is ever tried."""

import httpx
import pytest

from tests.accounts import hubspot_facts, stripe_facts
from tests.accounts.facts import Fact, Settled, asked, settle
from tests.accounts.keys import (
    HUBSPOT,
    HUBSPOT_ACCOUNT,
    STRIPE,
    Key,
    Refused,
    held_against,
    hubspot_key,
    stripe_key,
)
from tests.connectors.conformance.lab import lab

STRIPE_KEY, HUBSPOT_TOKEN = "rk_test_sandbox0000000000000000", "pat-eu1-sandbox-0000"


async def test_each_fact_is_settled_by_an_account_that_answers() -> None:
    async with lab() as served:
        stripe = Key("stripe", STRIPE_KEY, f"{served.base}/stripe")
        hubspot = Key("hubspot", HUBSPOT_TOKEN, f"{served.base}/hubspot")
        async with asked(stripe, stripe_facts.VERSION) as account:
            found = await settle(account, stripe_facts.FACTS)
        async with asked(hubspot) as account:
            found += await settle(account, hubspot_facts.FACTS)
    assert [each.told for each in found if each.answer is None] == []


async def test_what_is_refused_settles_nothing_and_says_why() -> None:
    async with lab() as served, asked(Key("stripe", "rk_test_nobody", f"{served.base}/stripe")) as account:
        (found, *_) = await settle(account, stripe_facts.FACTS[:1])
    assert found.answer is None
    assert "not settled: 401" in found.told


@pytest.mark.parametrize("fact", [*stripe_facts.FACTS, *hubspot_facts.FACTS], ids=lambda fact: fact.name)
def test_both_answers_mean_something_and_the_page_is_named(fact: Fact) -> None:
    told = {Settled(fact, answer).told for answer in (True, False)}
    assert len(told) == 2
    assert fact.page.startswith(("stripe ", "hubspot"))


def test_a_live_key_is_refused() -> None:
    for live in ("sk_live_0000", "rk_live_0000", "pk_test_0000", "anything"):
        with pytest.raises(Refused):
            stripe_key({STRIPE: live})
    assert stripe_key({}) is None
    assert hubspot_key({}) is None


def test_a_token_needs_the_account_that_may_be_written_to() -> None:
    with pytest.raises(Refused):
        hubspot_key({HUBSPOT: "pat-eu1-0000"})
    found = hubspot_key({HUBSPOT: "pat-eu1-0000", HUBSPOT_ACCOUNT: "144000001"})
    assert found
    assert (found.account, found.url) == ("144000001", "https://api.hubapi.com")
    assert "pat-eu1" not in repr(found)


def _told(**account: object) -> httpx.Response:
    return httpx.Response(200, json=account)


OF_TESTS = _told(portalId=144000001, accountType="DEVELOPER_TEST")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (httpx.Response(403, json={}), "403"),
        (httpx.Response(429, json={}), "429"),
        (httpx.Response(502, text="<html>"), "502"),
        (_told(portalId=9, accountType="DEVELOPER_TEST"), "is of account 9"),
        (_told(portalId=144000001, accountType="STANDARD"), "STANDARD"),
        (_told(portalId=144000001), "no kind"),
        (_told(accountType="DEVELOPER_TEST"), "is of account None"),
    ],
)
def test_a_token_of_an_account_that_is_not_known_to_be_the_one_named_is_refused(
    answer: httpx.Response, says: str
) -> None:
    key = Key("hubspot", "pat-eu1-0000", "https://api.hubapi.com", "144000001")
    held_against(key, OF_TESTS)
    with pytest.raises(Refused, match=says):
        held_against(key, answer)

"""Which accounts of the vendors may be tried on: test accounts alone, named in the environment.

`RACCORD_TEST_STRIPE_KEY`; `RACCORD_TEST_HUBSPOT_TOKEN` with `RACCORD_TEST_HUBSPOT_ACCOUNT`, the number of
the account, since a token of HubSpot's does not say whose it is. `..._URL` is an address instead of the
vendor's own.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

STRIPE, HUBSPOT = "RACCORD_TEST_STRIPE_KEY", "RACCORD_TEST_HUBSPOT_TOKEN"
HUBSPOT_ACCOUNT = "RACCORD_TEST_HUBSPOT_ACCOUNT"
_URLS = {"stripe": "https://api.stripe.com", "hubspot": "https://api.hubapi.com"}
_TEST_KEY = re.compile(r"(?:sk|rk)_test_\w+")


class Refused(Exception):
    """These credentials are not tried; `str()` says why."""


@dataclass(frozen=True)
class Key:
    """What opens one account."""

    vendor: str
    secret: str
    url: str
    account: str = ""

    def __repr__(self) -> str:
        return f"Key({self.vendor})"


def stripe_key(environment: Mapping[str, str] = os.environ) -> Key | None:
    """Return the key, None without one. Raises `Refused` for a live one."""
    if not (secret := environment.get(STRIPE, "")):
        return None
    if not _TEST_KEY.fullmatch(secret):
        raise Refused(f"{STRIPE} is no test key: only sk_test_... and rk_test_... are tried")
    return Key("stripe", secret, _url("stripe", environment))


def hubspot_key(environment: Mapping[str, str] = os.environ) -> Key | None:
    """Return the token, None without one. Raises `Refused` where nobody says which account it may be."""
    if not (secret := environment.get(HUBSPOT, "")):
        return None
    if not (account := environment.get(HUBSPOT_ACCOUNT, "")).isdecimal():
        raise Refused(
            f"{HUBSPOT_ACCOUNT} is missing: records are made, so name the Hub ID of the test account, "
            "which the token is held against"
        )
    return Key("hubspot", secret, _url("hubspot", environment), account)


def held_against(key: Key, found: httpx.Response) -> None:
    """Hold a token against the account that was named. `found`: what account-info answered.

    Raises `Refused` unless that account was read, is the one named, and is of a kind that nobody works in
    (HubSpot docs: account-information).
    """
    if not found.is_success:
        raise Refused(f"whose token it is could not be read: account-info answered {found.status_code}")
    told = found.json()
    if (theirs := str(told.get("portalId"))) != key.account:
        raise Refused(f"the token is of account {theirs}, and not of {key.account}")
    if (kind := told.get("accountType")) in (None, "STANDARD"):
        raise Refused(f"account {theirs} is of {kind or 'no kind'}: only a test account is tried")


def _url(vendor: str, environment: Mapping[str, str]) -> str:
    return environment.get(f"RACCORD_TEST_{vendor.upper()}_URL") or _URLS[vendor]

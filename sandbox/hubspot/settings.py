"""How this HubSpot account behaves."""

from dataclasses import dataclass, field

from sandbox.core.settings import AccountSettings
from sandbox.hubspot import scopes

TOKEN = "pat-eu1-sandbox-0000"  # noqa: S105 - the sandbox's published credential
CLIENT_SECRET = "sandbox-hubspot-client-secret-0000"  # noqa: S105 - the sandbox's published credential

_COMPANY = (
    "name", "domain", "phone", "address", "address2", "city", "zip", "state", "country",
    "siren", "siret", "vat_number", "billing_email", "payment_terms_days",
)  # fmt: skip
_LINE = ("name", "price", "quantity", "discount", "hs_discount_percentage", "vat_rate")
_DEAL = (
    "dealstage", "amount", "dealname", "deal_currency_code", "pipeline", "hubspot_owner_id",
    "purchase_order", "service_date", "language",
)  # fmt: skip
SUBSCRIPTIONS = (
    "deal.creation",
    *(f"{kind}.deletion" for kind in ("deal", "company", "contact", "line_item")),
    *(f"{kind}.restore" for kind in ("deal", "company", "contact", "line_item")),
    *(f"{kind}.merge" for kind in ("deal", "company", "contact")),
    *(f"{kind}.associationChange" for kind in ("deal", "company", "contact", "line_item")),
    *(f"deal.propertyChange:{name}" for name in _DEAL),
    *(f"company.propertyChange:{name}" for name in _COMPANY),
    *(f"contact.propertyChange:{name}" for name in ("email", "firstname", "lastname", "phone")),
    *(f"line_item.propertyChange:{name}" for name in _LINE),
)


@dataclass(frozen=True)
class HubSpotSettings(AccountSettings):
    """One account's. The limits are those of a Professional one (hubspot.md 8).

    `account_type`       as account-info tells it; of a test account DEVELOPER_TEST
    `format`             of webhooks: classic or generic (hubspot.md 1)
    `subscriptions`      what they tell, such as `company.propertyChange:address`
    `webhook_window`     seconds for which changes are gathered into one delivery
    `scopes`             of the token (hubspot.md 6)
    `tells_of_token`     whether it tells of which app the token is and what it may do (HubSpot docs:
                         private-apps; of other kinds of token unconfirmed)
    `retry_after`        seconds that a 429 asks for; 0: it does not say, as documented (hubspot.md 8)
    `search_lag`         seconds until search sees a write
    `unknown_filters_refused` whether a search by a property that the account lacks is a 400; otherwise it
                         finds what has no value there (no page says)
    `custom_properties`  False: nobody has created our properties yet; from the next reset on
    `payment_properties` False: the same of those for payments alone
    `a_year`             True: from the next reset on it has sold for a year, in the usual disorder
    What HubSpot leaves open about merges (hubspot.md 2, 4): `merge_creates_new` (the merged record has an id
    of its own), `merge_tells_deletion` (the record merged away is also told as deleted), `merge_lists_ids`
    (the record that remains names the others in `hs_merged_object_ids`).
    """

    portal: int = 144000001
    account_type: str = "STANDARD"
    app: int = 8123456
    format: str = "classic"
    subscriptions: list[str] = field(default_factory=lambda: list(SUBSCRIPTIONS))
    webhook_window: float = 0.2
    scopes: list[str] = field(default_factory=lambda: list(scopes.ALL))
    tells_of_token: bool = True
    requests_per_ten_seconds: int = 190
    searches_per_second: int = 5
    requests_per_day: int = 625_000
    retry_after: int = 0
    search_lag: float = 0.0
    unknown_filters_refused: bool = True
    associations_per_read: int = 100
    custom_properties: bool = True
    payment_properties: bool = True
    a_year: bool = False
    merge_creates_new: bool = True
    merge_tells_deletion: bool = True
    merge_lists_ids: bool = True

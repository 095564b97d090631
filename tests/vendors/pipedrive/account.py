"""An account of the simulator, written to as any client of the API does."""

from typing import Any

import httpx

TOKEN = "5a4db0c000000000000000000000000000000000"
OWNER = 70112233


def settings(**more: Any) -> dict[str, Any]:
    return {
        "base_url": "http://127.0.0.1:1",
        "api_token": TOKEN,
        "webhook_secret": "Wj7-qT2_vX9k-Wj7-qT2_vX9k",
        "company_id": 8087566,
        "requests_per_second": 1000,
    } | more


class Account:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def call(self, method: str, path: str, content: Any = None) -> Any:
        answer = await self._http.request(
            method, f"/pipedrive/api{path}", json=content, headers={"x-api-token": TOKEN}
        )
        assert answer.is_success, answer.text
        return answer.json().get("data")

    async def code(self, kind: str, name: str) -> str:
        fields = await self.call("GET", f"/v2/{kind}?limit=500")
        return next(str(each["field_code"]) for each in fields if each["field_name"] == name)

    async def company(self, name: str = "Atelier", **more: Any) -> int:
        siren = await self.code("organizationFields", "SIREN")
        content = {"name": name, "custom_fields": {siren: "732829320"}, **more}
        return int((await self.call("POST", "/v2/organizations", content))["id"])

    async def deal(self, name: str = "deal", *, company: str = "Atelier", **more: Any) -> str:
        """Make an open deal without products."""
        content = {
            "title": name,
            "org_id": await self.company(company),
            "owner_id": OWNER,
            "currency": "EUR",
            "value": 1099.9,
        }
        return str((await self.call("POST", "/v2/deals", content | more))["id"])

    async def sell(self, deal: str, product: int, price: Any, tax: Any, **more: Any) -> int:
        """Put a product of the seeded catalogue on a deal: 1 is a website, 3 a printed guide."""
        line = {"product_id": product, "item_price": price, "quantity": 1, "tax": tax}
        return int((await self.call("POST", f"/v2/deals/{deal}/products", line | more))["id"])

    async def win(self, deal: str) -> None:
        await self.call("PATCH", f"/v2/deals/{deal}", {"status": "won"})

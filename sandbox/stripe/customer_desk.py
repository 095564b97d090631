"""Finance at the customers of Stripe's Dashboard."""

from sandbox.stripe.dashboard import Dashboard


class CustomerDesk(Dashboard):
    """Edits customers and their tax ids, and deletes them."""

    async def edit_customer(self, customer: str, **form: str) -> None:
        """Change fields by Stripe's names; an empty text unsets one (stripe.md 4)."""
        await self.post(f"/v1/customers/{customer}", **form)

    async def delete_customer(self, customer: str) -> None:
        """Delete for good: what is left answers 200 with `deleted` (stripe.md 1.2)."""
        await self.delete(f"/v1/customers/{customer}")

    async def numbers(self, customer: str) -> list[tuple[str, str]]:
        """Return type and value of every tax id."""
        found = await self.everything(f"/v1/customers/{customer}/tax_ids")
        return sorted((each["type"], each["value"]) for each in found)

    async def add_number(self, customer: str, kind: str, value: str) -> None:
        """Add a tax id beside those that are there."""
        await self.post(f"/v1/customers/{customer}/tax_ids", type=kind, value=value)

    async def remove_number(self, customer: str, kind: str) -> None:
        """Delete the tax ids of a type."""
        for each in await self.everything(f"/v1/customers/{customer}/tax_ids"):
            if each["type"] == kind:
                await self.delete(f"/v1/customers/{customer}/tax_ids/{each['id']}")

    async def change_number(self, customer: str, kind: str, value: str) -> None:
        """Delete the tax ids of a type and add another, since none is ever edited (stripe.md 4)."""
        await self.remove_number(customer, kind)
        await self.add_number(customer, kind, value)

    async def import_customers(self, **values: str) -> int:
        """Give every customer these values, as a script of the company's does; return how many there are."""
        customers = await self.everything("/v1/customers")
        for each in customers:
            await self.edit_customer(each["id"], **values)
        return len(customers)
